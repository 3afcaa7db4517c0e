//! Messages about lines that are left out, and these lines themselves.

use std::fmt;
use std::io::Write;

use delimark::Batch;

use crate::comments::line_length;
use crate::left_out::LeftOutLine;

/// Appends the message about a line of an input, which has this many lines before the chunk.
pub(crate) fn append_message(
    line: &LeftOutLine,
    name: &dyn fmt::Display,
    lines_before: u64,
    messages: &mut Vec<u8>,
) {
    let LeftOutLine { line_number, offset, reason } = line;
    let number = lines_before + line_number;
    writeln!(messages, "delimark: {name}: line {number} at byte {offset} {reason}")
        .expect("writing to memory does not fail");
}

/// Appends the line of a batch that begins at an offset of the input as it is, its ending too;
/// gives it one if it has none.
pub(crate) fn append_line(batch: &Batch<'_>, offset: u64, lines: &mut Vec<u8>) {
    let start = (offset - batch.offset()) as usize;
    let rest = batch.as_bytes().get(start..).unwrap_or_default();
    lines.extend_from_slice(&rest[..line_length(rest)]);
    if !lines.ends_with(b"\n") {
        lines.push(b'\n');
    }
}
