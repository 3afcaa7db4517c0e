//! The demo page's part of this project beside the npm package: the generator of logs, and
//! the statistics of measurements. The package's users need neither.

pub mod data;
pub mod statistics;

use wasm_bindgen::prelude::wasm_bindgen;

/// Returns the version of Delimark.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Returns the version line of the compiler that built the modules.
#[wasm_bindgen]
#[must_use]
pub fn rustc() -> String {
    env!("DELIMARK_RUSTC").to_owned()
}
