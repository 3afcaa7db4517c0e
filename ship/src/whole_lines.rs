//! Files of whole lines, of which a process that was killed may have left a part of one.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Cuts off what stands behind the last newline of a file; leaves what is no file, such as a pipe.
///
/// # Errors
///
/// The file cannot be read or cut.
pub(crate) fn cut_torn_line(file: &mut File) -> io::Result<()> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(());
    }
    let length = whole_lines(file)?;
    if length < metadata.len() { file.set_len(length) } else { Ok(()) }
}

/// Returns the bytes up to the last newline.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut buffer = vec![0; 64 << 10];
    while end > 0 {
        let start = end.saturating_sub(buffer.len() as u64);
        file.seek(SeekFrom::Start(start))?;
        let bytes = &mut buffer[..(end - start) as usize];
        file.read_exact(bytes)?;
        if let Some(at) = memchr::memrchr(b'\n', bytes) {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
