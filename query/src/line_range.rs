//! Ranges of bytes, and the lines that belong to them.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// The bytes that are searched for a newline at once.
const BUFFER_BYTES: usize = 64 << 10;

/// Returns the offset of the first line that begins at an offset or behind it; the end of the file
/// where none does.
///
/// A range of bytes has the lines from this offset of its start to this offset of its end: ranges
/// that follow each other have all lines together, each once, wherever they are cut.
pub(crate) fn first_line(file: &File, offset: u64) -> io::Result<u64> {
    // A line begins behind a newline: the byte before the offset may be one.
    let Some(mut place) = offset.checked_sub(1) else {
        return Ok(0);
    };
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let count = match file.read_at(&mut buffer, place) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if count == 0 {
            return Ok(place.min(file.metadata()?.len()));
        }
        if let Some(index) = memchr::memchr(b'\n', &buffer[..count]) {
            return Ok(place + index as u64 + 1);
        }
        place += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn lines_begin_behind_newlines() {
        let file = file(b"ab\n\ncd");
        let found: Vec<u64> = (0..9).map(|offset| first_line(&file, offset).unwrap()).collect();
        assert_eq!(found, [0, 3, 3, 3, 4, 6, 6, 6, 6]);
    }

    #[test]
    fn a_line_can_be_longer_than_the_buffer() {
        let long = vec![b'x'; 2 * BUFFER_BYTES + 7];
        let file = file(&[&long[..], b"\nend"].concat());
        let behind = long.len() as u64 + 1;
        for offset in [1, 5, BUFFER_BYTES as u64, BUFFER_BYTES as u64 + 1, behind - 1, behind] {
            assert_eq!(first_line(&file, offset).unwrap(), behind, "{offset}");
        }
        assert_eq!(first_line(&file, behind + 1).unwrap(), behind + 3);
    }
}
