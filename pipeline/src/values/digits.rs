//! Digits, eight at a time in one word: the first one is its lowest byte.

const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);

/// Puts the digit 0 in the place of all bytes before the last `count`, of 1 to 8. With another
/// count, what is returned has no meaning.
#[inline(always)]
pub(super) fn keep_last(word: u64, count: usize) -> u64 {
    // The lower six bits of 8 * (8 - count).
    let kept = u64::MAX.wrapping_shl((count as u32).wrapping_mul(8).wrapping_neg());
    (word & kept) | (ZEROS & !kept)
}

/// Tells whether all eight bytes are digits.
#[inline(always)]
pub(super) fn are_digits(word: u64) -> bool {
    // The upper half of each byte is 3, and still is with 6 more: the lower is 9 at most.
    let upper = word & 0xf0f0_f0f0_f0f0_f0f0;
    let upper_with_six = word.wrapping_add(0x0606_0606_0606_0606) & 0xf0f0_f0f0_f0f0_f0f0;
    upper | (upper_with_six >> 4) == 0x3333_3333_3333_3333
}

/// Returns the number that eight digits are.
#[inline(always)]
pub(super) fn number(word: u64) -> u64 {
    let digits = word.wrapping_sub(ZEROS);
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let first_and_third = pairs & 0x0000_00ff_0000_00ff;
    let second_and_fourth = (pairs >> 16) & 0x0000_00ff_0000_00ff;
    let high = first_and_third.wrapping_mul(100 + (1_000_000 << 32));
    let low = second_and_fourth.wrapping_mul(1 + (10_000 << 32));
    high.wrapping_add(low) >> 32
}

/// Returns the number that two digits are.
#[inline(always)]
pub(super) fn two(bytes: [u8; 2]) -> Option<u8> {
    let [tens, ones] = bytes.map(|byte| byte.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some(tens.wrapping_mul(10).wrapping_add(ones))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_a_number() {
        for text in ["00000000", "00000001", "12345678", "99999999", "10203040"] {
            let word = u64::from_le_bytes(text.as_bytes().try_into().unwrap());
            assert!(are_digits(word), "{text}");
            assert_eq!(number(word), text.parse::<u64>().unwrap());
            for index in 0..8 {
                for byte in (0..=255_u8).filter(|byte| !byte.is_ascii_digit()) {
                    let mut bytes = word.to_le_bytes();
                    bytes[index] = byte;
                    assert!(!are_digits(u64::from_le_bytes(bytes)), "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn bytes_before_the_last_are_zeros() {
        let word = u64::from_le_bytes(*b"x1|34567");
        assert_eq!(keep_last(word, 5).to_le_bytes(), *b"00034567");
        assert_eq!(keep_last(word, 8), word);
        assert_eq!(keep_last(word, 1).to_le_bytes(), *b"00000007");
    }

    #[test]
    fn two_digits_are_a_number() {
        assert_eq!(two(*b"07"), Some(7));
        assert_eq!(two(*b"99"), Some(99));
        for bytes in [*b"7:", *b"/0", *b" 1", *b"1a"] {
            assert_eq!(two(bytes), None);
        }
    }
}
