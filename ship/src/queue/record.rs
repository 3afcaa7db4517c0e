//! A record: some entries in one piece, with their number and two checksums in front.
//!
//! The header has a checksum of its own, so that a record whose payload is damaged can still be
//! skipped, and its entries counted.

/// The bytes in front of a payload.
pub(super) const HEADER_BYTES: usize = 16;

/// The longest payload, in bytes.
pub(super) const PAYLOAD_LIMIT: usize = 1 << 30;

/// Set in the number of entries where an append ends with this record.
const END_OF_APPEND: u32 = 1 << 31;

/// What stands in front of a payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Header {
    /// The bytes of the payload.
    pub(super) payload_bytes: u32,
    /// The entries in it.
    pub(super) entry_count: u32,
    /// True if it is the last record of an append, without which the others count for nothing.
    pub(super) ends_append: bool,
    /// The checksum of the payload.
    checksum: u32,
}

impl Header {
    /// Describes a payload.
    pub(super) fn of(payload: &[u8], entry_count: u32, ends_append: bool) -> Self {
        let payload_bytes = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        Self { payload_bytes, entry_count, ends_append, checksum: crc32fast::hash(payload) }
    }

    /// Returns the header's bytes.
    pub(super) fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let flag = if self.ends_append { END_OF_APPEND } else { 0 };
        let mut bytes = [0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&self.payload_bytes.to_le_bytes());
        bytes[4..8].copy_from_slice(&(self.entry_count | flag).to_le_bytes());
        bytes[8..12].copy_from_slice(&self.checksum.to_le_bytes());
        let checksum = crc32fast::hash(&bytes[..12]);
        bytes[12..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Reads a header; nothing where its checksum is wrong.
    pub(super) fn from_bytes(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four"));
        let is_whole = crc32fast::hash(&bytes[..12]) == number(12);
        let flagged_count = number(4);
        is_whole.then(|| Self {
            payload_bytes: number(0),
            entry_count: flagged_count & !END_OF_APPEND,
            ends_append: flagged_count & END_OF_APPEND != 0,
            checksum: number(8),
        })
    }

    /// Returns true if this is the payload that the header was written for.
    pub(super) fn matches(&self, payload: &[u8]) -> bool {
        self.payload_bytes as usize == payload.len() && crc32fast::hash(payload) == self.checksum
    }

    /// Returns the bytes of header and payload.
    pub(super) fn record_bytes(&self) -> u64 {
        HEADER_BYTES as u64 + u64::from(self.payload_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_comes_back_and_every_flipped_bit_shows() {
        for ends_append in [false, true] {
            let header = Header::of(b"payload", 7, ends_append);
            let bytes = header.to_bytes();
            assert_eq!(Header::from_bytes(&bytes), Some(header));
            for bit in 0..HEADER_BYTES * 8 {
                let mut damaged = bytes;
                damaged[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(Header::from_bytes(&damaged), None, "bit {bit}");
            }
        }
    }

    #[test]
    fn a_payload_is_told_from_others() {
        let header = Header::of(b"payload", 1, true);
        assert!(header.matches(b"payload"));
        assert!(!header.matches(b"paylord"));
        assert!(!header.matches(b"payload "));
        assert_eq!(header.record_bytes(), 23);
    }
}
