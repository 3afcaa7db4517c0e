//! Delimark as a WebAssembly module, with two surfaces that know nothing of each other.
//!
//! - `binding` is for JavaScript: the classes `Splitter` and `Extractor`, typed for TypeScript.
//! - `exports` is for the harness: plain functions, so that no glue is on the clock.
//!
//! It is built twice, by `scripts/build-wasm`: an engine without SIMD refuses a module that has
//! any of it.

mod binding;
mod exports;
mod last_words;
