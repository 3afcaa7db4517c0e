//! Schema files: schemas as TOML, apart from any log, for people to keep and to change.

use std::time::Duration;

use delimark_formats::{Column, Encoding, LogFormat, TimestampFormat};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{ColumnKind, Nulls, SchemaError, Source, TableColumn, TableSchema};
use crate::breaker::BreakerOptions;

/// A schema whose columns come from columns by name, so that it needs no log format.
#[derive(Clone, Debug)]
pub struct SchemaFile {
    /// The version, which whoever writes the schema counts.
    pub version: u32,
    /// The columns.
    pub columns: Vec<FileColumn>,
    /// The breakers of columns, if they are to have some.
    pub breaker: Option<BreakerOptions>,
}

/// One column of a schema file.
#[derive(Clone, Debug)]
pub struct FileColumn {
    /// The name in the table.
    pub name: String,
    /// The names of the log format's columns: one, or those of a date and a time of the day. `None`
    /// is the one with the table's name, or that without `_ms` or `_us`.
    pub from: Option<Vec<String>>,
    /// The type.
    pub kind: ColumnKind,
    /// True if a value is a list of such values.
    pub is_list: bool,
    /// The values that stand for nothing.
    pub nulls: Nulls,
    /// True if every row must have a value.
    pub is_required: bool,
    /// True if escapes are turned back into bytes.
    pub decodes: bool,
    /// The line in the file, for messages.
    line: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireFile {
    version: u32,
    columns: Vec<WireColumn>,
    breaker: Option<Spanned<WireBreaker>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireColumn {
    name: Spanned<String>,
    from: Option<WireFrom>,
    #[serde(rename = "type")]
    kind: Spanned<String>,
    #[serde(default)]
    required: bool,
    nulls: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    list: bool,
    #[serde(default)]
    decode: bool,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged, expecting = "expected the name of a column, or those of a date and a time")]
enum WireFrom {
    One(String),
    DateAndTime([String; 2]),
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct WireBreaker {
    mismatches: u64,
    window_seconds: u64,
    cool_down_seconds: u64,
    probes: u64,
}

impl Default for WireBreaker {
    fn default() -> Self {
        Self::from(BreakerOptions::default())
    }
}

impl From<BreakerOptions> for WireBreaker {
    fn from(options: BreakerOptions) -> Self {
        // TOML has no numbers beyond that.
        let number = |number: u64| number.min(i64::MAX as u64);
        Self {
            mismatches: number(options.mismatches),
            window_seconds: number(options.window.as_secs()),
            cool_down_seconds: number(options.cool_down.as_secs()),
            probes: number(options.probes),
        }
    }
}

#[derive(Serialize)]
struct WrittenFile {
    version: u32,
    columns: Vec<WrittenColumn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    breaker: Option<WireBreaker>,
}

#[derive(Serialize)]
struct WrittenColumn {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<WireFrom>,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "is_false")]
    required: bool,
    nulls: Vec<&'static str>,
    #[serde(skip_serializing_if = "is_false")]
    list: bool,
    #[serde(skip_serializing_if = "is_false")]
    decode: bool,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// Makes an error with the line that a place in the text is in.
fn error_at(text: &str, offset: usize, message: impl std::fmt::Display) -> SchemaError {
    let before = text.get(..offset).unwrap_or(text);
    SchemaError::new(format!("line {}: {message}", before.matches('\n').count() + 1))
}

impl SchemaFile {
    /// Reads a schema file.
    ///
    /// # Errors
    ///
    /// It is no TOML, or says what is not known; with the line.
    ///
    /// # Examples
    ///
    /// ```
    /// use delimark_formats::LogFormat;
    /// use delimark_pipeline::{ColumnKind, SchemaFile};
    ///
    /// let file = SchemaFile::parse(
    ///     "version = 2\n[[columns]]\nname = \"code\"\nfrom = \"status\"\ntype = \"unsigned\"\n",
    /// )?;
    /// let schema = file.resolve(&LogFormat::preset("combined")?)?;
    /// assert_eq!(schema.columns()[0].kind, ColumnKind::Unsigned);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        let wire: WireFile = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            error_at(text, offset, error.message().replace('\n', ", "))
        })?;
        let columns: Vec<FileColumn> = wire
            .columns
            .into_iter()
            .map(|column| column.into_column(text))
            .collect::<Result<_, _>>()?;
        for (index, column) in columns.iter().enumerate() {
            let is_same = |other: &&FileColumn| other.name.eq_ignore_ascii_case(&column.name);
            if let Some(other) = columns[..index].iter().find(is_same) {
                return Err(column.error(format!(
                    "'{}' and '{}' are the same to readers that ignore case; give one of them \
                     another name",
                    other.name, column.name
                )));
            }
        }
        let breaker = wire.breaker.map(|breaker| {
            let start = breaker.span().start;
            let breaker = breaker.into_inner();
            if breaker.mismatches == 0 || breaker.probes == 0 {
                return Err(error_at(text, start, "mismatches and probes are 1 at least"));
            }
            Ok(BreakerOptions {
                mismatches: breaker.mismatches,
                window: Duration::from_secs(breaker.window_seconds),
                cool_down: Duration::from_secs(breaker.cool_down_seconds),
                probes: breaker.probes,
            })
        });
        Ok(Self { version: wire.version, columns, breaker: breaker.transpose()? })
    }

    /// Makes the file of a schema for a log format.
    ///
    /// # Panics
    ///
    /// The schema is for another format.
    #[must_use]
    pub fn of(schema: &TableSchema, format: &LogFormat) -> Self {
        let name = |index: usize| format.columns()[index].name().to_owned();
        let columns = schema.columns().iter().map(|column| FileColumn {
            name: column.name.clone(),
            from: Some(match column.source {
                Source::Column(index) => vec![name(index)],
                Source::DateAndTime { date, time } => vec![name(date), name(time)],
            }),
            kind: column.kind,
            is_list: column.is_list,
            nulls: column.nulls,
            is_required: column.is_required,
            decodes: column.decoded != Encoding::Verbatim,
            line: None,
        });
        Self { version: schema.version(), columns: columns.collect(), breaker: None }
    }

    /// Finds the columns in a log format.
    ///
    /// # Errors
    ///
    /// The format has no such column, or there is none in the file.
    pub fn resolve(&self, format: &LogFormat) -> Result<TableSchema, SchemaError> {
        let columns = self.columns.iter().map(|column| column.resolve(format));
        TableSchema::new(self.version, columns.collect::<Result<_, _>>()?)
    }

    /// Writes the schema as TOML, which [`parse`](Self::parse) reads back.
    ///
    /// # Panics
    ///
    /// Never: everything in a schema can be written.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let columns = self.columns.iter().map(FileColumn::to_written).collect();
        let breaker = self.breaker.map(WireBreaker::from);
        let written = WrittenFile { version: self.version, columns, breaker };
        toml::to_string(&written).expect("numbers, text and lists are TOML")
    }
}

impl TableSchema {
    /// Writes the schema as TOML, with the names of this log format.
    ///
    /// # Panics
    ///
    /// The schema is for another format.
    #[must_use]
    pub fn to_toml(&self, format: &LogFormat) -> String {
        SchemaFile::of(self, format).to_toml()
    }
}

impl WireColumn {
    fn into_column(self, text: &str) -> Result<FileColumn, SchemaError> {
        let kind: ColumnKind = self
            .kind
            .get_ref()
            .parse()
            .map_err(|message: String| error_at(text, self.kind.span().start, message))?;
        let mut nulls = Nulls { dash: false, empty: false };
        for null in self.nulls.iter().flatten() {
            match null.get_ref().as_str() {
                "-" => nulls.dash = true,
                "" => nulls.empty = true,
                other => {
                    let message = format!("unknown null '{other}' (expected one of '-', '')");
                    return Err(error_at(text, null.span().start, message));
                }
            }
        }
        if self.nulls.is_none() {
            nulls = Nulls::of_kind(kind);
        }
        let start = self.name.span().start;
        let name = self.name.into_inner();
        if name.is_empty() {
            return Err(error_at(text, start, "the name of the column is empty"));
        }
        let from = self.from.map(|from| match from {
            WireFrom::One(name) => vec![name],
            WireFrom::DateAndTime(names) => names.to_vec(),
        });
        let column = FileColumn {
            name,
            from,
            kind,
            is_list: self.list,
            nulls,
            is_required: self.required,
            decodes: self.decode,
            line: Some(text[..start].matches('\n').count() + 1),
        };
        let is_time = kind == ColumnKind::DATE_AND_TIME && !column.is_list && !column.decodes;
        if column.from.as_ref().is_some_and(|names| names.len() == 2) && !is_time {
            return Err(column.error(format!(
                "a date and a time of the day are a {}, no list, and not decoded",
                ColumnKind::DATE_AND_TIME
            )));
        }
        Ok(column)
    }
}

impl FileColumn {
    /// Returns the names that the values come from, with the default where the file says none.
    pub(super) fn sources(&self) -> Vec<&str> {
        match &self.from {
            Some(names) => names.iter().map(String::as_str).collect(),
            None => vec![without_unit(&self.name)],
        }
    }

    fn error(&self, message: String) -> SchemaError {
        match self.line {
            Some(line) => SchemaError::new(format!("line {line}: {message}")),
            None => SchemaError::new(message),
        }
    }

    fn resolve(&self, format: &LogFormat) -> Result<TableColumn, SchemaError> {
        let find = |name: &str| {
            format.find(name).ok_or_else(|| {
                let names: Vec<&str> = format.columns().iter().map(Column::name).collect();
                let known = names.join(", ");
                self.error(format!("the log has no column '{name}' (its columns are: {known})"))
            })
        };
        let source = match self.from.as_deref() {
            Some([date, time]) => Source::DateAndTime { date: find(date)?, time: find(time)? },
            Some(names) => Source::Column(find(names.first().map_or("", String::as_str))?),
            None => match format.find(&self.name) {
                Some(index) => Source::Column(index),
                None => Source::Column(find(without_unit(&self.name))?),
            },
        };
        let decoded = match source {
            Source::Column(index) if self.decodes => format.columns()[index].encoding(),
            _ => Encoding::Verbatim,
        };
        Ok(TableColumn {
            name: self.name.clone(),
            source,
            kind: self.kind,
            is_list: self.is_list,
            nulls: self.nulls,
            is_required: self.is_required,
            decoded,
        })
    }

    fn to_written(&self) -> WrittenColumn {
        let Nulls { dash, empty } = self.nulls;
        WrittenColumn {
            name: self.name.clone(),
            from: self.from.as_deref().map(|names| match names {
                [date, time] => WireFrom::DateAndTime([date.clone(), time.clone()]),
                names => WireFrom::One(names.concat()),
            }),
            kind: self.kind.to_string(),
            required: self.is_required,
            nulls: [(dash, "-"), (empty, "")]
                .iter()
                .filter_map(|(is, null)| is.then_some(*null))
                .collect(),
            list: self.is_list,
            decode: self.decodes,
        }
    }
}

fn without_unit(name: &str) -> &str {
    name.strip_suffix("_ms").or_else(|| name.strip_suffix("_us")).unwrap_or(name)
}

impl ColumnKind {
    /// The type that a date and a time of the day come to.
    const DATE_AND_TIME: Self =
        Self::Timestamp { format: TimestampFormat::Iso8601, has_zone: true };
}
