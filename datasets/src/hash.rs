//! SHA-256 in lower-case hexadecimal, which a dataset is named and checked by.

use sha2::{Digest, Sha256};

use crate::digits::push_hex_digits;

/// Hashes a dataset while it streams by.
///
/// # Examples
///
/// ```
/// use delimark_datasets::Hasher;
///
/// let mut hasher = Hasher::new();
/// hasher.update(b"a");
/// hasher.update(b"bc");
/// let digest = hasher.finish();
/// assert_eq!(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Hasher {
    state: Sha256,
}

impl Hasher {
    /// Starts with no bytes hashed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hashes more bytes; how they are cut makes no difference.
    pub fn update(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
    }

    /// Returns the digest of all bytes as 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn finish(self) -> String {
        let mut text = Vec::with_capacity(64);
        for byte in self.state.finalize() {
            push_hex_digits(&mut text, u64::from(byte), 2);
        }
        text.into_iter().map(char::from).collect()
    }
}
