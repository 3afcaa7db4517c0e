//! Stands in for the quotes of a dialect until the parser has them: until then, formats with quotes
//! are read, and their lines split without.

use delimark::{Dialect, DialectError};

/// The way in which a quote is written inside quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum QuoteEscape {
    /// Not as itself.
    #[default]
    None,
    /// Behind a backslash.
    Backslash,
}

/// The quotes of a dialect.
pub(crate) trait Quotes: Sized {
    fn with_quote(self, quote: u8, escape: QuoteEscape) -> Result<Self, DialectError>;
    fn quote(&self) -> Option<u8>;
}

impl Quotes for Dialect {
    fn with_quote(self, _quote: u8, _escape: QuoteEscape) -> Result<Self, DialectError> {
        Ok(self)
    }

    fn quote(&self) -> Option<u8> {
        None
    }
}
