//! The parser as its users see it, held to the reference.

mod allocations;
mod api;
mod backends;
mod blocks;
mod check;
mod cut;
mod decoder;
mod exhaustive;
mod properties;
mod sources;
