//! Instructions: what the values of a burst are read with. The code is compiled once for every CPU,
//! and once more for those with AVX2, by the backend that scans.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;

use delimark::Backend;

#[cfg(target_arch = "x86_64")]
pub(crate) use self::avx2::Avx2;
pub(crate) use self::portable::Portable;
use crate::values::{Block, Value};

/// The instructions that values are read with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum InstructionSet {
    /// Instructions of every CPU that the program runs on.
    Portable,
    /// AVX2, BMI1 and BMI2, too.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
}

impl InstructionSet {
    /// Returns the instructions that go with a backend, which runs here.
    pub(crate) fn of(backend: Backend) -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Backend::Avx2 | Backend::Avx512 = backend
            && let Some(avx2) = Avx2::detect()
        {
            return Self::Avx2(avx2);
        }
        let _ = backend;
        Self::Portable
    }

    /// Tells whether all bytes are ASCII.
    pub(crate) fn are_ascii(self, bytes: &[u8]) -> bool {
        match self {
            Self::Portable => bytes.is_ascii(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(avx2) => avx2.are_ascii(bytes),
        }
    }
}

/// The bytes of a value at which [`Instructions::may_have_blank`] stops looking.
pub(crate) const LOOKED_AT: usize = 32;

/// The steps that differ by instructions. An implementation is a token: whoever has one runs on a
/// CPU that has them. They read bytes around a value, too, and so cannot read one near the ends of
/// its burst.
pub(crate) trait Instructions: Copy {
    /// Reads the four numbers of an IPv4 address, and tells whether they are written in the usual
    /// way and can be read; if not, they have no meaning.
    fn ipv4<const HAS_ROOM: bool>(self, value: Value<'_, HAS_ROOM>) -> ([u8; 4], bool);

    /// Does what [`usual_integer`](crate::values::usual_integer) does, for four values, with a bit
    /// for each that is one.
    fn integers(self, block: Block<'_>) -> ([u64; 4], u32);

    /// Does what [`usual_milliseconds`](crate::values::usual_milliseconds) does, likewise.
    fn milliseconds(self, block: Block<'_>) -> ([u64; 4], u32);

    /// Tells whether a value has a blank, is longer than [`LOOKED_AT`], or cannot be read.
    fn may_have_blank<const HAS_ROOM: bool>(self, value: Value<'_, HAS_ROOM>) -> bool;

    /// Makes the view of a value of this many bytes, at an offset in the first buffer, out of the
    /// four bytes before it and twelve from its first one on.
    fn view(self, bytes: &[u8; 16], length: usize, offset: u32) -> u128;
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Runs a check with all instructions that there are here.
    macro_rules! with_all_instructions {
        ($check:ident($($argument:expr),*)) => {
            $check(crate::instructions::Portable, $($argument),*);
            #[cfg(target_arch = "x86_64")]
            if let Some(avx2) = crate::instructions::Avx2::detect() {
                $check(avx2, $($argument),*);
            }
        };
    }
    pub(crate) use with_all_instructions;

    #[test]
    fn a_blank_is_found_anywhere() {
        fn check(instructions: impl Instructions) {
            for length in 0..40 {
                for before in [0, 7, 40] {
                    let end = before + length;
                    let mut bytes = vec![b' '; end + LOOKED_AT];
                    bytes[before..end].fill(b'!');
                    let has_blank =
                        |bytes: &[u8]| instructions.may_have_blank(Value::new(bytes, before, end));
                    assert_eq!(has_blank(&bytes), length > LOOKED_AT, "{length}");
                    for index in before..end {
                        bytes[index] = b' ';
                        assert!(has_blank(&bytes), "at {index} of {length}");
                        bytes[index] = 0xa0;
                    }
                    assert!(length == LOOKED_AT || has_blank(&bytes[..end]), "{length}");
                }
            }
        }
        with_all_instructions!(check());
    }

    #[test]
    fn views_are_those_of_arrow() {
        fn check(instructions: impl Instructions) {
            let bytes = *b"....GET /index..";
            for length in 0..40 {
                let value: Vec<u8> = bytes[4..].iter().copied().cycle().take(length).collect();
                let expected = arrow_array::builder::make_view(&value, 0, 7);
                assert_eq!(instructions.view(&bytes, length, 7), expected, "{length}");
            }
        }
        with_all_instructions!(check());
    }

    #[test]
    fn what_is_not_ascii_is_found_anywhere() {
        for set in [InstructionSet::Portable, InstructionSet::of(Backend::best())] {
            for length in [0, 1, 127, 128, 129, 300] {
                let mut bytes = vec![0x7f; length];
                assert!(set.are_ascii(&bytes), "{length}");
                for index in 0..length {
                    bytes[index] = 0x80;
                    assert!(!set.are_ascii(&bytes), "{index} of {length}");
                    bytes[index] = 0;
                }
            }
        }
    }

    #[test]
    fn they_go_with_the_backend() {
        assert!(matches!(InstructionSet::of(Backend::Scalar), InstructionSet::Portable));
        #[cfg(target_arch = "x86_64")]
        if Backend::Avx2.is_available() {
            assert!(matches!(InstructionSet::of(Backend::Avx2), InstructionSet::Avx2(_)));
        }
    }
}
