//! The dialect of a case as the vectors write it; it may be one that has to be refused.

use serde::Serialize;

use super::bytes::Bytes;

/// The limit of a vector that names none.
pub(super) const LINE_LIMIT: u64 = 16 << 20;

/// The rules that a case is read by.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Dialect {
    #[serde(serialize_with = "as_bytes")]
    pub(super) delimiter: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) columns: Option<u32>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) ragged: Ragged,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) line_ending: LineEnding,
    #[serde(skip_serializing_if = "is_usual")]
    pub(super) line_limit: u64,
}

/// The policy for ragged records.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Ragged {
    #[default]
    Error,
    Report,
    Keep,
    Rest,
}

impl Ragged {
    /// Every policy with its name in identifiers.
    pub(super) const ALL: [(Self, &'static str); 4] = [
        (Self::Error, "error"),
        (Self::Report, "report"),
        (Self::Keep, "keep"),
        (Self::Rest, "rest"),
    ];
}

/// The reading of a `\r` right before `\n`: part of the terminator, or data.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LineEnding {
    #[default]
    Auto,
    Lf,
}

/// Returns the dialect of most cases.
pub(super) fn pipe() -> Dialect {
    Dialect::new(b'|')
}

impl Dialect {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            columns: None,
            ragged: Ragged::default(),
            line_ending: LineEnding::default(),
            line_limit: LINE_LIMIT,
        }
    }

    pub(super) fn columns(self, columns: u32) -> Self {
        Self { columns: Some(columns), ..self }
    }

    pub(super) fn ragged(self, ragged: Ragged) -> Self {
        Self { ragged, ..self }
    }

    pub(super) fn lf(self) -> Self {
        Self { line_ending: LineEnding::Lf, ..self }
    }

    pub(super) fn limit(self, line_limit: u64) -> Self {
        Self { line_limit, ..self }
    }
}

fn as_bytes<S: serde::Serializer>(delimiter: &u8, serializer: S) -> Result<S::Ok, S::Error> {
    Bytes(&[*delimiter]).serialize(serializer)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_usual(line_limit: &u64) -> bool {
    *line_limit == LINE_LIMIT
}
