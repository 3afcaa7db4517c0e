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
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_some_bytes")]
    pub(super) quote: Option<u8>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) escape: Escape,
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

/// The way in which a quote that changes no side is written.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Escape {
    #[default]
    None,
    Backslash,
}

/// Returns the dialect of most cases.
pub(super) fn pipe() -> Dialect {
    Dialect::new(b'|')
}

/// Returns the dialect of most cases with quotes.
pub(super) fn quoted() -> Dialect {
    pipe().quote(b'"')
}

/// Returns that of most cases with escaped quotes.
pub(super) fn escaped() -> Dialect {
    quoted().escape(Escape::Backslash)
}

impl Dialect {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            columns: None,
            ragged: Ragged::default(),
            line_ending: LineEnding::default(),
            line_limit: LINE_LIMIT,
            quote: None,
            escape: Escape::default(),
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

    pub(super) fn quote(self, quote: u8) -> Self {
        Self { quote: Some(quote), ..self }
    }

    pub(super) fn escape(self, escape: Escape) -> Self {
        Self { escape, ..self }
    }
}

fn as_bytes<S: serde::Serializer>(byte: &u8, serializer: S) -> Result<S::Ok, S::Error> {
    Bytes(&[*byte]).serialize(serializer)
}

fn as_some_bytes<S: serde::Serializer>(
    byte: &Option<u8>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    Bytes(byte.as_slice()).serialize(serializer)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_usual(line_limit: &u64) -> bool {
    *line_limit == LINE_LIMIT
}
