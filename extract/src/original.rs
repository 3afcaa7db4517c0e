//! Lines as they stand in the input, where others were made of them before they were split.

use delimark::{Batch, Place};

use crate::json_lines::NotUtf8;
use crate::left_out::LeftOutLine;
use crate::line_rules::{LineCursor, index_before_squeeze};
use crate::messages::append_line;
use crate::order::Part;

/// Lines as they are in the input, of which others were made.
pub(crate) struct Original<'a> {
    lines: &'a [u8],
    place: Place,
    cursor: LineCursor<'a>,
}

impl<'a> Original<'a> {
    pub(crate) fn new(lines: &'a [u8], place: Place) -> Self {
        Self { lines, place, cursor: LineCursor::new(lines) }
    }

    /// Returns the line with a number, and its offset.
    pub(crate) fn line(&mut self, line_number: u64) -> (&'a [u8], u64) {
        let place = self.cursor.find(line_number - 1 - self.place.lines_before);
        (&self.lines[place.clone()], self.place.offset + place.start as u64)
    }

    /// Returns the offset of the byte that is not UTF-8.
    pub(crate) fn offset_of(&mut self, stop: &NotUtf8) -> u64 {
        let (line, offset) = self.line(stop.line_number());
        offset + index_before_squeeze(line, stop.index_in_line()) as u64
    }
}

/// Adds lines that are left out to a part.
pub(crate) fn collect_left_out(
    left_out: Vec<LeftOutLine>,
    batch: &Batch<'_>,
    mut original: Option<&mut Original<'_>>,
    keeps_lines: bool,
    part: &mut Part,
) {
    for mut line in left_out {
        let of_original = original.as_mut().map(|original| original.line(line.line_number));
        match of_original {
            _ if !keeps_lines => {}
            None => append_line(batch, line.offset, &mut part.ragged_lines),
            Some((bytes, _)) => {
                part.ragged_lines.extend_from_slice(bytes);
                if !bytes.ends_with(b"\n") {
                    part.ragged_lines.push(b'\n');
                }
            }
        }
        if let Some((_, offset)) = of_original {
            line.offset = offset;
        }
        part.left_out.push(line);
    }
}
