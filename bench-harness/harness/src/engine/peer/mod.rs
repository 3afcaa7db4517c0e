//! The rivals that are Rust libraries: what else one would write.

mod csv;
mod csv_core;
mod memchr;
mod regex;
mod simd_csv;
mod split;
mod split_alloc;

use std::str::Utf8Error;

use delimark_runner::model::Model;

use super::{Engine, NO_COMMAND};
use crate::workload::Input;

/// Every rival.
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

/// Why an engine does not do [`Model::Index`](delimark_runner::model::Model::Index).
const NO_OFFSETS: &str = "it hands out fields, not where they are in the input";
/// Why an engine does not do [`Model::FileMap`](delimark_runner::model::Model::FileMap).
const NO_MAP: &str = "it reads its input; see file-read";

/// Why an engine for CSV does not do a model, or cannot do it right on this input.
fn csv_refuses(model: Model, input: &Input<'_>) -> Option<&'static str> {
    match model {
        Model::Index => Some(NO_OFFSETS),
        Model::FileMap => Some(NO_MAP),
        Model::Extract => Some(NO_COMMAND),
        _ if input.traits.empty_lines > 0 => Some("the data have empty lines, which it leaves out"),
        _ if input.traits.bare_carriage_returns > 0 => {
            Some("the data have a bare \\r, which ends a line for it")
        }
        _ => None,
    }
}
