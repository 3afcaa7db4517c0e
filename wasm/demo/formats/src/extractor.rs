//! The class that takes a log chunk by chunk.

use delimark::Place;
use delimark_extract::{ColumnExtractor, Columns};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::objects::{of_error, of_left_out};

/// Takes columns out of a log that comes in chunks of any size.
#[wasm_bindgen]
#[derive(Debug)]
pub struct LogExtractor(ColumnExtractor);

impl LogExtractor {
    pub(crate) fn new(columns: Columns, left_out_limit: usize) -> Self {
        Self(ColumnExtractor::new(columns, left_out_limit))
    }
}

#[wasm_bindgen]
impl LogExtractor {
    /// Takes the next chunk, and returns what the lines that it completes come to.
    ///
    /// # Errors
    ///
    /// An earlier chunk has a line to stop at, or there was no memory.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<u8>, JsValue> {
        self.0.push(chunk).map_err(|error| of_error(&error))
    }

    /// Ends the input, and returns what its last line comes to where that lacks its newline.
    ///
    /// # Errors
    ///
    /// There is a line to stop at, or a lack of memory.
    pub fn finish(&mut self) -> Result<Vec<u8>, JsValue> {
        self.0.finish().map_err(|error| of_error(&error))
    }

    /// Begins again with the lines behind a place, in the columns that were named last.
    pub fn restart(&mut self, offset: f64, lines_before: f64) {
        self.0.restart(Place { offset: offset as u64, lines_before: lines_before as u64 });
    }

    /// Returns the number of lines gone through, those left out included.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn lines(&self) -> f64 {
        self.0.lines() as f64
    }

    /// Returns the number of lines left out.
    #[wasm_bindgen(getter, js_name = raggedCount)]
    #[must_use]
    pub fn ragged_count(&self) -> f64 {
        self.0.left_out_count() as f64
    }

    /// Lists the lines left out since this was called last, each with `line`, `offset` and
    /// `reason`.
    #[wasm_bindgen(js_name = takeRagged)]
    #[must_use]
    pub fn take_ragged(&mut self) -> Vec<JsValue> {
        of_left_out(&self.0.take_left_out())
    }

    /// Returns the last line that named columns.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn directive(&self) -> Option<Vec<u8>> {
        self.0.directive().map(<[u8]>::to_vec)
    }
}
