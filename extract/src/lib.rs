//! Parts of taking fields out of records that both the tool and the benchmark suite use.

pub mod escape;
#[cfg(unix)]
pub mod truncation;
