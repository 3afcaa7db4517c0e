//! The Loki sink against a double that fails on demand.

mod delivery;
mod faults;
