//! Everything that a block of 64 bytes can hold, and the most that counts have to hold.

use delimark::{Dialect, LineEnding};

use crate::check::{backends, check_bursts, scanner};

const BLOCK_BYTES: usize = 64;
/// Newlines are counted over this many blocks before the count is put away.
const GROUP_BYTES: usize = 64 * BLOCK_BYTES;

fn dialect() -> Dialect {
    Dialect::new(b'|').unwrap()
}

#[test]
fn one_separator_at_each_byte_of_a_block() {
    for separator in *b"|\n" {
        for place in 0..2 * BLOCK_BYTES {
            let mut input = [b'x'; 3 * BLOCK_BYTES];
            input[place] = separator;
            check_bursts(&input, dialect(), &[input.len()]);
        }
    }
}

#[test]
fn any_number_of_separators_in_a_block() {
    for count in 0..BLOCK_BYTES {
        for from_its_end in [false, true] {
            let mut input = [b'x'; 2 * BLOCK_BYTES + 1];
            let start = if from_its_end { BLOCK_BYTES - count } else { 0 };
            input[start..start + count].fill(b'|');
            check_bursts(&input, dialect(), &[input.len()]);
        }
    }
}

/// A backend may write the positions of several blocks together, half a block a lane.
#[test]
fn any_number_of_separators_in_any_half_of_four_blocks() {
    const HALF_BYTES: usize = BLOCK_BYTES / 2;
    const QUAD_BYTES: usize = 4 * BLOCK_BYTES;
    for half in 0..QUAD_BYTES / HALF_BYTES {
        for count in [0, 1, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31] {
            for others in [0, 6, 7] {
                // After the quad another, and blocks that make none.
                let mut input = [b'x'; 2 * QUAD_BYTES + 3 * BLOCK_BYTES + 5];
                for (index, bytes) in input.chunks_mut(HALF_BYTES).enumerate() {
                    let count = if index == half { count } else { others };
                    let start = if index % 2 == 0 { 0 } else { bytes.len().saturating_sub(count) };
                    let end = bytes.len().min(start + count);
                    bytes[start..end].fill(b'|');
                }
                check_bursts(&input, dialect(), &[input.len()]);
            }
        }
    }
}

/// Apart from the others because the emulator of AVX-512 fails it, see `ci/avx512`.
#[test]
fn a_block_of_nothing_but_separators() {
    for separator in *b"|\n" {
        check_bursts(&[separator; 2 * BLOCK_BYTES + 1], dialect(), &[2 * BLOCK_BYTES + 1]);
    }
}

#[test]
fn every_byte_but_the_separators_is_data() {
    let line_feed = dialect().with_line_ending(LineEnding::Lf);
    let input: Vec<u8> = (0..=u8::MAX).flat_map(|byte| [byte, b'|', byte, byte]).collect();
    check_bursts(&input, line_feed, &[input.len()]);
}

#[test]
fn counts_hold_a_group_of_almost_nothing_but_newlines() {
    let mut input = [b'\n'; 2 * GROUP_BYTES + 3];
    for block in input.chunks_mut(BLOCK_BYTES) {
        block[0] = b'x';
    }
    check_bursts(&input, dialect(), &[input.len()]);
    for backend in backends() {
        let counts = scanner(dialect(), backend, input.len()).count(&input);
        assert_eq!((counts.records, counts.fields), (8066, 8066), "{backend}");
    }
}
