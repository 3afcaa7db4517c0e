//! The class that takes an input in one piece.

use delimark::{Backend, Batch, Decoder, Dialect, Scanner};
use delimark_extract::{ChunkExtractor, Extraction, RaggedList};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::extractor::Extractor;
use super::options::{self, ExtractionOptions, Options, Settings};
use super::{arguments, objects};

/// Splits delimiter-separated records.
///
/// It keeps its buffers from one input to the next.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Splitter {
    dialect: Dialect,
    ragged_limit: usize,
    decoder: Decoder,
    ragged: RaggedList,
}

#[wasm_bindgen]
impl Splitter {
    /// Makes a splitter.
    ///
    /// @param options Default: the default of each.
    /// @throws a {@link DelimarkError} if an option is not what it should be.
    #[wasm_bindgen(constructor)]
    pub fn new(options: Option<Options>) -> Result<Self, JsValue> {
        let Settings { dialect, ragged_limit } = match options {
            Some(options) => options.settings()?,
            None => Settings {
                dialect: Dialect::new(b'|').map_err(objects::of_wrong_options)?,
                ragged_limit: usize::MAX,
            },
        };
        let (decoder, ragged) = (Decoder::new(scanner(dialect)), RaggedList::new(ragged_limit));
        Ok(Self { dialect, ragged_limit, decoder, ragged })
    }

    /// Returns the backend that the module was compiled for: `"scalar"` or `"simd128"`.
    #[wasm_bindgen(getter, unchecked_return_type = "\"scalar\" | \"simd128\"")]
    pub fn backend(&self) -> String {
        Backend::best().to_string()
    }

    /// Takes columns out of an input, as `cut` does.
    ///
    /// @param bytes The input.
    /// @param columns The columns, counted from 0, in the order they are to come out in. One that a
    ///   record does not have is empty.
    /// @param options What the output looks like. Default: the default of each.
    /// @returns The fields with the delimiter between them, or as JSON, and a newline after each
    ///   record.
    /// @throws a {@link DelimarkError} at a line to stop at, or if an argument is not what it
    ///   should be.
    pub fn extract(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] columns: &JsValue,
        options: Option<ExtractionOptions>,
    ) -> Result<Vec<u8>, JsValue> {
        let mut extraction = extraction(&self.dialect, columns, options)?;
        self.scan(&arguments::bytes(bytes)?, |batch| extraction.add(batch))?;
        extraction
            .check()
            .and_then(|()| extraction.take())
            .map_err(|error| objects::of_error(&error))
    }

    /// Finds where the fields are.
    ///
    /// @param bytes The input.
    /// @throws a {@link DelimarkError} at a line to stop at, or if the bytes are no Uint8Array.
    #[wasm_bindgen(unchecked_return_type = "IndexBatch[]")]
    pub fn index(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
    ) -> Result<Vec<JsValue>, JsValue> {
        let mut batches = Vec::new();
        self.scan(&arguments::bytes(bytes)?, |batch| {
            batches.push(objects::of_batch(batch));
        })?;
        Ok(batches)
    }

    /// Counts records and fields. Only delimiter and quotes matter: columns are not checked, and
    /// lines may have any length.
    ///
    /// @param bytes The input.
    /// @throws a {@link DelimarkError} if the bytes are no Uint8Array.
    #[wasm_bindgen(unchecked_return_type = "Counts")]
    pub fn count(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
    ) -> Result<JsValue, JsValue> {
        Ok(objects::of_counts(self.decoder.scanner().count(&arguments::bytes(bytes)?)))
    }

    /// Lists the records that were left out under the policy `"report"` since this was called
    /// last.
    #[wasm_bindgen(js_name = takeRagged, unchecked_return_type = "RaggedLine[]")]
    pub fn take_ragged(&mut self) -> Vec<JsValue> {
        objects::of_ragged(&self.ragged.take())
    }

    /// Makes an extractor of these columns, for an input that comes in chunks.
    ///
    /// @param columns As for {@link extract}.
    /// @param options As for {@link extract}.
    /// @throws a {@link DelimarkError} if an argument is not what it should be.
    pub fn extractor(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ArrayLike<number>")] columns: &JsValue,
        options: Option<ExtractionOptions>,
    ) -> Result<Extractor, JsValue> {
        let extraction = extraction(&self.dialect, columns, options)?;
        let scanner = scanner(self.dialect);
        Ok(Extractor::new(ChunkExtractor::new(scanner, extraction, self.ragged_limit)))
    }
}

impl Splitter {
    fn scan(&mut self, bytes: &[u8], mut visit: impl FnMut(&Batch<'_>)) -> Result<(), JsValue> {
        let Self { decoder, ragged, .. } = self;
        let mut visit = |batch: &Batch<'_>| {
            ragged.collect(batch);
            visit(batch);
        };
        // The decoder returns the error again when it finishes.
        let _ = decoder.push(bytes, &mut visit);
        decoder.finish(&mut visit).map_err(|error| objects::of_error(&error.into()))
    }
}

fn scanner(dialect: Dialect) -> Scanner {
    let scanner = Scanner::with_backend(dialect, Backend::best());
    scanner.expect("the best backend is one of those that can run")
}

fn extraction(
    dialect: &Dialect,
    columns: &JsValue,
    options: Option<ExtractionOptions>,
) -> Result<Extraction, JsValue> {
    let columns = arguments::columns(columns, dialect)?;
    match options {
        Some(options) => options.extraction(columns, dialect),
        None => Ok(options::text(columns, dialect, vec![dialect.delimiter()])),
    }
}
