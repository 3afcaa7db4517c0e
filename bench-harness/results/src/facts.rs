//! Facts of data, read by the parser's reference, a byte at a time.

use delimark::Dialect;
use delimark::reference::{Event, Stop, parse};
use delimark_runner::model::{Answer, Fold};
use serde::{Deserialize, Serialize};

/// The line endings of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineEnding {
    /// All with a newline alone.
    Lf,
    /// All with a carriage return and a newline.
    Crlf,
    /// Some with the one, some with the other.
    Mixed,
}

/// Signs of ordinary or unusual data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traits {
    /// The number of lines without a byte.
    pub empty_lines: u64,
    /// The number of carriage returns that do not stand before a newline.
    pub bare_carriage_returns: u64,
    /// True if all of it is valid UTF-8.
    pub valid_utf8: bool,
    /// True if every record has the same number of fields.
    pub uniform: bool,
    /// The number of records that do not have the expected number of fields.
    pub ragged_records: u64,
}

/// The contents of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The number of records.
    pub records: u64,
    /// The number of their fields, all together.
    pub fields: u64,
    /// Its line ending.
    pub line_ending: LineEnding,
    /// Other signs of ordinary or unusual data.
    pub traits: Traits,
    /// The answer that the model `fields` has to give.
    pub every_field: Answer,
}

impl Facts {
    /// Reads an input, and hands the fields of each record on.
    ///
    /// # Errors
    ///
    /// The dialect refuses ragged records and there is one, or a line is over its limit.
    pub fn read<'a>(
        input: &'a [u8],
        dialect: &Dialect,
        mut visit: impl FnMut(&[&'a [u8]]),
    ) -> Result<Self, Stop> {
        let mut fields = 0;
        let mut traits = Traits {
            empty_lines: 0,
            bare_carriage_returns: 0,
            valid_utf8: std::str::from_utf8(input).is_ok(),
            uniform: true,
            ragged_records: 0,
        };
        let mut first_count = None;
        let mut every_field = Fold::default();
        parse(input, dialect, |event| {
            let (Event::Record(line) | Event::Ragged(line)) = event;
            let count = line.fields.len();
            fields += count as u64;
            traits.empty_lines += u64::from(count == 1 && line.fields[0].is_empty());
            traits.uniform &= *first_count.get_or_insert(count) == count;
            let is_ragged = dialect.columns().is_some_and(|columns| columns as usize != count);
            traits.ragged_records += u64::from(is_ragged);
            every_field.record(line.fields.iter().copied());
            visit(line.fields);
        })?;
        traits.bare_carriage_returns = bare_carriage_returns(input);
        Ok(Self {
            records: every_field.records(),
            fields,
            line_ending: line_ending(input),
            traits,
            every_field: every_field.answer(),
        })
    }
}

fn bare_carriage_returns(input: &[u8]) -> u64 {
    let carriage_returns = input.iter().filter(|&&byte| byte == b'\r').count();
    (carriage_returns - line_ends(input).1) as u64
}

fn line_ending(input: &[u8]) -> LineEnding {
    match line_ends(input) {
        (_, 0) => LineEnding::Lf,
        (newlines, carriage_returns) if newlines == carriage_returns => LineEnding::Crlf,
        _ => LineEnding::Mixed,
    }
}

/// Counts the newlines, and those after a `\r`.
fn line_ends(input: &[u8]) -> (usize, usize) {
    let newlines = input.iter().filter(|&&byte| byte == b'\n').count();
    let carriage_returns = input.windows(2).filter(|pair| pair == b"\r\n").count();
    (newlines, carriage_returns)
}

#[cfg(test)]
mod tests {
    use delimark::RaggedPolicy;

    use super::*;

    #[test]
    fn what_is_out_of_the_ordinary_is_found() {
        let dialect = Dialect::new(b'|').expect("'|' is a delimiter").with_columns(2);
        let dialect = dialect.expect("there are columns").with_ragged(RaggedPolicy::Keep);
        let mut fields_seen = 0;
        let facts = Facts::read(b"a|b\r\n\nc\rd|e\n|\xff", &dialect, |fields| {
            fields_seen += fields.len();
        });
        let facts = facts.expect("no line is too long");
        assert_eq!((facts.records, facts.fields, fields_seen), (4, 7, 7));
        let traits = Traits {
            empty_lines: 1,
            bare_carriage_returns: 1,
            valid_utf8: false,
            uniform: false,
            ragged_records: 1,
        };
        assert_eq!(facts.traits, traits);
        assert_eq!(facts.line_ending, LineEnding::Mixed);
    }
}
