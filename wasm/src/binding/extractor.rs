//! The class that takes an input chunk by chunk.

use delimark_extract::ChunkExtractor;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{arguments, objects};

/// Takes columns out of an input that comes in chunks of any size, such as a file too big for
/// memory.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Extractor(ChunkExtractor);

impl Extractor {
    pub(super) fn new(extractor: ChunkExtractor) -> Self {
        Self(extractor)
    }
}

#[wasm_bindgen]
impl Extractor {
    /// Takes the next chunk, and returns what the lines that it completes come to.
    ///
    /// Where a line stops the extraction, the records before it are returned first: the next call
    /// throws.
    ///
    /// @param chunk The bytes after those of the chunk before.
    /// @throws a {@link DelimarkError} after a line to stop at, or if the chunk is no Uint8Array.
    pub fn push(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] chunk: &JsValue,
    ) -> Result<Vec<u8>, JsValue> {
        let chunk = arguments::bytes(chunk)?;
        self.0.push(&chunk).map_err(|error| objects::of_error(&error))
    }

    /// Ends the input, and returns what its last line comes to where that lacks its newline. The
    /// next chunk begins another input.
    ///
    /// @throws a {@link DelimarkError} at or after a line to stop at.
    pub fn finish(&mut self) -> Result<Vec<u8>, JsValue> {
        self.0.finish().map_err(|error| objects::of_error(&error))
    }

    /// Returns the number of lines scanned since the input began, those left out included. It stays
    /// until the next input begins.
    #[wasm_bindgen(getter)]
    pub fn lines(&self) -> f64 {
        self.0.lines() as f64
    }

    /// Returns the number of records left out under the policy `"report"` since the input began,
    /// listed or over the limit.
    #[wasm_bindgen(getter, js_name = raggedCount)]
    pub fn ragged_count(&self) -> f64 {
        self.0.ragged_count() as f64
    }

    /// Lists the records that were left out under the policy `"report"` since this was called
    /// last.
    #[wasm_bindgen(js_name = takeRagged, unchecked_return_type = "RaggedLine[]")]
    pub fn take_ragged(&mut self) -> Vec<JsValue> {
        objects::of_ragged(&self.0.take_ragged())
    }
}
