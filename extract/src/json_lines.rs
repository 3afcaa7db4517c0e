//! Fields as JSON Lines: an object a record, its keys the names of the fields.

use std::collections::HashSet;
use std::fmt;
use std::io::Write;

use delimark::Records;

use crate::field_range::FieldRange;
use crate::fields::FieldList;
use crate::pending::{Pending, Room};
use crate::row::Row;

/// Writes an object a record: a field's text under its name, `null` where the record lacks it.
#[derive(Clone, Debug)]
pub struct JsonLines {
    parts: Vec<Part>,
    /// The keys of columns that have names, as they are written.
    column_keys: Vec<Vec<u8>>,
    invalid_utf8: InvalidUtf8,
    skips_undelimited: bool,
    room: Room,
}

#[derive(Clone, Debug)]
enum Part {
    /// One field; the key is as it is written, with quotes and colon.
    Member { range: FieldRange, key: Vec<u8> },
    /// The fields that the record has in a range, under their columns' names or their numbers.
    Rest { range: FieldRange },
}

/// The keys of the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys<'a> {
    /// The fields' numbers, and `last`.
    Numbers,
    /// These, one a field in the order asked for.
    Given(&'a [String]),
    /// The names of the columns, in the order of the line; after them numbers.
    OfColumns(&'a [String]),
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
    /// Makes the format of these fields, under these keys.
    ///
    /// # Errors
    ///
    /// Fields and keys do not pair up, or a key would be written twice.
    pub fn new(
        fields: &FieldList,
        keys: Keys<'_>,
        invalid_utf8: InvalidUtf8,
    ) -> Result<Self, KeyError> {
        let rests = fields.ranges().iter().filter(|range| range.field_count().is_none());
        let open: Vec<usize> = rests.map(|range| range.extent().0 as usize).collect();
        let has_from = fields.ranges().iter().filter(|range| range.is_from()).count();
        if has_from > 1 {
            return Err(KeyError::twice((open[1] + 1).to_string()));
        }
        let (given, columns) = match keys {
            Keys::Numbers => (None, &[][..]),
            Keys::Given(_) if !open.is_empty() => return Err(KeyError::open_range()),
            Keys::Given(names) => (Some(names), &[][..]),
            Keys::OfColumns(names) => (None, names),
        };
        let field_count = fields.fixed_field_count();
        if let Some(names) = given
            && names.len() != field_count
        {
            return Err(KeyError::count(names.len(), field_count));
        }
        let mut unique = UniqueKeys::default();
        let mut given = given.into_iter().flatten();
        let mut key_of = |range: FieldRange, index: usize| {
            let of_column = || match columns.get(index) {
                _ if range.is_last() => "last".to_owned(),
                Some(name) => name.clone(),
                None => (index + 1).to_string(),
            };
            given.next().cloned().unwrap_or_else(of_column)
        };
        let mut parts = Vec::new();
        for &range in fields.ranges() {
            match range.field_count() {
                None => {
                    unique.add_rest(range, columns)?;
                    parts.push(Part::Rest { range });
                }
                Some(count) => {
                    for index in range.indices(1).take(count) {
                        let (range, key) = (range.single(index), key_of(range, index));
                        parts.push(Part::Member { range, key: unique.add(key)? });
                    }
                }
            }
        }
        unique.check_numbers(columns.len())?;
        let column_keys: Vec<Vec<u8>> = columns.iter().map(|name| written_key(name)).collect();
        let longest = column_keys.iter().map(Vec::len).max().unwrap_or(0).max(NUMBER_KEY_BYTES);
        let room = Room {
            per_byte: BYTES_PER_BYTE.saturating_mul(fields.repetitions()),
            // Braces and a newline.
            per_record: parts.iter().map(Part::bytes_besides).sum::<usize>() + 3,
            per_field: open.len().saturating_mul(longest + MEMBER_BYTES),
        };
        Ok(Self { parts, column_keys, invalid_utf8, skips_undelimited: false, room })
    }

    /// Leaves lines out that have no delimiter, and so are one field.
    #[must_use]
    pub fn with_only_delimited(mut self, only_delimited: bool) -> Self {
        self.skips_undelimited = only_delimited;
        self
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
            if self.skips_undelimited && record.len() == 1 {
                continue;
            }
            self.append_row(&record, output)?;
            if output.len() >= bytes_enough {
                break;
            }
        }
        Ok(())
    }

    /// Appends an object.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append); nothing is appended then.
    pub(crate) fn append_row(
        &self,
        record: &impl Row,
        output: &mut Pending,
    ) -> Result<(), NotUtf8> {
        let whole = output.len();
        self.append_members(record, output).inspect_err(|_| output.truncate(whole))
    }

    fn append_members(&self, record: &impl Row, output: &mut Pending) -> Result<(), NotUtf8> {
        output.push(b"{");
        let empty = output.len();
        for part in &self.parts {
            match part {
                Part::Member { range, key } => {
                    separate(empty, output);
                    output.push(key);
                    self.append_value(record, range.indices(record.len()).start, output)?;
                }
                Part::Rest { range } => {
                    for index in range.indices(record.len()) {
                        separate(empty, output);
                        match self.column_keys.get(index) {
                            Some(key) => output.push(key),
                            None => append_infallibly(output, format_args!("\"{}\":", index + 1)),
                        }
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
        record: &impl Row,
        index: usize,
        output: &mut Pending,
    ) -> Result<(), NotUtf8> {
        let Some(field) = record.value(index) else {
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

/// Returns a key as it is written, with quotes and colon.
fn written_key(key: &str) -> Vec<u8> {
    let mut written = Pending::default();
    append_string(key, &mut written);
    written.push(b":");
    written.as_bytes().to_vec()
}

/// The keys so far, to find the one that would come twice.
#[derive(Default)]
struct UniqueKeys {
    seen: HashSet<String>,
    /// The lowest index from which on a range takes all fields.
    open: Option<usize>,
}

impl UniqueKeys {
    /// Adds a key and returns it as it is written.
    fn add(&mut self, key: String) -> Result<Vec<u8>, KeyError> {
        let written = written_key(&key);
        self.insert(key)?;
        Ok(written)
    }

    /// Adds the keys of a range that takes as many fields as there are.
    fn add_rest(&mut self, range: FieldRange, columns: &[String]) -> Result<(), KeyError> {
        let (first, last) = range.extent();
        let end = last.map_or(usize::MAX, |last| last as usize + 1);
        for name in &columns[(first as usize).min(columns.len())..end.min(columns.len())] {
            self.insert(name.clone())?;
        }
        match last {
            // Numbers up to the last, after the columns with names.
            Some(last) => {
                for index in (first as usize).max(columns.len())..=last as usize {
                    self.insert((index + 1).to_string())?;
                }
            }
            None => self.open = Some(first as usize),
        }
        Ok(())
    }

    fn insert(&mut self, key: String) -> Result<(), KeyError> {
        if self.seen.contains(&key) {
            return Err(KeyError::twice(key));
        }
        self.seen.insert(key);
        Ok(())
    }

    /// Makes sure that no key is the number of a field that a range without an end takes.
    fn check_numbers(&self, named_columns: usize) -> Result<(), KeyError> {
        let Some(open) = self.open else { return Ok(()) };
        let is_number = |key: &&String| {
            let number = key.parse::<usize>().ok().filter(|number| number.to_string() == **key);
            number.is_some_and(|number| number > open.max(named_columns))
        };
        self.seen.iter().find(is_number).map_or(Ok(()), |key| Err(KeyError::twice(key.clone())))
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
    index_in_line: usize,
}

impl NotUtf8 {
    fn new(row: &impl Row, index: usize, valid_bytes: usize) -> Self {
        let index_in_line = row.start_in_line(index) + valid_bytes;
        Self {
            line_number: row.line_number(),
            field_number: index + 1,
            offset: row.offset() + index_in_line as u64,
            index_in_line,
        }
    }

    /// Places it in an input that has this many lines before those that it was found in.
    #[cfg(unix)]
    pub(crate) fn with_lines_before(mut self, lines: u64) -> Self {
        self.line_number += lines;
        self
    }

    /// Places its byte elsewhere.
    #[cfg(unix)]
    pub(crate) fn with_offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// Returns how many bytes of the line are before the first that is wrong.
    #[cfg(unix)]
    pub(crate) fn index_in_line(&self) -> usize {
        self.index_in_line
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
        let Self { line_number, field_number, offset, .. } = self;
        write!(
            formatter,
            "field {field_number} of line {line_number} is not UTF-8 at byte {offset}"
        )
    }
}

impl std::error::Error for NotUtf8 {}
