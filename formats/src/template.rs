//! Templates: a format string as the bytes and variables that it consists of, whoever wrote it.

use delimark::QuoteEscape;

use crate::column::ValueType;
use crate::encoding::Encoding;
use crate::error::FormatError;
use crate::value::Holds;

/// A format string, read.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    /// The string as it was given, for errors.
    pub(crate) source: String,
    pub(crate) tokens: Vec<Token>,
    /// The way in which values escape quotes.
    pub(crate) quote_escape: QuoteEscape,
}

/// A byte or a variable of a format string.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// The offset in the source.
    pub(crate) place: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum TokenKind {
    Byte(u8),
    Variable(Variable),
}

impl Template {
    pub(crate) fn new(source: &str, quote_escape: QuoteEscape) -> Self {
        Self { source: source.to_owned(), tokens: Vec::new(), quote_escape }
    }

    pub(crate) fn push_byte(&mut self, byte: u8, place: usize) {
        self.tokens.push(Token { kind: TokenKind::Byte(byte), place });
    }

    pub(crate) fn push_variable(&mut self, variable: Variable, place: usize) {
        self.tokens.push(Token { kind: TokenKind::Variable(variable), place });
    }

    /// Returns an error at a place of the source.
    pub(crate) fn error(&self, place: usize, reason: impl Into<String>) -> FormatError {
        FormatError::new(&self.source, place, reason)
    }
}

/// A variable of a format string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// The column's name.
    pub(crate) name: String,
    /// The variable as the format string has it.
    pub(crate) written: String,
    pub(crate) value_type: ValueType,
    pub(crate) holds: Holds,
    pub(crate) encoding: Encoding,
}

impl Variable {
    /// Makes a variable. Values that have nothing to escape are never encoded.
    pub(crate) fn new(
        name: impl Into<String>,
        written: impl Into<String>,
        (value_type, holds): (ValueType, Holds),
        encoding: Encoding,
    ) -> Self {
        let is_open = matches!(
            holds,
            Holds::Token | Holds::Field | Holds::Text | Holds::Sentence | Holds::Braces
        );
        let encoding = if is_open { encoding } else { Encoding::Verbatim };
        Self { name: name.into(), written: written.into(), value_type, holds, encoding }
    }

    /// Tells whether a value can have all of these bytes in it.
    pub(crate) fn can_have(&self, literal: &[u8]) -> bool {
        literal.iter().all(|&byte| self.holds.can_have(byte, self.encoding))
    }

    /// Tells whether no value has a bare `"` in it.
    pub(crate) fn excludes_quotes(&self) -> bool {
        self.encoding.excludes_quotes() || !self.holds.can_have(b'"', self.encoding)
    }
}
