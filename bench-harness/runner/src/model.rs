//! The tasks that engines are given, and their answers: the same for every engine.

use std::fmt;

/// A task with a defined answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Model {
    /// Count records and fields.
    Count,
    /// Find the offset of every delimiter and line ending.
    Index,
    /// Hand every field to a consumer as a slice.
    Fields,
    /// Hand a few columns to a consumer as slices.
    Project,
    /// As [`Model::Fields`], from a path, through a memory map.
    FileMap,
    /// As [`Model::Fields`], from a path, through reads.
    FileRead,
    /// Write a few columns of a file as text: what a whole command does, from its start to its end.
    Extract,
}

impl Model {
    /// The models of a library.
    pub const OF_LIBRARIES: [Self; 6] =
        [Self::Count, Self::Index, Self::Fields, Self::Project, Self::FileMap, Self::FileRead];

    /// The models of a whole command.
    pub const OF_COMMANDS: [Self; 1] = [Self::Extract];

    /// Every model, in the order of the report.
    pub const ALL: [Self; 7] = [
        Self::Count,
        Self::Index,
        Self::Fields,
        Self::Project,
        Self::FileMap,
        Self::FileRead,
        Self::Extract,
    ];

    /// Returns the place that the input is taken from.
    #[must_use]
    pub const fn access(self) -> Access {
        match self {
            Self::Count | Self::Index | Self::Fields | Self::Project => Access::Memory,
            Self::FileMap => Access::Map,
            Self::FileRead => Access::Reads,
            Self::Extract => Access::Command,
        }
    }

    /// Returns the model's name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Index => "index",
            Self::Fields => "fields",
            Self::Project => "project",
            Self::FileMap => "file-map",
            Self::FileRead => "file-read",
            Self::Extract => "extract",
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// The place that a model takes its input from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Memory that holds it.
    Memory,
    /// A file, through a memory map.
    Map,
    /// A file, through reads.
    Reads,
    /// A file that a whole command opens, from its start to its end.
    Command,
}

/// The result of a pass over an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The findings of a parser.
    Records {
        /// The number of records.
        records: u64,
        /// The number of their fields, or of those handed over.
        fields: u64,
        /// Of `index`, the sum of the offsets; of `count`, 0; of `extract`, the first eight bytes
        /// of the text's SHA-256; of the others, see [`Fold`].
        checksum: u64,
    },
    /// The input as a limit reads it: the exclusive or of all words of eight bytes,
    /// little-endian, the last one filled up with zeros.
    Words(u64),
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Records { records, fields, checksum } => {
                write!(formatter, "{records} records, {fields} fields, checksum {checksum:016x}")
            }
            Self::Words(fold) => write!(formatter, "words {fold:016x}"),
        }
    }
}

/// The consumer of fields: it looks at the length and the first byte of each.
///
/// The checksum is the sum of `(256 * length + first byte) * (2 * position + 1)`, modulo 2^64,
/// where an empty field's first byte is 0 and `position` counts the fields handed over of a record.
/// The factor tells a field from its neighbours.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fold {
    records: u64,
    fields: u64,
    checksum: u64,
}

impl Fold {
    /// Takes every field of a record.
    #[inline(always)]
    pub fn record<'a>(&mut self, fields: impl Iterator<Item = &'a [u8]>) {
        let mut position = 0;
        fields.for_each(|field| {
            self.field(position, field);
            position += 1;
        });
        self.end_record();
    }

    /// Takes the columns of a record that it has.
    #[inline(always)]
    pub fn columns<'a>(&mut self, columns: &[usize], get: impl Fn(usize) -> Option<&'a [u8]>) {
        for (position, &column) in columns.iter().enumerate() {
            if let Some(field) = get(column) {
                self.field(position, field);
            }
        }
        self.end_record();
    }

    /// Takes one field, the `position`-th that is handed over of its record.
    #[inline(always)]
    pub fn field(&mut self, position: usize, field: &[u8]) {
        let first = field.first().copied().unwrap_or(0);
        let token = (field.len() as u64) << 8 | u64::from(first);
        let weight = 2 * position as u64 + 1;
        self.checksum = self.checksum.wrapping_add(token.wrapping_mul(weight));
        self.fields += 1;
    }

    /// Ends a record.
    #[inline(always)]
    pub fn end_record(&mut self) {
        self.records += 1;
    }

    /// Returns the number of records taken.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Returns the result.
    #[must_use]
    pub fn answer(&self) -> Answer {
        Answer::Records { records: self.records, fields: self.fields, checksum: self.checksum }
    }
}
