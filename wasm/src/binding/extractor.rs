//! The class that takes an input chunk by chunk.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{arguments, objects};
use crate::{Extraction, Stream};

/// Takes columns out of an input that comes in chunks of any size, such as a file too big for
/// memory.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Extractor {
    stream: Stream,
    extraction: Extraction,
}

impl Extractor {
    pub(super) fn new(stream: Stream, extraction: Extraction) -> Self {
        Self { stream, extraction }
    }
}

#[wasm_bindgen]
impl Extractor {
    /// Takes the next chunk, and returns what the lines that it completes come to.
    ///
    /// Where a line stops the extraction, the records before it are returned first: the next call
    /// throws.
    ///
    /// @param chunk The bytes behind those of the chunk before.
    /// @throws a {@link DelimarkError} behind a line to stop at, or if the chunk is no Uint8Array.
    pub fn push(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] chunk: &JsValue,
    ) -> Result<Vec<u8>, JsValue> {
        let chunk = arguments::bytes(chunk)?;
        let Self { stream, extraction } = self;
        extraction
            .check()
            .and_then(|()| stream.push(&chunk, |batch, before| extraction.add(batch, before)))
            .and_then(|()| extraction.take())
            .map_err(|failure| objects::of_failure(&failure))
    }

    /// Ends the input, and returns what its last line comes to where that lacks its newline. The
    /// next chunk begins another input.
    ///
    /// @throws a {@link DelimarkError} at or behind a line to stop at.
    pub fn finish(&mut self) -> Result<Vec<u8>, JsValue> {
        let Self { stream, extraction } = self;
        let finished = stream.finish(|batch, before| extraction.add(batch, before));
        let (written, output) = (extraction.check(), extraction.take());
        extraction.restart();
        written.and(finished).and(output).map_err(|failure| objects::of_failure(&failure))
    }

    /// How many lines were gone through since the input began, those left out included. It stays
    /// until the next input begins.
    #[wasm_bindgen(getter)]
    pub fn lines(&self) -> f64 {
        self.stream.lines() as f64
    }

    /// How many records were left out under the policy `"report"` since the input began, whether
    /// they are listed or over the limit.
    #[wasm_bindgen(getter, js_name = raggedCount)]
    pub fn ragged_count(&self) -> f64 {
        self.stream.ragged_count() as f64
    }

    /// Lists the records that were left out under the policy `"report"` since this was called
    /// last.
    #[wasm_bindgen(js_name = takeRagged, unchecked_return_type = "RaggedLine[]")]
    pub fn take_ragged(&mut self) -> Vec<JsValue> {
        objects::of_ragged(&self.stream.take_ragged())
    }
}
