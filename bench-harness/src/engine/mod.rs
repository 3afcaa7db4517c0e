//! The engines: this project's backends, their rivals, and the limits that none can beat.

mod delimark;
mod hosted;
mod laps;
mod limit;
mod peer;

use std::fs::File;
use std::io;
use std::path::Path;

use ::delimark::{Backend, Dialect};
use anyhow::Result;

pub use self::hosted::{HostedEngine, HostedEngines, MissingEngine};
pub use self::laps::Laps;
use crate::model::{Answer, Model};
use crate::results::Traits;
use crate::truncation::{GuardedMap, Witness};

/// Something that can be measured: a row of the report.
pub trait Engine {
    /// The name: family, slash, member.
    fn name(&self) -> String;

    /// What really runs, where the name leaves that open or promises it.
    fn executes(&self) -> Option<String> {
        None
    }

    /// True for what only reads, and answers with [`Answer::Words`].
    fn is_limit(&self) -> bool {
        false
    }

    /// True for what runs in another process: it times its passes itself, with
    /// [`Laps::set_pass`], and nobody counts its allocations.
    fn runs_elsewhere(&self) -> bool {
        false
    }

    /// Why the engine cannot do a model, or cannot do it right on data with these input.traits.
    fn refuses(&self, model: Model, input: &Input<'_>) -> Option<&'static str>;

    /// Goes through the input once.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or the engine does not take it.
    fn run(&mut self, model: Model, input: &Input<'_>, laps: &mut Laps) -> Result<Answer>;
}

/// What an engine goes through.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The bytes, for the models that take them from memory.
    pub bytes: &'a [u8],
    /// The file with the same bytes, for those that read it.
    pub path: &'a Path,
    /// The rules. Every engine hands out ragged records as they are.
    pub dialect: Dialect,
    /// The columns of [`Model::Project`], ascending.
    pub projection: &'a [usize],
    /// What is out of the ordinary about it.
    pub traits: Traits,
    /// A byte that the input does not hold, for engines that cannot do without a quote.
    pub unused_byte: Option<u8>,
}

impl Input<'_> {
    /// Maps the file, for [`Model::FileMap`]. What comes of it counts once the witness confirms it.
    fn map(&self) -> io::Result<(GuardedMap, Witness)> {
        GuardedMap::open(File::open(self.path)?)
    }
}

/// Every engine of this process: the limits, the backends that were asked for, the rivals. Those of
/// other processes are [`HostedEngines`].
///
/// # Errors
///
/// A backend cannot run here.
pub fn all(input: &Input<'_>, backends: &[Backend]) -> Result<Vec<Box<dyn Engine>>> {
    let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(limit::Read::fastest(input.bytes))];
    for &backend in backends {
        engines.push(Box::new(delimark::Delimark::new(input.dialect, backend)?));
    }
    engines.extend(peer::all());
    Ok(engines)
}
