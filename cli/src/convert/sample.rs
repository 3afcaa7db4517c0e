//! Samples of inputs, by which types are found: from all over a file, for the first lines of a log
//! often are those of a start, or of a quiet hour.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use anyhow::Context;
use delimark_extract::InputName;

use super::opened::Opened;

/// The pieces that are taken of all files together.
const PIECES: u64 = 64;

/// The bytes of a piece.
const PIECE_BYTES: u64 = 64 << 10;

/// The bytes that are taken of what cannot be read anywhere.
const FIRST_BYTES: usize = 1 << 20;

/// Hands pieces of whole lines to a function: of all files that can be read anywhere, and the start
/// of the first other one. Returns words that say which.
pub(super) fn take(
    inputs: &mut [Opened<'_>],
    mut look: impl FnMut(&[u8]),
) -> anyhow::Result<String> {
    let is_file = |input: &Opened<'_>| {
        matches!(input.name, InputName::File(_)) && input.bytes.is_some_and(|bytes| bytes > 0)
    };
    let files = inputs.iter().filter(|input| is_file(input)).count();
    let pieces_each = (PIECES / files.max(1) as u64).max(1);
    let mut said = Vec::new();
    let mut has_start = false;
    for input in inputs {
        let name = input.name;
        let cannot = || format!("{name}: cannot be read");
        match (name, input.bytes) {
            (InputName::File(path), Some(bytes)) if bytes > 0 => {
                let file = File::open(path).with_context(cannot)?;
                let lines = input.header_bytes..bytes.max(input.header_bytes);
                let pieces = of_file(&file, lines, pieces_each, &mut look).with_context(cannot)?;
                said.push(match pieces {
                    0 => format!("all of {name}"),
                    pieces => format!("{pieces} pieces from all over {name}"),
                });
            }
            _ if !has_start => {
                has_start = true;
                let start = input.read_first(FIRST_BYTES);
                let is_all = start.len() < FIRST_BYTES;
                look(if is_all { start } else { before_last_newline(start) });
                said.push(match is_all {
                    true => format!("all of {name}"),
                    false => format!("only the first MiB of {name}, which can be read but once"),
                });
            }
            _ => said.push(format!("nothing of {name}")),
        }
    }
    Ok(said.join(", "))
}

/// Takes pieces at even distances out of a range of a file; all of it where it is not larger, which
/// counts as none.
fn of_file(
    file: &File,
    range: std::ops::Range<u64>,
    pieces: u64,
    look: &mut impl FnMut(&[u8]),
) -> io::Result<u64> {
    let length = range.end - range.start;
    if length <= pieces * PIECE_BYTES {
        look(&read_at(file, range.start, length)?);
        return Ok(0);
    }
    let last = length - PIECE_BYTES;
    for index in 0..pieces {
        // A single piece is from the middle.
        let distance = match pieces {
            1 => last / 2,
            _ => (u128::from(last) * u128::from(index) / u128::from(pieces - 1)) as u64,
        };
        let bytes = read_at(file, range.start + distance, PIECE_BYTES)?;
        let lines = if distance == 0 { &bytes[..] } else { behind_first_newline(&bytes) };
        look(if distance == last { lines } else { before_last_newline(lines) });
    }
    Ok(pieces)
}

/// Reads so many bytes, or fewer where the file ends.
fn read_at(file: &File, mut offset: u64, bytes: u64) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0; bytes as usize];
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset) {
            Ok(0) => break,
            Ok(count) => {
                filled += count;
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(filled);
    Ok(buffer)
}

fn behind_first_newline(bytes: &[u8]) -> &[u8] {
    let newline = bytes.iter().position(|&byte| byte == b'\n');
    newline.map_or(&[], |index| &bytes[index + 1..])
}

fn before_last_newline(bytes: &[u8]) -> &[u8] {
    let newline = bytes.iter().rposition(|&byte| byte == b'\n');
    newline.map_or(&[], |index| &bytes[..=index])
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Returns the lines that are in the pieces of a file, and the number of pieces.
    fn lines(text: &str, start: u64, pieces: u64) -> (Vec<String>, u64) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let mut lines = Vec::new();
        let mut look = |piece: &[u8]| {
            lines.extend(str::from_utf8(piece).unwrap().lines().map(str::to_owned));
        };
        let taken = of_file(&file, start..text.len() as u64, pieces, &mut look).unwrap();
        (lines, taken)
    }

    #[test]
    fn a_small_file_is_taken_as_a_whole() {
        let (lines, taken) = lines("header\n1\n2\n3", 7, 64);
        assert_eq!((lines, taken), (vec!["1".to_owned(), "2".to_owned(), "3".to_owned()], 0));
    }

    #[test]
    fn pieces_are_whole_lines_from_the_start_to_the_end() {
        let text: String = (0..100_000).map(|number| format!("line {number:07}\n")).collect();
        let (lines, taken) = lines(&text, 0, 4);
        assert_eq!(taken, 4);
        assert!(lines.iter().all(|line| line.len() == 12), "there is a cut line");
        assert_eq!(lines.first().unwrap(), "line 0000000");
        assert_eq!(lines.last().unwrap(), "line 0099999");
        let is_in = |number: usize| lines.contains(&format!("line {number:07}"));
        assert!(is_in(33_000) && is_in(67_000) && !is_in(20_000) && !is_in(50_000));
    }

    #[test]
    fn a_single_piece_is_from_the_middle() {
        let text: String = (0..100_000).map(|number| format!("line {number:07}\n")).collect();
        assert!(lines(&text, 0, 1).0.contains(&"line 0050000".to_owned()));
    }
}
