//! The formats of the output as one type: delimited text, and JSON Lines. What a line of the input
//! is, a `Dialect` of the parser says.

use delimark::{Batch, Records};

use crate::json_lines::{JsonLines, NotUtf8};
use crate::pending::Pending;
use crate::text::Text;

/// The form of the output, and the fields in it.
#[derive(Clone, Debug)]
pub enum Format {
    /// Delimited text.
    Text(Text),
    /// JSON Lines.
    JsonLines(JsonLines),
}

impl Format {
    /// Appends a whole batch at once, where that can be done; returns whether it was.
    pub(crate) fn append_rows(
        &self,
        batch: &Batch<'_>,
        output: &mut Pending,
        bytes_enough: usize,
    ) -> bool {
        match self {
            Self::Text(text) => text.append_rows(batch, output, bytes_enough),
            Self::JsonLines(_) => false,
        }
    }

    /// Appends records of a burst until there are no more, or `output` has as many bytes.
    pub(crate) fn append(
        &self,
        burst: &[u8],
        records: &mut Records<'_>,
        output: &mut Pending,
        bytes_enough: usize,
    ) -> Result<(), NotUtf8> {
        match self {
            Self::Text(text) => {
                text.append(burst, records, output, bytes_enough);
                Ok(())
            }
            Self::JsonLines(json_lines) => json_lines.append(records, output, bytes_enough),
        }
    }

    /// Returns how many bytes the records of a batch come to at most, also while they are being
    /// appended.
    pub(crate) fn bytes_at_most(&self, batch: &Batch<'_>) -> usize {
        let room = match self {
            Self::Text(text) => text.room(),
            Self::JsonLines(json_lines) => json_lines.room(),
        };
        room.bytes_of(batch)
    }
}
