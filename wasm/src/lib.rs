//! Delimark as a WebAssembly module, with two surfaces that know nothing of each other.
//!
//! - `binding` is for JavaScript: the classes `Splitter` and `Extractor`, typed for TypeScript.
//! - `exports` is for the harness: plain functions, so that no glue is on the clock.
//!
//! It is built twice, by `scripts/build-wasm`: an engine without SIMD refuses a module that has
//! any of it.

mod binding;
mod exports;
mod extraction;
mod failure;
mod json_lines;
mod last_words;
mod stream;

pub use extraction::{Extraction, Format};
pub use failure::Failure;
pub use json_lines::{JsonLines, KeyError};
pub use stream::{Before, RaggedLine, Stream};
