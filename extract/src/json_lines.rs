//! Fields as JSON Lines: an object a record, its keys the names of the fields.

use std::collections::HashSet;
use std::fmt;
use std::io::Write;

use delimark::{Record, Records};

use crate::fields::FieldList;
use crate::pending::{Pending, Room};

/// Writes an object a record: a field's text under its name, `null` where the record lacks it.
#[derive(Clone, Debug)]
pub struct JsonLines {
    parts: Vec<Part>,
    invalid_utf8: InvalidUtf8,
    room: Room,
}

#[derive(Clone, Debug)]
enum Part {
    /// One field; the key is as it is written, with quotes and colon.
    Member { index: usize, key: Vec<u8> },
    /// All fields from one on, under their numbers.
    Rest { first: usize },
}

/// The way with a field that is not UTF-8, which JSON cannot carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidUtf8 {
    /// Stop at the line and name the field.
    Error,
    /// Put U+FFFD in the place of the bytes that are not UTF-8.
    Replace,
}

/// The most bytes that one of a field becomes: an escaped control byte.
const BYTES_PER_BYTE: usize = 6;

/// The most bytes of a member beside its key and its field's: quotes or `null`, and a comma.
const MEMBER_BYTES: usize = 5;

/// The most bytes of a key that is a number, with quotes and colon.
const NUMBER_KEY_BYTES: usize = 13;

impl JsonLines {
    /// Makes the format of these fields, under these names or, without any, their numbers.
    ///
    /// # Errors
    ///
    /// Fields and names do not pair up, or a key would be written twice.
    pub fn new(
        fields: &FieldList,
        names: Option<&[String]>,
        invalid_utf8: InvalidUtf8,
    ) -> Result<Self, KeyError> {
        let open: Vec<usize> = fields
            .ranges()
            .iter()
            .filter(|range| range.last().is_none())
            .map(|range| range.first())
            .collect();
        let mut keys = match (names, &open[..]) {
            (_, [_, second, ..]) => return Err(KeyError::twice((second + 1).to_string())),
            (Some(_), [_]) => return Err(KeyError::open_range()),
            (_, open) => UniqueKeys { seen: HashSet::new(), open: open.first().copied() },
        };
        let field_count = fields.closed_field_count();
        if let Some(names) = names
            && names.len() != field_count
        {
            return Err(KeyError::count(names.len(), field_count));
        }
        let mut names = names.into_iter().flatten();
        let mut parts = Vec::new();
        for range in fields.ranges() {
            let Some(last) = range.last() else {
                parts.push(Part::Rest { first: range.first() });
                continue;
            };
            for index in range.first()..=last {
                let key = names.next().map_or_else(|| (index + 1).to_string(), String::clone);
                parts.push(Part::Member { index, key: keys.add(index, key)? });
            }
        }
        let room = Room {
            per_byte: BYTES_PER_BYTE.saturating_mul(fields.repetitions()),
            // Braces and a newline.
            per_record: parts.iter().map(Part::bytes_besides).sum::<usize>() + 3,
            per_field: open.len() * (NUMBER_KEY_BYTES + MEMBER_BYTES),
        };
        Ok(Self { parts, invalid_utf8, room })
    }

    /// Returns the room that the output takes at most.
    pub(crate) fn room(&self) -> Room {
        self.room
    }

    /// Appends records until there are no more, or `output` has as many bytes.
    ///
    /// # Errors
    ///
    /// A field is not UTF-8 and that is not to be mended; what was appended is whole records.
    pub(crate) fn append(
        &self,
        records: &mut Records<'_>,
        output: &mut Pending,
        bytes_enough: usize,
    ) -> Result<(), NotUtf8> {
        for record in records {
            let whole = output.len();
            if let Err(error) = self.append_record(&record, output) {
                output.truncate(whole);
                return Err(error);
            }
            if output.len() >= bytes_enough {
                break;
            }
        }
        Ok(())
    }

    fn append_record(&self, record: &Record<'_>, output: &mut Pending) -> Result<(), NotUtf8> {
        output.push(b"{");
        let empty = output.len();
        for part in &self.parts {
            match part {
                Part::Member { index, key } => {
                    separate(empty, output);
                    output.push(key);
                    self.append_value(record, *index, output)?;
                }
                Part::Rest { first } => {
                    for index in *first..record.len() {
                        separate(empty, output);
                        append_infallibly(output, format_args!("\"{}\":", index + 1));
                        self.append_value(record, index, output)?;
                    }
                }
            }
        }
        output.push(b"}\n");
        Ok(())
    }

    fn append_value(
        &self,
        record: &Record<'_>,
        index: usize,
        output: &mut Pending,
    ) -> Result<(), NotUtf8> {
        let Some(field) = record.field(index) else {
            output.push(b"null");
            return Ok(());
        };
        match str::from_utf8(field) {
            Ok(text) => append_string(text, output),
            Err(_) if self.invalid_utf8 == InvalidUtf8::Replace => {
                append_string(&String::from_utf8_lossy(field), output);
            }
            Err(error) => return Err(NotUtf8::new(record, index, error.valid_up_to())),
        }
        Ok(())
    }
}

impl Part {
    /// Returns how many bytes of a record the part takes at most, beside its field's.
    fn bytes_besides(&self) -> usize {
        match self {
            Self::Member { key, .. } => key.len() + MEMBER_BYTES,
            // It depends on how many fields there are.
            Self::Rest { .. } => 0,
        }
    }
}

/// Puts a comma before every member but the first.
fn separate(empty: usize, output: &mut Pending) {
    if output.len() > empty {
        output.push(b",");
    }
}

fn append_infallibly(output: &mut Pending, text: fmt::Arguments<'_>) {
    output.write_fmt(text).expect("writing to memory does not fail");
}

fn append_string(text: &str, output: &mut Pending) {
    serde_json::to_writer(output, text).expect("writing a string to memory does not fail");
}

/// The keys so far, to find the one that would come twice.
struct UniqueKeys {
    seen: HashSet<String>,
    /// The index from which on an open range takes all fields.
    open: Option<usize>,
}

impl UniqueKeys {
    /// Adds a field's key and returns it as it is written.
    fn add(&mut self, index: usize, key: String) -> Result<Vec<u8>, KeyError> {
        if self.open.is_some_and(|open| index >= open) || self.seen.contains(&key) {
            return Err(KeyError::twice(key));
        }
        let mut written = Pending::default();
        append_string(&key, &mut written);
        written.push(b":");
        self.seen.insert(key);
        Ok(written.as_bytes().to_vec())
    }
}

/// Says why fields and keys do not go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    kind: KeyErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum KeyErrorKind {
    Count { names: usize, fields: usize },
    OpenRange,
    Twice { key: String },
}

impl KeyError {
    fn count(names: usize, fields: usize) -> Self {
        Self { kind: KeyErrorKind::Count { names, fields } }
    }

    fn open_range() -> Self {
        Self { kind: KeyErrorKind::OpenRange }
    }

    fn twice(key: String) -> Self {
        Self { kind: KeyErrorKind::Twice { key } }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            KeyErrorKind::Count { names, fields } => {
                write!(formatter, "there are {names} names for {fields} fields")
            }
            KeyErrorKind::OpenRange => {
                formatter.write_str("a range without an end cannot be named: give it an end")
            }
            KeyErrorKind::Twice { key } => {
                write!(formatter, "the key '{key}' would come twice in an object")
            }
        }
    }
}

impl std::error::Error for KeyError {}

/// Says which field is not UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUtf8 {
    line_number: u64,
    field_number: usize,
    offset: u64,
}

impl NotUtf8 {
    fn new(record: &Record<'_>, index: usize, valid_bytes: usize) -> Self {
        let before: usize = record.fields().take(index).map(|field| field.len() + 1).sum();
        Self {
            line_number: record.line_number(),
            field_number: index + 1,
            offset: record.offset() + (before + valid_bytes) as u64,
        }
    }

    /// Returns the number of the line, from 1.
    #[must_use]
    pub fn line_number(&self) -> u64 {
        self.line_number
    }

    /// Returns the number of the field, from 1.
    #[must_use]
    pub fn field_number(&self) -> usize {
        self.field_number
    }

    /// Returns the offset of the first byte that is wrong.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

impl fmt::Display for NotUtf8 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line_number, field_number, offset } = self;
        write!(
            formatter,
            "field {field_number} of line {line_number} is not UTF-8 at byte {offset}"
        )
    }
}

impl std::error::Error for NotUtf8 {}
