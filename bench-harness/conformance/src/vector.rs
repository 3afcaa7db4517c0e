//! A file of vectors as it is written, and what its parts must have to do with each other.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use delimark::{LineEnding, QuoteEscape, RaggedPolicy};
use delimark_results::bounds::{self, Whole};
use delimark_runner::case::Request;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected};

use super::byte_string::{ByteString, LARGEST};
use super::case::{Case, Class, CountFacts, ErrorFacts, Expected, RaggedFacts};

/// The longest input or field of a vector: 1 GiB, the highest line limit.
const BYTES_MOST: u64 = 1 << 30;

/// A whole number of a vector.
type Number = Whole<0, LARGEST>;

/// A number that counts from 1.
type Ordinal = Whole<1, LARGEST>;

/// A file of vectors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VectorFile {
    #[serde(rename = "format")]
    _format: Format,
    #[serde(deserialize_with = "sentence")]
    pub(super) topic: String,
    #[serde(deserialize_with = "bounds::some::<Vector, _, _>")]
    pub(super) cases: Vec<Vector>,
}

/// The form of a file of vectors; there is one so far.
#[derive(Deserialize)]
enum Format {
    #[serde(rename = "delimark-vectors/1")]
    V1,
}

/// A case as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vector {
    #[serde(deserialize_with = "id")]
    pub(super) id: String,
    #[serde(deserialize_with = "rule")]
    rule: String,
    #[serde(deserialize_with = "sentence")]
    title: String,
    dialect: WrittenDialect,
    input: WrittenBytes,
    records: Vec<WrittenRecord>,
    #[serde(deserialize_with = "bounds::list::<Ordinal, _, _>")]
    lines: Vec<u64>,
    #[serde(deserialize_with = "bounds::list::<Number, _, _>")]
    offsets: Vec<u64>,
    #[serde(default, deserialize_with = "bounds::present::<Vec<WrittenRagged>, _, _>")]
    ragged: Option<Vec<WrittenRagged>>,
    #[serde(default, deserialize_with = "bounds::present::<WrittenCounts, _, _>")]
    counts: Option<WrittenCounts>,
    #[serde(default, deserialize_with = "bounds::present::<WrittenError, _, _>")]
    error: Option<WrittenError>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDialect {
    #[serde(deserialize_with = "byte")]
    delimiter: u8,
    #[serde(default, deserialize_with = "bounds::present::<Whole<0, { u32::MAX as u64 }>, _, _>")]
    columns: Option<u32>,
    #[serde(default, deserialize_with = "word")]
    ragged: Option<RaggedPolicy>,
    #[serde(default, deserialize_with = "word")]
    line_ending: Option<LineEnding>,
    #[serde(default, deserialize_with = "bounds::present::<Number, _, _>")]
    line_limit: Option<u64>,
    #[serde(default, deserialize_with = "some_byte")]
    quote: Option<u8>,
    #[serde(default, deserialize_with = "word")]
    escape: Option<QuoteEscape>,
}

/// A byte string in the one form that vectors have.
#[derive(Deserialize)]
#[serde(try_from = "ByteString")]
struct WrittenBytes(ByteString);

impl TryFrom<ByteString> for WrittenBytes {
    type Error = &'static str;

    fn try_from(string: ByteString) -> Result<Self, &'static str> {
        string.breaks().map_or(Ok(Self(string)), Err)
    }
}

/// The fields of a record, at least one.
#[derive(Deserialize)]
#[serde(transparent)]
struct WrittenRecord {
    #[serde(deserialize_with = "bounds::some::<WrittenBytes, _, _>")]
    fields: Vec<WrittenBytes>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRagged {
    #[serde(deserialize_with = "bounds::field::<Ordinal, _, _>")]
    line: u64,
    #[serde(deserialize_with = "bounds::field::<Number, _, _>")]
    offset: u64,
    #[serde(deserialize_with = "bounds::field::<Ordinal, _, _>")]
    found: u64,
    #[serde(default, deserialize_with = "bounds::present::<Number, _, _>")]
    quote: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCounts {
    #[serde(deserialize_with = "bounds::field::<Number, _, _>")]
    records: u64,
    #[serde(deserialize_with = "bounds::field::<Number, _, _>")]
    fields: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenError {
    kind: ErrorKind,
    #[serde(default, deserialize_with = "bounds::present::<Ordinal, _, _>")]
    line: Option<u64>,
    #[serde(default, deserialize_with = "bounds::present::<Number, _, _>")]
    offset: Option<u64>,
    #[serde(default, deserialize_with = "bounds::present::<Ordinal, _, _>")]
    found: Option<u64>,
    #[serde(default, deserialize_with = "bounds::present::<Ordinal, _, _>")]
    expected: Option<u64>,
    #[serde(default, deserialize_with = "bounds::present::<Number, _, _>")]
    quote: Option<u64>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum ErrorKind {
    Ragged,
    OpenQuote,
    LineTooLong,
    Dialect,
}

impl WrittenError {
    fn into_facts(self) -> Result<ErrorFacts> {
        let Self { kind, line, offset, found, expected, quote } = self;
        let (name, facts): (_, &[_]) = match kind {
            ErrorKind::Ragged => ("ragged", &["line", "offset", "found", "expected"]),
            ErrorKind::OpenQuote => ("open-quote", &["line", "offset", "quote"]),
            ErrorKind::LineTooLong => ("line-too-long", &["line", "offset"]),
            ErrorKind::Dialect => ("dialect", &[]),
        };
        let is_there = [
            ("line", line.is_some()),
            ("offset", offset.is_some()),
            ("found", found.is_some()),
            ("expected", expected.is_some()),
            ("quote", quote.is_some()),
        ];
        for (fact, is_there) in is_there {
            let has = facts.contains(&fact);
            let verb = if has { "has" } else { "has no" };
            ensure!(is_there == has, "an error of the kind {name} {verb} `{fact}`");
        }
        Ok(ErrorFacts { kind: Some(name.to_owned()), line, offset, found, expected, quote })
    }
}

/// Reads a sentence: short, from a capital or a digit to a full stop, on one line.
fn sentence<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let expected = "a sentence of at most 100 letters, with a capital and a full stop";
    text(deserializer, expected, |text| {
        text.starts_with(|first: char| first.is_ascii_uppercase() || first.is_ascii_digit())
            && text.len() > 1
            && text.ends_with('.')
            && !text.contains('\n')
            && text.chars().count() <= 100
    })
}

/// Reads the name of a case, such as `y_two_lines`.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'))
    };
    text(deserializer, "y, n or i and words of small letters and digits after `_`", |text| {
        let words = text.strip_prefix(['y', 'n', 'i']).and_then(|rest| rest.strip_prefix('_'));
        words.is_some_and(|words| words.split('_').all(is_word))
    })
}

/// Reads the number of a rule, such as `R2.1`.
fn rule<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let is_number = |digits: &str| {
        !digits.starts_with('0')
            && !digits.is_empty()
            && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    text(deserializer, "the number of a rule, such as R2.1", |text| {
        let numbers = text.strip_prefix('R').and_then(|rest| rest.split_once('.'));
        numbers.is_some_and(|(chapter, rule)| is_number(chapter) && is_number(rule))
    })
}

fn text<'de, D: Deserializer<'de>>(
    deserializer: D,
    expected: &str,
    accepts: impl Fn(&str) -> bool,
) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if accepts(&text) {
        return Ok(text);
    }
    Err(D::Error::invalid_value(Unexpected::Str(&text), &expected))
}

/// Reads a byte, written as the letter with its code.
fn byte<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let text = String::deserialize(deserializer)?;
    let mut letters = text.chars();
    match (letters.next().map(u8::try_from), letters.next()) {
        (Some(Ok(byte)), None) => Ok(byte),
        _ => {
            let expected = "one letter, U+00FF at most, whose code is the byte";
            Err(D::Error::invalid_value(Unexpected::Str(&text), &expected))
        }
    }
}

fn some_byte<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    byte(deserializer).map(Some)
}

/// Reads a word that the parser knows.
fn word<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(D::Error::custom)
}

impl Vector {
    /// Makes the case, with the file that it is from.
    pub(super) fn into_case(self, file: usize) -> Result<Case> {
        let class = Class::of_id(&self.id).context("an id begins with y_, n_ or i_")?;
        ensure!(
            class == Class::Free || (class == Class::Reject) == self.error.is_some(),
            "n_ cases have an error and y_ cases have none"
        );
        let lists_ragged = self.dialect.ragged == Some(RaggedPolicy::Report);
        ensure!(
            lists_ragged == self.ragged.is_some(),
            "there is a list of ragged lines if the dialect reports them, and only then"
        );
        let WrittenDialect { quote, escape, .. } = &self.dialect;
        ensure!(quote.is_some() || escape.is_none(), "there is an escape only with a quote");
        let is_refused = matches!(&self.error, Some(error) if error.kind == ErrorKind::Dialect);
        ensure!(
            is_refused != self.counts.is_some(),
            "there are counts unless the dialect is refused, and only then"
        );
        let ragged = self.ragged.unwrap_or_default();
        let is_empty = self.records.is_empty()
            && self.lines.is_empty()
            && self.offsets.is_empty()
            && ragged.is_empty();
        ensure!(is_empty || !is_refused, "where the dialect is refused there are no records");
        let records = self.records.iter();
        let placed = |WrittenRagged { line, offset, found, quote }| RaggedFacts {
            line,
            offset: Some(offset),
            found,
            quote,
        };
        let expected = Expected {
            records: records.map(|record| fields(&record.fields)).collect::<Result<_>>()?,
            lines: self.lines,
            offsets: self.offsets,
            ragged: ragged.into_iter().map(placed).collect(),
            counts: self
                .counts
                .map(|WrittenCounts { records, fields }| CountFacts { records, fields }),
            error: self.error.map(WrittenError::into_facts).transpose()?,
        };
        ensure!(
            expected.lines.len() == expected.records.len()
                && expected.offsets.len() == expected.records.len(),
            "there is a line and an offset for each record"
        );
        Ok(Case {
            class,
            file,
            request: self.dialect.request(),
            input: in_memory(&self.input)?,
            expected,
            id: self.id,
            rule: self.rule,
            title: self.title,
        })
    }
}

impl WrittenDialect {
    fn request(&self) -> Request {
        let default = Request::new(self.delimiter);
        Request {
            columns: self.columns,
            ragged: self.ragged.unwrap_or(default.ragged),
            line_ending: self.line_ending.unwrap_or(default.line_ending),
            line_limit: self.line_limit.unwrap_or(default.line_limit),
            quote: self.quote,
            escape: self.escape.unwrap_or(default.escape),
            ..default
        }
    }
}

fn fields(record: &[WrittenBytes]) -> Result<Vec<Vec<u8>>> {
    record.iter().map(in_memory).collect()
}

fn in_memory(WrittenBytes(string): &WrittenBytes) -> Result<Vec<u8>> {
    string.to_vec(BYTES_MOST).with_context(|| format!("more than {BYTES_MOST} bytes"))
}
