//! The module as JavaScript sees it: two classes, and plain objects and errors.

mod arguments;
mod extractor;
mod objects;
mod options;
mod splitter;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.ts");
