//! Extended log format of the W3C: a line `#Fields:` names the columns of the lines after it. IIS
//! and CloudFront write it, each in its own way.

use delimark::{Dialect, QuoteEscape};

use crate::assembly::{Given, assemble};
use crate::column::{TimestampFormat, ValueType};
use crate::delimited::template;
use crate::encoding::Encoding;
use crate::error::FormatError;
use crate::format::{Directives, LogFormat, Options};
use crate::value::Holds;

impl LogFormat {
    /// Reads a line `#Fields: date time ...`, with or without that word before the names. Columns
    /// have the names that stand there.
    ///
    /// If a later line names others, [`read_directive`](Self::read_directive) has the format for
    /// what follows it.
    ///
    /// # Errors
    ///
    /// The line names no column.
    pub fn w3c(fields: &str) -> Result<Self, FormatError> {
        with_fields(Directives::W3c, fields)
    }

    /// Tells whether lines that begin with `#` are no records, but say what the records are.
    #[must_use]
    pub fn has_directives(&self) -> bool {
        self.options.directives.is_some()
    }

    /// Reads a line that begins with `#`, and returns the format of the lines after it, if the line
    /// names columns.
    ///
    /// # Errors
    ///
    /// The line is to name columns, and names none.
    ///
    /// # Examples
    ///
    /// ```
    /// use delimark_formats::LogFormat;
    ///
    /// let format = LogFormat::preset("iis")?;
    /// assert!(format.has_directives());
    /// assert!(format.read_directive(b"#Version: 1.0")?.is_none());
    /// let format = format.read_directive(b"#Fields: date cs-uri-stem sc-status")?;
    /// assert_eq!(format.and_then(|format| format.find("sc-status")), Some(2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read_directive(&self, line: &[u8]) -> Result<Option<Self>, FormatError> {
        let Some(directives) = self.options.directives else {
            return Ok(None);
        };
        match names(&String::from_utf8_lossy(line)) {
            Some(names) => with_fields(directives, names).map(Some),
            None => Ok(None),
        }
    }

    /// Reads the first lines of a log, which name the columns in some formats; `None` if they had
    /// to, and do not.
    ///
    /// # Errors
    ///
    /// A line is to name columns, and names none.
    ///
    /// # Examples
    ///
    /// ```
    /// use delimark_formats::LogFormat;
    ///
    /// let first_lines = b"#Version: 1.0\r\n#Fields: date sc-status\r\n2026-03-01 200\r\n";
    /// let format = LogFormat::preset("iis")?.with_first_lines(first_lines)?;
    /// assert_eq!(format.map(|format| format.columns().len()), Some(2));
    /// assert!(LogFormat::preset("w3c")?.with_first_lines(b"2026-03-01 200\n")?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_first_lines(self, first_lines: &[u8]) -> Result<Option<Self>, FormatError> {
        let lines = first_lines.split(|&byte| byte == b'\n');
        for line in lines.take_while(|line| line.starts_with(b"#")) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if let Some(format) = self.read_directive(line)? {
                return Ok(Some(format));
            }
        }
        Ok(Some(self).filter(|format| !format.columns.is_empty()))
    }
}

/// Returns what stands behind `#Fields:`.
fn names(line: &str) -> Option<&str> {
    let (word, names) = line.split_at_checked("#Fields:".len())?;
    word.eq_ignore_ascii_case("#Fields:").then_some(names)
}

/// Makes a format of which the columns are not known yet.
pub(crate) fn without_fields(directives: Directives) -> LogFormat {
    let mut dialect = Dialect::new(delimiter(directives)).expect("a blank or a tab delimits");
    if has_quotes(directives) {
        dialect = dialect.with_quote(b'"', QuoteEscape::None).expect("a quote is no blank");
    }
    LogFormat {
        dialect,
        columns: Vec::new(),
        pieces: Vec::new(),
        options: options(directives),
        fixed: None,
    }
}

/// Makes a format of the names of its columns.
pub(crate) fn with_fields(directives: Directives, fields: &str) -> Result<LogFormat, FormatError> {
    let fields = names(fields).unwrap_or(fields).trim();
    let delimiter = match directives {
        Directives::W3c if fields.contains('\t') => b'\t',
        directives => delimiter(directives),
    };
    let columns = fields.split_ascii_whitespace().map(|name| {
        let (value_type, encoding) = kind(directives, name);
        (name, (value_type, Holds::Field), encoding)
    });
    let template = template(delimiter, columns, QuoteEscape::None);
    if template.tokens.is_empty() {
        return Err(template.error(0, "the line '#Fields:' names no column"));
    }
    let given = Given {
        delimiter: Some(delimiter),
        has_quotes: has_quotes(directives),
        options: options(directives),
    };
    assemble(template, given)
}

fn options(directives: Directives) -> Options {
    Options { directives: Some(directives), ..Options::default() }
}

fn delimiter(directives: Directives) -> u8 {
    match directives {
        Directives::W3c | Directives::Iis => b' ',
        Directives::CloudFront => b'\t',
    }
}

fn has_quotes(directives: Directives) -> bool {
    directives == Directives::W3c
}

/// Returns the type of a column by its name, and its encoding.
fn kind(directives: Directives, name: &str) -> (ValueType, Encoding) {
    let value_type = match name {
        "date" => ValueType::Timestamp(TimestampFormat::Date),
        "time" => ValueType::Timestamp(TimestampFormat::TimeOfDay),
        "c-ip" | "s-ip" | "cs-ip" | "r-ip" => ValueType::Address,
        "c-port" | "s-port" | "r-port" | "sc-status" | "sc-substatus" | "sc-win32-status"
        | "sc-bytes" | "cs-bytes" | "bytes" | "sc-content-len" | "sc-range-start"
        | "sc-range-end" => ValueType::Integer,
        "time-taken" => match directives {
            Directives::W3c => ValueType::Decimal,
            Directives::Iis => ValueType::Milliseconds,
            Directives::CloudFront => ValueType::Seconds,
        },
        "time-to-first-byte" => ValueType::Seconds,
        _ => ValueType::Text,
    };
    let encoding = match directives {
        _ if value_type != ValueType::Text => Encoding::Verbatim,
        Directives::W3c => Encoding::Verbatim,
        Directives::CloudFront => Encoding::PercentEscapes,
        // Only in what comes from headers of the request.
        Directives::Iis if name.starts_with("cs(") => Encoding::PlusForBlank,
        Directives::Iis => Encoding::Verbatim,
    };
    (value_type, encoding)
}
