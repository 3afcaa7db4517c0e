//! A log as a table: its format, its columns, and the way with lines that do not fit.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::{fmt, fs, io};

use datafusion::arrow::datatypes::SchemaRef;
use delimark_extract::{Access, Input, InputName, InputOptions, WindowLimit};
use delimark_formats::{LogFormat, guess};
use delimark_pipeline::{FormatOptions, SchemaFile, TableSchema};

use crate::error::QueryError;

/// The bytes of a file that tell its format.
const FIRST_BYTES: usize = 64 << 10;

/// The way in which logs are read.
#[derive(Clone, Debug, Default)]
pub struct LogOptions {
    /// The format; none where the first lines tell.
    pub format: Option<LogFormat>,
    /// The columns and their types; none where they are those of the format.
    pub schema: Option<SchemaFile>,
    /// The choices that the format leaves open.
    pub columns: FormatOptions,
    /// The way with lines that do not fit.
    pub on_bad_line: OnBadLine,
    /// The largest window of Zstandard data.
    pub window_limit: WindowLimit,
}

impl LogOptions {
    /// Takes columns and types from a schema file.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is none.
    pub fn with_schema_file(mut self, path: &Path) -> Result<Self, QueryError> {
        let text = fs::read_to_string(path)
            .map_err(|error| QueryError::input(path, format!("it cannot be read: {error}")))?;
        let file =
            SchemaFile::parse(&text).map_err(|error| QueryError::input(path, error.to_string()))?;
        self.schema = Some(file);
        Ok(self)
    }
}

/// The way with lines that do not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBadLine {
    /// The statement ends with an error.
    Error,
    /// The line is left out, whichever of its values it is that does not fit: the rows are those
    /// that `convert` writes. Every column is read then.
    DeadLetter,
    /// A value that does not fit is null; a line that is not in the format is left out. Rows are
    /// the same whichever columns a statement names, and those that it does not name are not read.
    #[default]
    Null,
}

/// The names on the command line and in `OPTIONS`.
impl fmt::Display for OnBadLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::DeadLetter => "dead-letter",
            Self::Null => "null",
        })
    }
}

impl FromStr for OnBadLine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Error, Self::DeadLetter, Self::Null];
        let found = all.into_iter().find(|way| way.to_string() == text);
        found.ok_or_else(|| format!("'{text}' is unknown (expected error, dead-letter or null)"))
    }
}

/// A log as scans take it.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    pub(crate) schema: TableSchema,
    pub(crate) arrow: SchemaRef,
    pub(crate) on_bad_line: OnBadLine,
    pub(crate) window_limit: WindowLimit,
}

impl Log {
    /// Finds out what has not been said by the first lines of a file; returns it with what there is
    /// to say about that.
    pub(crate) fn choose(
        options: &LogOptions,
        first_file: Option<&Path>,
    ) -> Result<(Self, Option<String>), QueryError> {
        let look = || match first_file {
            Some(path) => first_bytes(path, options.window_limit)
                .map_err(|error| QueryError::input(path, format!("it cannot be read: {error}"))),
            None => Err(QueryError::new(
                "nothing tells the format of a table whose files are all empty; --preset or \
                 OPTIONS (preset '...') names it",
            )),
        };
        let named = |message: String| match first_file {
            Some(path) => QueryError::input(path, message),
            None => QueryError::new(message),
        };
        let mut note = None;
        let format = match &options.format {
            Some(format) if !format.has_directives() => format.clone(),
            Some(format) => with_directive(format.clone(), &look()?).map_err(named)?,
            None => {
                let start = look()?;
                let guess = guess(&start);
                let best = guess.best().ok_or_else(|| {
                    named(format!(
                        "{guess}; --preset or OPTIONS (preset '...') names one that `delimark \
                         formats` lists, and --log-format or OPTIONS (log_format '...') takes the \
                         server's own"
                    ))
                })?;
                note = first_file.map(|path| QueryError::input(path, guess.to_string()));
                with_directive(best.preset().format(), &start).map_err(named)?
            }
        };
        let schema = match &options.schema {
            Some(file) => file.resolve(&format).map_err(|error| named(error.to_string()))?,
            None => TableSchema::of_format(&format, options.columns)
                .map_err(|error| named(error.to_string()))?,
        };
        let schema = schema.without_required();
        let log = Self {
            arrow: Arc::new(schema.arrow()),
            format,
            schema,
            on_bad_line: options.on_bad_line,
            window_limit: options.window_limit,
        };
        Ok((log, note.map(|note| note.to_string())))
    }

    /// Returns the schema of some columns: all of them where a line is left out by any.
    pub(crate) fn built(&self, columns: &[usize]) -> TableSchema {
        match self.on_bad_line {
            OnBadLine::Null => self.schema.project(columns),
            OnBadLine::DeadLetter | OnBadLine::Error => self.schema.clone(),
        }
    }
}

/// Reads the columns of a log off the first line that names them.
fn with_directive(format: LogFormat, first_lines: &[u8]) -> Result<LogFormat, String> {
    let format = format.with_first_lines(first_lines).map_err(|error| error.to_string())?;
    format.ok_or_else(|| "there is no line '#Fields: ...' before the first record".to_owned())
}

/// Reads the first bytes of a file, decompressed.
fn first_bytes(path: &Path, window_limit: WindowLimit) -> io::Result<Vec<u8>> {
    let options = InputOptions { access: Access::Read, window_limit };
    let input = Input::open(&InputName::File(path.to_owned()), options)?.into_reader()?;
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(input.reader, FIRST_BYTES as u64), &mut bytes)?;
    Ok(bytes)
}
