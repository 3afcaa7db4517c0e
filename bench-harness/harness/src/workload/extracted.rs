//! The answer of [`Model::Extract`](delimark_runner::model::Model::Extract): what the text that a
//! command writes comes to.

use delimark_runner::model::Answer;
use memchr::{memchr_iter, memchr2_iter};
use sha2::{Digest, Sha256};

/// Takes the text piece by piece.
pub(crate) struct ExtractedText {
    delimiter: u8,
    records: u64,
    fields: u64,
    hasher: Sha256,
}

impl ExtractedText {
    pub(crate) fn new(delimiter: u8) -> Self {
        Self { delimiter, records: 0, fields: 0, hasher: Sha256::new() }
    }

    pub(crate) fn push(&mut self, text: &[u8]) {
        self.records += memchr_iter(b'\n', text).count() as u64;
        self.fields += memchr2_iter(self.delimiter, b'\n', text).count() as u64;
        self.hasher.update(text);
    }

    /// Lines, fields, and the first bytes of the text's SHA-256.
    pub(crate) fn answer(self) -> Answer {
        let Self { records, fields, .. } = self;
        let digest = self.hasher.finalize();
        let checksum = digest.iter().take(8).fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        Answer::Records { records, fields, checksum }
    }
}
