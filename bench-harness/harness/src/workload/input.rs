//! The input of an engine, and the kind of answer that it has to give.

use std::fs::File;
use std::io;
use std::path::Path;

use delimark::Dialect;
use delimark_extract::truncation::{GuardedMap, TruncationCheck};
use delimark_results::Traits;

/// The kind of answer that is right for an engine: limits do less than the model asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// That of the model.
    Model,
    /// That of [`Model::Count`](delimark_runner::model::Model::Count), whatever the model.
    Counts,
    /// [`Answer::Words`](delimark_runner::model::Answer::Words), whatever the model.
    Words,
}

/// An input of an engine.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The bytes, for the models that take them from memory.
    pub bytes: &'a [u8],
    /// The file with the same bytes, for those that read it.
    pub path: &'a Path,
    /// The rules. Every engine hands out ragged records as they are.
    pub dialect: Dialect,
    /// The columns of [`Model::Project`](delimark_runner::model::Model::Project), ascending.
    pub projection: &'a [usize],
    /// Its traits that are out of the ordinary.
    pub traits: Traits,
    /// A byte that the input does not hold, for engines that cannot do without a quote.
    pub unused_byte: Option<u8>,
    /// True for each column whose fields are all quoted, false where none is; absent where a column
    /// has both.
    pub quoted_columns: Option<&'a [bool]>,
}

impl Input<'_> {
    /// Maps the file, for [`Model::FileMap`](delimark_runner::model::Model::FileMap).
    ///
    /// What comes of it counts once the check verifies it.
    pub(crate) fn map(&self) -> io::Result<(GuardedMap, TruncationCheck)> {
        GuardedMap::open(File::open(self.path)?)
    }
}
