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
    /// The number of records that do not have the expected number of fields, or end inside quotes.
    pub ragged_records: u64,
    /// The number of fields with a quote elsewhere than at both of their ends, which other parsers
    /// take for something else; absent where nothing is quoted, and in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "document",
        serde(deserialize_with = "crate::bounds::present::<u64, _, _>")
    )]
    pub stray_quotes: Option<u64>,
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
            stray_quotes: dialect.quote().map(|_| 0),
        };
        let mut first_count = None;
        let mut every_field = Fold::default();
        parse(input, dialect, |event| {
            let (Event::Record(line) | Event::Ragged(line)) = event;
            let count = line.fields.len();
            fields += count as u64;
            // A line of two quotes has an empty field, too.
            let is_quoted = || dialect.quote() == input.get(line.offset as usize).copied();
            let is_empty = count == 1 && line.fields[0].is_empty() && !is_quoted();
            traits.empty_lines += u64::from(is_empty);
            traits.uniform &= *first_count.get_or_insert(count) == count;
            let is_ragged = dialect.columns().is_some_and(|columns| columns as usize != count);
            traits.ragged_records += u64::from(is_ragged || line.open_quote.is_some());
            if let (Some(quote), Some(stray)) = (dialect.quote(), &mut traits.stray_quotes) {
                let has_quote = |field: &&&[u8]| field.contains(&quote);
                *stray += line.fields.iter().filter(has_quote).count() as u64;
            }
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
    use delimark::{QuoteEscape, RaggedPolicy};

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
            stray_quotes: None,
        };
        assert_eq!(facts.traits, traits);
        assert_eq!(facts.line_ending, LineEnding::Mixed);
    }

    #[test]
    fn quotes_amid_fields_are_found() {
        let dialect = Dialect::new(b' ').expect("' ' is a delimiter").with_columns(2);
        let dialect = dialect.expect("there are columns").with_ragged(RaggedPolicy::Keep);
        let dialect = dialect.with_quote(b'"', QuoteEscape::None).expect("it has no other meaning");
        for (input, stray_quotes, ragged_records) in [
            (&b"a \"b c\"\n\"\" \"d\"\n"[..], 0, 0),
            (b"a b\"c d\"\n", 1, 0),
            (b"a\"b\"c \"d\"e\"f\"\n", 2, 0),
            (b"a \"\"\"\"\n", 1, 0),
            (b"a \"b\n\"c\" d\n", 1, 1),
        ] {
            let facts = Facts::read(input, &dialect, |_| ()).expect("ragged records are kept");
            let Traits { stray_quotes: found, ragged_records: ragged, .. } = facts.traits;
            let shown = input.escape_ascii();
            assert_eq!((found, ragged), (Some(stray_quotes), ragged_records), "{shown}");
        }
        let facts = Facts::read(b"\"\"\n\n", &dialect, |_| ()).expect("the same");
        assert_eq!(facts.traits.empty_lines, 1, "two quotes are two bytes");
    }
}
