//! The scan itself, once, generic over a backend; it names no instruction set.
//!
//! ```text
//! for each group of 64 blocks:                                    (1)
//!     make room for a separator at every byte of the group
//!     for each block of 64 bytes:                                 (2)
//!         prefetch some way ahead                                 (3)
//!         search it: a mask of its separators, a count of newlines (4)
//!         write the index of each separator, at once or four blocks together (5)
//! search the last, partial block in a padded copy                 (6)
//! ```
//!
//! 1. One capacity check a group instead of one a block. The buffer grows with the separators
//!    found, not with the bytes: a line of a gigabyte without a delimiter needs no room.
//! 2. The scan never restarts at a newline or a field; doing that costs two thirds of the speed
//!    (3.8 GB/s on Sapphire Rapids).
//! 3. The hardware prefetcher stops at page borders. The distance is
//!    [`index::PREFETCH_DISTANCE_BYTES`].
//! 4. A branch on "this block has a newline" is a coin toss on lines of 200 bytes: it took the
//!    widest vectors from 30 GB/s to 18 on Sapphire Rapids. Counting is enough: [`rows`] finds out
//!    whether every record has the same columns from the count and a look at every N-th separator,
//!    without a tag in the positions. How to count is the backend's: a mask of newlines costs as
//!    much as that of separators, a vector of counts half of it.
//! 5. Writing costs more than searching. How to write is the backend's, see [`emit`] and
//!    [`Primitives::emit_quad`](primitives::Primitives::emit_quad).
//! 6. Nothing is ever read past the end of the slice.

pub(crate) mod count;
pub(crate) mod emit;
pub(crate) mod index;
pub(crate) mod primitives;
pub(crate) mod quotes;
pub(crate) mod rows;

use self::quotes::{Counted, Indexed, Quoting};

/// The scan as compiled for one backend. Holding one means that the CPU can run it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Appends the offset of every separator, returns how many are newlines.
    pub(crate) index: fn(delimiter: u8, bytes: &[u8], separators: &mut Vec<u32>) -> usize,
    /// Returns how many separators there are, and how many of them are newlines.
    pub(crate) count: fn(delimiter: u8, bytes: &[u8]) -> (u64, u64),
    /// Does as `index` where fields can be quoted.
    pub(crate) index_quoted: fn(Quoting, bytes: &[u8], separators: &mut Vec<u32>) -> Indexed,
    /// Returns how many separators there are where fields can be quoted.
    pub(crate) count_quoted: fn(Quoting, bytes: &[u8]) -> Counted,
}
