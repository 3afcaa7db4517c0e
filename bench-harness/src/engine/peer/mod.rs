//! The rivals that are Rust libraries: what else one would write.

mod csv;
mod csv_core;
mod memchr;
mod simd_csv;
mod split;
mod split_alloc;

use super::Engine;

/// Every rival.
pub(super) fn all() -> Vec<Box<dyn Engine>> {
    vec![
        Box::new(split::Split::default()),
        Box::new(split_alloc::SplitAlloc),
        Box::new(memchr::Memchr),
        Box::new(csv::Csv),
        Box::new(csv_core::CsvCore::default()),
        Box::new(simd_csv::SimdCsv),
    ]
}

/// Why an engine does not do [`Model::Index`](crate::model::Model::Index).
const NO_OFFSETS: &str = "it hands out fields, not where they are in the input";
/// Why an engine does not do [`Model::FileMap`](crate::model::Model::FileMap).
const NO_MAP: &str = "it reads its input; see file-read";
/// Why an engine for CSV does not take some data.
const SKIPS_EMPTY_LINES: &str = "the data have empty lines, which it leaves out";
/// Why an engine for CSV does not take some data.
const ENDS_LINES_AT_CR: &str = "the data have a bare \\r, which ends a line for it";
