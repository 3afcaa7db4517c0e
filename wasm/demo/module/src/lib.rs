//! What the demo page takes from this project beside the npm package: the generator of logs, and
//! what measurements are judged by. Apart from the package, whose users need neither.

pub mod data;
pub mod judgement;

use wasm_bindgen::prelude::wasm_bindgen;

/// The version of Delimark.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// The version line of the compiler that built the modules.
#[wasm_bindgen]
#[must_use]
pub fn rustc() -> String {
    env!("DELIMARK_RUSTC").to_owned()
}
