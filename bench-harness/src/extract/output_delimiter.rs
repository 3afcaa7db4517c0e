//! What to put between fields, apart because it may be any bytes: the input's is one.

use std::str::FromStr;

use delimark_extract::escape::{EscapeError, unescape};

/// The bytes between the fields of the output; none joins them without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputDelimiter(pub Vec<u8>);

impl FromStr for OutputDelimiter {
    type Err = EscapeError;

    fn from_str(text: &str) -> Result<Self, EscapeError> {
        unescape(text).map(Self)
    }
}
