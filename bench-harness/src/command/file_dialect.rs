//! The options that say what a line of a file is, for the verbs that go through one.

use anyhow::Result;
use delimark::{Dialect, QuoteEscape};
use delimark_extract::escape::{parse_byte, parse_delimiter};
use delimark_formats::LogFormat;

/// The rules of the file that `--input` names.
#[derive(clap::Args)]
pub(super) struct FileDialect {
    /// The format of --input by its name in `delimark formats`: its delimiter and its quote
    #[arg(long, value_name = "NAME", value_parser = parse_preset, requires = "input")]
    #[arg(conflicts_with_all = ["log_format", "delimiter", "quote"])]
    preset: Option<NamedDialect>,

    /// The format of --input as the server's configuration has it: its delimiter and its quote
    #[arg(long, value_name = "STRING", value_parser = parse_log_format, requires = "input")]
    #[arg(conflicts_with_all = ["delimiter", "quote"])]
    log_format: Option<NamedDialect>,

    /// The byte between two fields of --input: one character, or \t, \0, \xNN
    #[arg(long, value_name = "BYTE", default_value = "|", value_parser = parse_delimiter)]
    #[arg(requires = "input")]
    delimiter: u8,

    /// The byte that quotes fields of --input: delimiters between two of them are data
    #[arg(long, value_name = "BYTE", value_parser = parse_byte, requires = "input")]
    quote: Option<u8>,

    /// The way in which --input has a quote inside quotes: none (not as itself), backslash (behind
    /// one)
    #[arg(long, value_name = "WAY", default_value_t = QuoteEscape::None, requires = "quote")]
    quote_escape: QuoteEscape,

    /// The columns of --input [default: the commonest number in its first lines]
    #[arg(long, value_name = "N", requires = "input")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    columns: Option<u32>,
}

/// The dialect of a log format.
#[derive(Clone, Debug)]
struct NamedDialect {
    /// The preset's name, or the server's string.
    name: String,
    dialect: Dialect,
}

impl FileDialect {
    /// Returns the log format that the rules are taken from: a preset's name, or the server's
    /// string.
    pub(super) fn log_format(&self) -> Option<&str> {
        self.named().map(|named| &*named.name)
    }

    fn named(&self) -> Option<&NamedDialect> {
        self.preset.as_ref().or(self.log_format.as_ref())
    }

    /// Puts the rules together.
    ///
    /// # Errors
    ///
    /// A byte has two meanings.
    pub(super) fn dialect(&self) -> Result<Dialect> {
        let mut dialect = match self.named() {
            Some(named) => named.dialect,
            None => Dialect::new(self.delimiter)?,
        };
        if let Some(quote) = self.quote {
            dialect = dialect.with_quote(quote, self.quote_escape)?;
        }
        Ok(match self.columns {
            Some(columns) => dialect.with_columns(columns)?,
            None => dialect,
        })
    }
}

fn parse_preset(name: &str) -> Result<NamedDialect, String> {
    let format = LogFormat::preset(name).map_err(|error| error.to_string())?;
    Ok(NamedDialect { name: name.to_owned(), dialect: format.dialect() })
}

fn parse_log_format(text: &str) -> Result<NamedDialect, String> {
    let format = LogFormat::of_server(text).map_err(|error| error.to_string())?;
    Ok(NamedDialect { name: text.trim().to_owned(), dialect: format.dialect() })
}
