//! The far side of the harness: what runs where an engine lives, be that this process, a
//! WebAssembly module or a program on an emulated processor.
//!
//! - [`model`] says what an engine is asked, and what the answer is; [`pass`] has this project's
//!   parser go through an input for it.
//! - [`case`] is a conformance case on its way to an engine; [`outcome`] is what comes back, and
//!   [`variants`] the ways in which a case is put to one of this project's backends.
//!
//! - [`allocations`] keeps account of what a pass does with the heap.
//!
//! Nothing here judges an answer: that is the harness's part, on the near side.

pub mod allocations;
pub mod case;
mod json;
pub mod model;
pub mod outcome;
pub mod pass;
pub mod variants;

pub use variants::respond;
