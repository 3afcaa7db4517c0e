//! The options that say what a line of a file is, for the verbs that go through one.

use anyhow::Result;
use delimark::{Dialect, QuoteEscape};
use delimark_extract::escape::{parse_byte, parse_delimiter};

/// The rules of the file that `--input` names.
#[derive(clap::Args)]
pub(super) struct FileDialect {
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

    /// The columns of --input [default: what most of its first lines have]
    #[arg(long, value_name = "N", requires = "input")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    columns: Option<u32>,
}

impl FileDialect {
    /// Puts the rules together.
    ///
    /// # Errors
    ///
    /// A byte has two meanings.
    pub(super) fn dialect(&self) -> Result<Dialect> {
        let mut dialect = Dialect::new(self.delimiter)?;
        if let Some(quote) = self.quote {
            dialect = dialect.with_quote(quote, self.quote_escape)?;
        }
        Ok(match self.columns {
            Some(columns) => dialect.with_columns(columns)?,
            None => dialect,
        })
    }
}
