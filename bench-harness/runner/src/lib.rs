//! The runner: the code that runs where an engine lives, be that this process, a WebAssembly module
//! or a program on an emulated processor.
//!
//! - [`model`] has the tasks of engines and their answers; [`pass`] has this project's parser go
//!   through an input for each of them.
//! - [`case`] is a conformance case on its way to an engine; [`outcome`] is what comes back, and
//!   [`variants`] the ways in which a case is put to one of this project's backends.
//!
//! - [`allocations`] keeps account of what a pass does with the heap.
//!
//! Nothing here judges an answer: that is the harness's part.

pub mod allocations;
pub mod case;
mod json;
pub mod model;
pub mod outcome;
pub mod pass;
pub mod variants;

pub use variants::respond;

/// The version of what `measure`, `count` and `step` mean, for a harness of another revision:
/// programs of different versions cannot be the sides of a gate.
pub const PROTOCOL: u32 = 1;
