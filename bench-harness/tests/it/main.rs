//! The integration tests of the harness, one binary.

mod attribution;
mod command;
mod comparison;
mod counted;
mod counters;
mod declared;
mod demo;
mod doctor;
mod gate;
mod generate;
mod limits;
mod measure;
mod modules;
mod predictions;
mod report;
mod results;
mod run;
mod runtime;
mod schema;
mod shapes;
mod statistics;
mod study;
mod tidy;
mod verify;

/// A small run with every kind of value in it, and names that would be markup if unescaped.
const RESULTS: &str = include_str!("data/results.json");
