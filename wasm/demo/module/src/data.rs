//! Generated logs, chunk by chunk, and their hashes.

use delimark_datasets::{Generator, Hasher, Shape};
use wasm_bindgen::prelude::wasm_bindgen;

/// Makes the lines of `nginx12`, the same bytes as everywhere.
#[wasm_bindgen]
#[derive(Debug)]
pub struct LogGenerator(Generator);

#[wasm_bindgen]
impl LogGenerator {
    /// Begins a log of this many lines.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(lines: u32, seed: u32) -> Self {
        Self(Generator::new(Shape::Nginx12, lines.into(), seed.into()))
    }

    /// Makes whole lines of about this many bytes; none where the log has ended.
    #[must_use]
    pub fn next(&mut self, bytes: usize) -> Vec<u8> {
        let mut chunk = Vec::new();
        self.0.next_chunk(&mut chunk, bytes);
        chunk
    }
}

/// Hashes bytes that come in chunks.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Sha256(Hasher);

#[wasm_bindgen]
impl Sha256 {
    /// Begins with no bytes.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the digest in hexadecimal digits.
    #[must_use]
    pub fn finish(self) -> String {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{LogGenerator, Sha256};

    #[test]
    fn chunks_of_any_size_are_the_log_of_the_manifest() {
        let (mut generator, mut hash) = (LogGenerator::new(10_000, 1), Sha256::new());
        loop {
            let chunk = generator.next(100_000);
            if chunk.is_empty() {
                break;
            }
            hash.update(&chunk);
        }
        let pinned = "e82e8dd99722157bdf7978578be3f3a3fcee9380411780dc3192a970cef8e74e";
        assert_eq!(hash.finish(), pinned);
    }
}
