//! The integration tests of the harness, one binary.

mod command;
mod report;
mod results;
mod statistics;

/// A small run with every kind of value in it, and names that would be markup if unescaped.
const RESULTS: &str = include_str!("data/results.json");
