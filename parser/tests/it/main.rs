//! The parser as its users see it, compared with the reference.

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
