//! The measuring: data and the reference's answers, engines in this process and in others,
//! counters, and the loops that are timed. It knows nothing of reports.

pub mod checkout;
pub mod counters;
pub mod engine;
pub mod environment;
mod huge_pages;
pub mod measure;
pub mod runtime;
pub mod supervised;
pub mod workload;
