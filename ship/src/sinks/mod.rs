//! Sinks: what takes entries out of a queue and keeps them elsewhere.

pub(crate) mod file;
mod json;
pub(crate) mod parquet;
pub(crate) mod to_loki;
