//! Fields of 0 to 2 bytes: made for speed limits and not for realism.

use crate::random::Random;

const CHARACTERS: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

/// Appends 12 fields: eight in ten have one byte, one has none, one has two.
pub(super) fn write_line(random: &mut Random, out: &mut Vec<u8>) {
    for column in 0..12 {
        if column > 0 {
            out.push(b'|');
        }
        let bits = random.next_u64();
        let characters = [bits >> 58, bits >> 52 & 63].map(|index| CHARACTERS[index as usize]);
        let length = match random.below(10) {
            0 => 0,
            1 => 2,
            _ => 1,
        };
        out.extend_from_slice(&characters[..length]);
    }
}
