//! The peers that are Rust libraries: what else one would write.

mod csv;
mod csv_core;
mod memchr;
mod regex;
mod simd_csv;
mod split;
mod split_alloc;

use std::str::Utf8Error;

use delimark_runner::model::{Access, Model};

use super::{Engine, Unsupported};
use crate::workload::Input;

/// Returns every peer.
pub(super) fn all() -> Vec<Box<dyn Engine>> {
    vec![
        Box::new(split::Split::default()),
        Box::new(split_alloc::SplitAlloc),
        Box::new(memchr::Memchr),
        Box::new(csv::Csv),
        Box::new(csv_core::CsvCore::default()),
        Box::new(simd_csv::SimdCsv),
        Box::new(regex::RegexGroups::default()),
    ]
}

/// Cuts an input into texts of whole lines, so that the check that it is UTF-8, which a `str` has
/// to pass, is spread over the pass as a reader would spread it.
fn texts(mut rest: &[u8]) -> impl Iterator<Item = Result<&str, Utf8Error>> {
    const BYTES: usize = 64 << 10;
    std::iter::from_fn(move || {
        let window = rest.len().min(BYTES);
        let end = match ::memchr::memrchr(b'\n', &rest[..window]) {
            Some(newline) => newline + 1,
            None => ::memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1),
        };
        let (text, behind) = rest.split_at(end);
        rest = behind;
        (!text.is_empty()).then(|| str::from_utf8(text))
    })
}

/// Tells whether engines that hand out fields, and read their input, do a model.
fn reader_supports(model: Model) -> Result<(), Unsupported> {
    match (model, model.access()) {
        (Model::Index, _) => {
            Err(Unsupported::model("it hands out fields, not where they are in the input"))
        }
        (_, Access::Memory | Access::Reads) => Ok(()),
        (_, Access::Map) => Err(Unsupported::model("it reads its input; see file-read")),
        (_, Access::Command) => Err(Unsupported::NO_COMMAND),
    }
}

/// Tells whether engines for CSV do a model, and do it right on this input.
fn csv_supports(model: Model, input: &Input<'_>) -> Result<(), Unsupported> {
    reader_supports(model)?;
    if input.traits.empty_lines > 0 {
        return Err(Unsupported::input("the data have empty lines, which it leaves out"));
    }
    if input.traits.bare_carriage_returns > 0 {
        return Err(Unsupported::input("the data have a bare \\r, which ends a line for it"));
    }
    if input.traits.stray_quotes.is_some_and(|fields| fields > 0) {
        return Err(Unsupported::input(
            "the data have quotes amid fields, which mean something else in CSV",
        ));
    }
    Ok(())
}

/// Tells whether engines that split at every delimiter do right by this input.
fn splitter_supports(input: &Input<'_>) -> Result<(), Unsupported> {
    input.dialect.quote().map_or(Ok(()), |_| Err(Unsupported::QUOTES))
}
