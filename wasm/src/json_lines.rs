//! Fields as JSON Lines: an object a record, its keys the names of the columns.

use std::fmt;

use delimark::Record;
use serde_json::to_writer;

use crate::Failure;
use crate::stream::Before;

/// Writes an object a record: a field's text under its name, `null` where the record lacks it.
#[derive(Clone, Debug)]
pub struct JsonLines {
    /// As they are written, with quotes and colon.
    keys: Vec<Vec<u8>>,
    replaces_invalid: bool,
}

impl JsonLines {
    /// The most bytes that one of a field becomes: an escaped control byte.
    pub(crate) const BYTES_A_BYTE: usize = 6;

    pub(crate) fn new(
        columns: &[usize],
        names: Option<Vec<String>>,
        replaces_invalid: bool,
    ) -> Result<Self, KeyError> {
        let numbers = || columns.iter().map(|column| (column + 1).to_string()).collect();
        let names: Vec<String> = names.unwrap_or_else(numbers);
        if names.len() != columns.len() {
            return Err(KeyError::Count { columns: columns.len(), names: names.len() });
        }
        let is_twice = |(position, name): (usize, &String)| names[..position].contains(name);
        if let Some((_, name)) = names.iter().enumerate().find(|&at| is_twice(at)) {
            return Err(KeyError::Twice(name.clone()));
        }
        let key = |name: &String| {
            let mut key = Vec::new();
            append_string(name, &mut key);
            key.push(b':');
            key
        };
        Ok(Self { keys: names.iter().map(key).collect(), replaces_invalid })
    }

    /// The most bytes that a record has beside its fields: braces, and of each column its key,
    /// quotes or `null`, and a comma.
    pub(crate) fn bytes_besides(&self) -> usize {
        self.keys.iter().map(|key| key.len() + 5).sum::<usize>() + 3
    }

    /// Appends a record, or nothing.
    pub(crate) fn append(
        &self,
        columns: &[usize],
        record: &Record<'_>,
        output: &mut Vec<u8>,
    ) -> Result<(), NotUtf8> {
        let start = output.len();
        output.push(b'{');
        for (position, (key, &column)) in self.keys.iter().zip(columns).enumerate() {
            if position > 0 {
                output.push(b',');
            }
            output.extend_from_slice(key);
            let Some(field) = record.field(column) else {
                output.extend_from_slice(b"null");
                continue;
            };
            match str::from_utf8(field) {
                Ok(text) => append_string(text, output),
                Err(_) if self.replaces_invalid => {
                    append_string(&String::from_utf8_lossy(field), output);
                }
                Err(error) => {
                    output.truncate(start);
                    return Err(NotUtf8 { column, valid_bytes: error.valid_up_to() });
                }
            }
        }
        output.extend_from_slice(b"}\n");
        Ok(())
    }
}

fn append_string(text: &str, output: &mut Vec<u8>) {
    to_writer(output, text).expect("writing a string to memory does not fail");
}

/// A field that JSON cannot carry.
pub(crate) struct NotUtf8 {
    column: usize,
    valid_bytes: usize,
}

impl NotUtf8 {
    /// Says where in the input it is.
    pub(crate) fn at(&self, record: &Record<'_>, before: Before) -> Failure {
        let fields = record.fields().take(self.column);
        let bytes: usize = fields.map(|field| field.len() + 1).sum();
        Failure::NotUtf8 {
            line: before.lines + record.line_number(),
            offset: before.bytes + record.offset() + (bytes + self.valid_bytes) as u64,
            field: self.column as u32 + 1,
        }
    }
}

/// Why columns and names do not go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// There are more of the one than of the other.
    Count {
        /// How many columns.
        columns: usize,
        /// How many names.
        names: usize,
    },
    /// A name is given, or a column asked for, twice.
    Twice(String),
}

impl fmt::Display for KeyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { columns, names } => {
                write!(formatter, "there are {names} names for {columns} columns")
            }
            Self::Twice(key) => write!(formatter, "the key '{key}' would come twice in an object"),
        }
    }
}

impl std::error::Error for KeyError {}
