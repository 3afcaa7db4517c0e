//! The shapes a dataset can have, as manifest, harness and browser name them.

use core::fmt;
use core::str::FromStr;
use std::error::Error;

/// Says what the lines of a dataset look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Access log of nginx with 12 fields.
    Nginx12,
    /// 12 fields of 0 to 2 bytes.
    Short,
    /// 100 columns of short values.
    Wide,
    /// Access log with URIs of kilobytes.
    Long,
    /// Access log with lines that end in `\r\n`.
    Crlf,
    /// Access log with characters of 2, 3 and 4 bytes.
    Utf8,
    /// Access log in which a few lines have other field counts.
    Ragged,
    /// Lines made to break a parser.
    Adversarial,
    /// Access log of nginx in the format `combined`, with quoted fields.
    Combined,
    /// Log of HAProxy in its format for HTTP, with a quoted field.
    HaProxy,
}

impl Shape {
    /// Every shape, in the order reports use.
    pub const ALL: [Self; 10] = [
        Self::Nginx12,
        Self::Short,
        Self::Wide,
        Self::Long,
        Self::Crlf,
        Self::Utf8,
        Self::Ragged,
        Self::Adversarial,
        Self::Combined,
        Self::HaProxy,
    ];

    /// Returns the name used on the command line, in results and in the manifest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nginx12 => "nginx12",
            Self::Short => "short",
            Self::Wide => "wide",
            Self::Long => "long",
            Self::Crlf => "crlf",
            Self::Utf8 => "utf8",
            Self::Ragged => "ragged",
            Self::Adversarial => "adversarial",
            Self::Combined => "combined",
            Self::HaProxy => "haproxy",
        }
    }

    /// Returns one sentence that says what is in it and what it is for.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Nginx12 => "a realistic nginx access log of 12 fields, about 200 bytes a line",
            Self::Short => "12 fields of 0 to 2 bytes: the cost of a field, not of its bytes",
            Self::Wide => "100 columns of mixed short values: wide tables and projection",
            Self::Long => {
                "an access log with URIs of 1 to 8 KiB: the cost of a byte, not of a field"
            }
            Self::Crlf => "nginx12 with CRLF line ends",
            Self::Utf8 => "an access log with text of many scripts in URI, referer and agent",
            Self::Ragged => {
                "nginx12 with a few per cent of lines of other field counts, some empty"
            }
            Self::Adversarial => {
                "delimiter runs, NULs, invalid UTF-8, bare CRs, 64-byte edges, no final newline"
            }
            Self::Combined => {
                "the requests of nginx12 in the format that is nginx's default: blanks and quotes"
            }
            Self::HaProxy => {
                "the requests of nginx12 as HAProxy logs them through rsyslog: blanks and quotes"
            }
        }
    }

    /// Returns how many columns the dataset's dialect declares.
    ///
    /// Lines of `ragged` and `adversarial` depart from it: that is what they are for.
    #[must_use]
    pub const fn columns(self) -> u32 {
        match self {
            Self::Wide => 100,
            Self::Combined => 10,
            Self::HaProxy => 16,
            _ => 12,
        }
    }

    /// Returns the byte between fields.
    #[must_use]
    pub const fn delimiter(self) -> u8 {
        match self {
            Self::Combined | Self::HaProxy => b' ',
            _ => b'|',
        }
    }

    /// Returns the byte that quotes fields, between two of which a delimiter is data; `None` where
    /// a quote is data as well.
    ///
    /// No escape goes with it: servers that write a quote within quotes write it as its number.
    #[must_use]
    pub const fn quote(self) -> Option<u8> {
        match self {
            Self::Combined | Self::HaProxy => Some(b'"'),
            _ => None,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Shape {
    type Err = ParseShapeError;

    fn from_str(name: &str) -> Result<Self, ParseShapeError> {
        Self::ALL
            .into_iter()
            .find(|shape| shape.name() == name)
            .ok_or_else(|| ParseShapeError { name: name.to_owned() })
    }
}

/// The error of a name that no shape has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseShapeError {
    name: String,
}

impl fmt::Display for ParseShapeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Shape::ALL.map(Shape::name).join(", ");
        write!(formatter, "unknown shape '{}' (expected one of: {names})", self.name)
    }
}

impl Error for ParseShapeError {}
