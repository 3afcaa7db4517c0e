//! The ways in which a file is known again: by where it is stored, and by its bytes, since the
//! place of a deleted file is used again.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};

use xxhash_rust::xxh3::xxh3_64;

/// The place of a file on its device, which a rename does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FileId {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

impl FileId {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

impl FileId {
    /// Returns a number that other files hardly have.
    pub(crate) fn number(self) -> u64 {
        let bytes = [self.device.to_le_bytes(), self.inode.to_le_bytes()];
        xxh3_64(bytes.as_flattened())
    }
}

/// Returns the number for what comes into a file after it was truncated: equal lines at equal
/// offsets are not the same then. After a crash it is found again from the former number.
pub(super) fn number_after(former: u64) -> u64 {
    xxh3_64(&former.to_le_bytes())
}

/// The most bytes at a file's beginning that it is known by.
const HEAD_BYTES: usize = 1 << 10;

/// The most bytes before the place that was read up to.
const TAIL_BYTES: usize = 64;

/// The bytes that a file is known by: its first ones, and those before the place up to which it
/// was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prints {
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Prints {
    /// Reads the prints of a file that has been read up to an offset.
    pub(crate) fn read(file: &File, offset: u64) -> io::Result<Self> {
        let head_bytes = offset.min(HEAD_BYTES as u64) as usize;
        let tail_bytes = offset.min(TAIL_BYTES as u64) as usize;
        let tail = read_at(file, offset - tail_bytes as u64, tail_bytes)?;
        Ok(Self { head: read_at(file, 0, head_bytes)?, tail })
    }

    /// Goes on over bytes that were read at an offset.
    pub(crate) fn extend(&mut self, offset: u64, bytes: &[u8]) {
        if self.head.len() as u64 == offset && self.head.len() < HEAD_BYTES {
            let count = bytes.len().min(HEAD_BYTES - self.head.len());
            self.head.extend_from_slice(&bytes[..count]);
        }
        if bytes.len() >= TAIL_BYTES {
            self.tail.clear();
        }
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(TAIL_BYTES)..]);
        let surplus = self.tail.len().saturating_sub(TAIL_BYTES);
        self.tail.drain(..surplus);
    }

    /// Tells whether a file begins with the same bytes.
    pub(crate) fn has_head(&self, file: &File) -> io::Result<bool> {
        Ok(read_at(file, 0, self.head.len())? == self.head)
    }

    /// Tells whether a file has the same bytes at its beginning and before an offset: that it is
    /// this file or a copy of it.
    pub(crate) fn are_of(&self, file: &File, offset: u64) -> io::Result<bool> {
        let start = offset.saturating_sub(self.tail.len() as u64);
        Ok(self.has_head(file)? && read_at(file, start, self.tail.len())? == self.tail)
    }

    /// Returns short forms to be stored.
    pub(crate) fn stored(&self) -> StoredPrints {
        StoredPrints { head: StoredPrint::of(&self.head), tail: StoredPrint::of(&self.tail) }
    }
}

/// Prints as a checkpoint has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct StoredPrints {
    head: StoredPrint,
    tail: StoredPrint,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct StoredPrint {
    bytes: usize,
    hash: u64,
}

impl StoredPrint {
    fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len(), hash: xxh3_64(bytes) }
    }

    fn is_at(self, file: &File, offset: u64) -> io::Result<bool> {
        // A checkpoint that was tampered with must not ask for gigabytes.
        let bytes = self.bytes.min(HEAD_BYTES);
        Ok(Self::of(&read_at(file, offset, bytes)?) == self)
    }
}

impl StoredPrints {
    /// Returns how many bytes at the beginning the file is known by.
    pub(crate) fn head_bytes(self) -> usize {
        self.head.bytes.min(HEAD_BYTES)
    }

    /// Returns how many bytes before the place that was read up to the file is known by.
    pub(crate) fn tail_bytes(self) -> usize {
        self.tail.bytes.min(TAIL_BYTES)
    }

    /// Tells whether these are the bytes at the beginning.
    pub(crate) fn is_head(self, bytes: &[u8]) -> bool {
        StoredPrint::of(bytes) == self.head
    }

    /// Tells whether bytes end with those before the place that was read up to.
    pub(crate) fn has_tail(self, bytes: &[u8]) -> bool {
        let start = bytes.len().saturating_sub(self.tail_bytes());
        StoredPrint::of(&bytes[start..]) == self.tail
    }

    /// Goes on over bytes that were read; the beginning stays what it is known by.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        if bytes.len() >= self.tail_bytes() {
            let start = bytes.len().saturating_sub(TAIL_BYTES);
            self.tail = StoredPrint::of(&bytes[start..]);
        }
    }

    /// Tells whether a file begins with these bytes.
    pub(crate) fn has_head(self, file: &File) -> io::Result<bool> {
        self.head.is_at(file, 0)
    }

    /// Tells whether a file has these bytes at its beginning and before an offset.
    pub(crate) fn are_of(self, file: &File, offset: u64) -> io::Result<bool> {
        let start = offset.saturating_sub(self.tail.bytes as u64);
        Ok(self.has_head(file)? && self.tail.is_at(file, start)?)
    }
}

/// Reads bytes at an offset; fewer where the file ends before.
pub(crate) fn read_at(file: &File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let count = fill_at(file, offset, &mut bytes)?;
    bytes.truncate(count);
    Ok(bytes)
}

/// Fills a buffer with the bytes at an offset, as far as there are any.
pub(crate) fn fill_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn prints_that_go_on_are_those_that_are_read() {
        let bytes: Vec<u8> = (0..3_000_u32).map(|number| (number * 7 % 251) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        for cuts in [vec![3_000], vec![10, 20, 1_000, 1_024, 2_900], vec![1, 63, 64, 65, 3_000]] {
            let mut prints = Prints::default();
            let mut offset = 0;
            for end in cuts {
                prints.extend(offset as u64, &bytes[offset..end]);
                offset = end;
                assert_eq!(prints, Prints::read(&file, offset as u64).unwrap(), "up to {end}");
                assert!(prints.are_of(&file, offset as u64).unwrap());
                assert!(prints.stored().are_of(&file, offset as u64).unwrap());
            }
            assert!(!prints.are_of(&file, 1_500).unwrap());
            assert!(!prints.stored().are_of(&file, 1_500).unwrap());
        }
    }

    #[test]
    fn another_file_is_told_apart() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"first line\n").unwrap();
        let prints = Prints::read(&file, 11).unwrap();
        let mut other = tempfile::tempfile().unwrap();
        other.write_all(b"other line\nand more\n").unwrap();
        assert!(!prints.has_head(&other).unwrap() && !prints.stored().has_head(&other).unwrap());
        let empty = tempfile::tempfile().unwrap();
        assert!(!prints.has_head(&empty).unwrap(), "a file that was emptied is another one");
    }
}
