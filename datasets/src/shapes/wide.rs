//! A table of 100 columns whose kinds last for the whole dataset.

use crate::digits::{push_decimal, push_hex_digits, push_seconds};
use crate::random::Random;

static KINDS: [Column; 10] = [
    Column::Flag,
    Column::Flag,
    Column::Small,
    Column::Small,
    Column::Count,
    Column::Measure,
    Column::Word,
    Column::Word,
    Column::Identifier,
    Column::Rare,
];

static WORDS: [&str; 16] = [
    "ok", "warn", "eu-west", "us-east", "GET", "blue", "none", "tls1.3", "x86", "arm64", "prod",
    "stage", "cache", "miss", "hit", "a",
];

/// Says what a column holds.
#[derive(Clone, Copy, Debug)]
enum Column {
    /// `0` or `1`.
    Flag,
    /// One or two digits.
    Small,
    /// A number spread over decades.
    Count,
    /// A decimal with three places.
    Measure,
    /// A short word.
    Word,
    /// Eight hexadecimal digits.
    Identifier,
    /// Mostly empty, else a number.
    Rare,
}

/// Writes the lines of one wide table.
#[derive(Debug)]
pub(crate) struct Wide {
    columns: [Column; 100],
}

impl Wide {
    /// Draws the kinds of the columns: ten of each entry of the table, in a random order.
    pub(super) fn new(random: &mut Random) -> Self {
        let mut columns = core::array::from_fn(|index| KINDS[index % KINDS.len()]);
        random.shuffle(&mut columns);
        Self { columns }
    }

    /// Appends 100 fields.
    pub(super) fn write_line(&self, random: &mut Random, out: &mut Vec<u8>) {
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push(b'|');
            }
            column.write(random, out);
        }
    }
}

impl Column {
    fn write(self, random: &mut Random, out: &mut Vec<u8>) {
        match self {
            Self::Flag => push_decimal(out, random.below(2)),
            Self::Small => push_decimal(out, random.below(100)),
            Self::Count => push_decimal(out, random.log_uniform(0..24) - 1),
            Self::Measure => push_seconds(out, random.log_uniform(0..17)),
            Self::Word => out.extend_from_slice(random.pick(&WORDS).as_bytes()),
            Self::Identifier => push_hex_digits(out, random.next_u64(), 8),
            Self::Rare if random.percent(90) => {}
            Self::Rare => push_decimal(out, random.below(1000)),
        }
    }
}
