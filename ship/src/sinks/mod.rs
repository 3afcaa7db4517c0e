//! Sinks: what takes entries out of a queue and keeps them elsewhere.

pub(crate) mod file;
