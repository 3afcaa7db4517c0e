//! Findings: what is strange in a log, what it means, and what to do.

use std::fmt;

/// Something strange, in a line or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(super) kind: FindingKind,
    pub(super) count: u64,
    pub(super) first_lines: Vec<u64>,
    pub(super) note: Option<String>,
}

/// The kinds of findings, in the order in which they are told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FindingKind {
    /// A file without a byte.
    EmptyFile,
    /// UTF-16 or UTF-32.
    WideCharacters,
    /// A byte order mark of UTF-8.
    ByteOrderMark,
    /// Lines in none of the formats that have names.
    NoKnownFormat,
    /// A last line without its end.
    NoFinalNewline,
    /// Lines that end in `\n` among those that end in `\r\n`, or the other way round: the rarer.
    MixedLineEndings {
        /// True if those with a `\r` are the rarer.
        is_crlf_rarer: bool,
    },
    /// Lines with NUL bytes.
    NulBytes,
    /// Lines without a byte.
    EmptyLine,
    /// Lines of more than 16 MiB.
    LongLine,
    /// Lines that are in another format, one that has a name.
    OtherFormat {
        /// The name of the preset.
        preset: &'static str,
    },
    /// Lines that are in another format, which is not known.
    UnknownFormat,
    /// Lines that end inside quotes.
    OpenQuote,
    /// Lines whose request was cut, its end lost.
    CutRequest,
    /// Lines that equal one shortly before.
    EqualPair {
        /// True if nearly all lines are in pairs.
        is_usual: bool,
    },
    /// Records of the first bytes of an HTTP/2 connection.
    Http2Preface,
    /// Durations below zero.
    NegativeDuration {
        /// The column.
        column: String,
    },
    /// Statuses that no response has.
    OddStatus {
        /// The value; `None` for those after many others.
        value: Option<String>,
    },
    /// Values that were cut at the length of Varnish's records.
    CutValue {
        /// The column.
        column: String,
    },
    /// Times more than a minute before that of the line before.
    TimeGoesBack,
}

impl Finding {
    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> &FindingKind {
        &self.kind
    }

    /// Returns how many lines it is in; pairs count once. Zero for a finding that is no line's.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Returns the numbers of the first lines, from 1; of a pair, the second one's.
    #[must_use]
    pub fn first_lines(&self) -> &[u64] {
        &self.first_lines
    }

    /// Returns what is known of the first of the lines.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Returns a sentence or two that say what it means, and what to do.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        self.kind.advice()
    }
}

/// Says what was found, with its count.
impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count;
        let s = if count == 1 { "" } else { "s" };
        match &self.kind {
            FindingKind::EmptyFile => formatter.write_str("the file is empty"),
            FindingKind::WideCharacters => formatter.write_str("it is UTF-16 or UTF-32"),
            FindingKind::ByteOrderMark => formatter.write_str("it begins with a byte order mark"),
            FindingKind::NoKnownFormat => formatter.write_str("the lines are in no known format"),
            FindingKind::NoFinalNewline => formatter.write_str("the last line has no newline"),
            FindingKind::MixedLineEndings { is_crlf_rarer: true } => {
                write!(formatter, "{count} line{s} with CRLF among those with LF")
            }
            FindingKind::MixedLineEndings { is_crlf_rarer: false } => {
                write!(formatter, "{count} line{s} with LF among those with CRLF")
            }
            FindingKind::NulBytes => write!(formatter, "{count} line{s} with NUL bytes"),
            FindingKind::EmptyLine => write!(formatter, "{count} empty line{s}"),
            FindingKind::LongLine => write!(formatter, "{count} line{s} of more than 16 MiB"),
            FindingKind::OtherFormat { preset } => {
                write!(formatter, "{count} line{s} in another format, {preset}")
            }
            FindingKind::UnknownFormat => {
                write!(formatter, "{count} line{s} in another format, none that is known")
            }
            FindingKind::OpenQuote => {
                write!(formatter, "{count} line{s} with a quote that has no second one")
            }
            FindingKind::CutRequest => write!(formatter, "{count} request line{s} cut short"),
            FindingKind::EqualPair { .. } => write!(formatter, "{count} pair{s} of equal lines"),
            FindingKind::Http2Preface => {
                write!(formatter, "{count} record{s} of an HTTP/2 preface")
            }
            FindingKind::NegativeDuration { column } => {
                write!(formatter, "{count} negative duration{s} in {column}")
            }
            FindingKind::OddStatus { value: Some(value) } => match &**value {
                "" => write!(formatter, "{count} record{s} with an empty status"),
                value => write!(formatter, "{count} record{s} with status {value}"),
            },
            FindingKind::OddStatus { value: None } => {
                write!(formatter, "{count} record{s} with still other statuses")
            }
            FindingKind::CutValue { column } => {
                write!(formatter, "{count} value{s} of {column} cut at Varnish's 255 bytes")
            }
            FindingKind::TimeGoesBack => {
                write!(formatter, "{count} time{s} more than a minute before the line before")
            }
        }
    }
}

impl FindingKind {
    /// Returns the name that programs know the kind by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::EmptyFile => "empty-file",
            Self::WideCharacters => "wide-characters",
            Self::ByteOrderMark => "byte-order-mark",
            Self::NoKnownFormat => "no-known-format",
            Self::NoFinalNewline => "no-final-newline",
            Self::MixedLineEndings { .. } => "mixed-line-endings",
            Self::NulBytes => "nul-bytes",
            Self::EmptyLine => "empty-line",
            Self::LongLine => "long-line",
            Self::OtherFormat { .. } => "other-format",
            Self::UnknownFormat => "unknown-format",
            Self::OpenQuote => "open-quote",
            Self::CutRequest => "cut-request",
            Self::EqualPair { .. } => "equal-pair",
            Self::Http2Preface => "http2-preface",
            Self::NegativeDuration { .. } => "negative-duration",
            Self::OddStatus { .. } => "odd-status",
            Self::CutValue { .. } => "cut-value",
            Self::TimeGoesBack => "time-goes-back",
        }
    }

    /// Returns the column, status or preset that the finding is about, where there is one.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        match self {
            Self::OtherFormat { preset } => Some(preset),
            Self::NegativeDuration { column } | Self::CutValue { column } => Some(column),
            Self::OddStatus { value } => value.as_deref(),
            _ => None,
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::EmptyFile => {
                "Nothing was logged, or rotation emptied it: look at the file before."
            }
            Self::WideCharacters => {
                "Nothing else was checked; convert it first: iconv -f UTF-16 -t UTF-8."
            }
            Self::ByteOrderMark => {
                "An editor or a Windows program put it there; extract leaves it out, other tools \
                 take it for a part of the first value."
            }
            Self::NoKnownFormat => {
                "Give the format in the server's configuration: --log-format STRING."
            }
            Self::NoFinalNewline => {
                "The file is still written, or was cut: the last line may be a part of one."
            }
            Self::MixedLineEndings { .. } => {
                "Logs of two systems were put together; extract strips the CR, other tools keep it \
                 in the last value."
            }
            Self::NulBytes => {
                "A log that was truncated in place while its server wrote on (copytruncate), or a \
                 crash; delete the bytes: tr -d '\\0'."
            }
            Self::EmptyLine => "They hold no record; extract leaves them out and lists them.",
            Self::LongLine => "No record is as long: newlines were lost, or it is not a log.",
            Self::OtherFormat { .. } => {
                "Two programs write to one file, or the format was changed; extract leaves these \
                 lines out: take them apart with --ragged-output."
            }
            Self::UnknownFormat => {
                "Messages of the server, lines that were torn, or values that were not escaped; \
                 extract leaves them out and lists them, and --ragged-output keeps them."
            }
            Self::OpenQuote => {
                "A value that was not escaped, or a line that was torn; extract leaves it out and \
                 lists it."
            }
            Self::CutRequest => {
                "HAProxy cuts lines at 1,024 bytes (log ... len 8192 makes them longer) and \
                 requests at 1,023, and then writes HTTP/0.9 or a part of the version; nginx and \
                 Apache cut at their buffer, with status 414. Do not count these by version."
            }
            Self::EqualPair { is_usual: true } => {
                "HAProxy writes a log-format twice whose values are all known with the request: \
                 put one of the response into it, such as %ST, and halve what you count."
            }
            Self::EqualPair { is_usual: false } => {
                "The same request within one tick of the clock, or a log that was shipped twice: \
                 look at the lines before you take duplicates out."
            }
            Self::Http2Preface => {
                "With status 100, lighttpd adds one for each HTTP/2 connection without TLS, and \
                 its bytes count again: leave it out; with 400, a client spoke HTTP/2 to a port \
                 that does not."
            }
            Self::NegativeDuration { .. } => {
                "-1 stands for a phase that was never reached (HAProxy), or a request that began \
                 before the clock's second moved on (lighttpd): leave it out of sums and means."
            }
            Self::OddStatus { .. } => {
                "No response was sent, or none in full: 0 and 000 for what never became a request \
                 (Squid) or a client that left, 009 for HTTP/0.9 (nginx), 100 for an HTTP/2 \
                 preface (lighttpd), - and -1 for none (Apache, HAProxy, Varnish); count them \
                 apart."
            }
            Self::CutValue { .. } => {
                "varnishncsa reads records of 255 bytes: raise vsl_reclen, and do not group by \
                 such values."
            }
            Self::TimeGoesBack => {
                "Long requests that are logged with their start (Apache, HAProxy), files put \
                 together in another order, or a clock that was set back: sort before you cut by \
                 time."
            }
        }
    }
}
