//! The Loki sink against a double that fails on demand.

mod connection;
mod delivery;
mod faults;
