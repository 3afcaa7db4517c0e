//! Places in a queue, and the file that says up to where its entries are sent.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::error::QueueError;
use super::segment;

const MAGIC: [u8; 8] = *b"dlmposi\x01";
const FILE_BYTES: usize = 28;
const NAME: &str = "acknowledged";
const NEW_NAME: &str = "acknowledged.new";

/// A place between two records of a queue.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The number of the segment.
    pub(super) segment: u64,
    /// The offset in it, in bytes.
    pub(super) offset: u64,
}

impl Position {
    /// Returns the start of a segment.
    pub(super) fn start_of(segment: u64) -> Self {
        Self { segment, offset: segment::FIRST_OFFSET }
    }

    fn to_bytes(self) -> [u8; FILE_BYTES] {
        let mut bytes = [0; FILE_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..16].copy_from_slice(&self.segment.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.offset.to_le_bytes());
        let checksum = crc32fast::hash(&bytes[..24]);
        bytes[24..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; FILE_BYTES]) -> Option<Self> {
        let checksum = crc32fast::hash(&bytes[..24]).to_le_bytes();
        let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight"));
        let is_whole = bytes[..8] == MAGIC && bytes[24..] == checksum;
        is_whole.then(|| Self { segment: number(8), offset: number(16) })
    }
}

/// The file of the acknowledged position.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Stored {
    /// Nothing was acknowledged yet.
    Nothing,
    /// Everything before this place was.
    UpTo(Position),
    /// The file is damaged.
    Damaged,
}

/// Reads the acknowledged position.
pub(super) fn read(folder: &Path) -> Result<Stored, QueueError> {
    let path = folder.join(NAME);
    match fs::read(&path) {
        Ok(bytes) => {
            let position = bytes.as_slice().try_into().ok().and_then(Position::from_bytes);
            Ok(position.map_or(Stored::Damaged, Stored::UpTo))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Stored::Nothing),
        Err(error) => Err(QueueError::io("read the acknowledged position", &path, error)),
    }
}

/// Replaces the acknowledged position: beside it, synced, renamed, and the folder synced, so that
/// there is always a whole one.
///
/// On a full disk it is written over in place, or segments could never be removed to make room. A
/// loss of power in the middle of that leaves a damaged one, and entries come twice.
pub(super) fn write(folder: &Path, position: Position) -> Result<(), QueueError> {
    let path = folder.join(NAME);
    let replace = || -> io::Result<()> {
        let new_path = folder.join(NEW_NAME);
        let mut file = File::create(&new_path)?;
        file.write_all(&position.to_bytes())?;
        file.sync_all()?;
        fs::rename(&new_path, &path)?;
        segment::sync_folder(folder)
    };
    let overwrite = || -> io::Result<()> {
        let mut file = File::options().write(true).open(&path)?;
        file.write_all(&position.to_bytes())?;
        file.sync_all()
    };
    let written = replace().or_else(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => overwrite(),
        _ => Err(error),
    });
    written.map_err(|error| QueueError::io("replace the acknowledged position", &path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_comes_back_and_damage_shows() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), Stored::Nothing);
        let position = Position { segment: 7, offset: 1 << 40 };
        write(folder.path(), position).unwrap();
        assert_eq!(read(folder.path()).unwrap(), Stored::UpTo(position));
        assert!(!folder.path().join(NEW_NAME).exists());
        for length in 0..FILE_BYTES {
            fs::write(folder.path().join(NAME), &position.to_bytes()[..length]).unwrap();
            assert_eq!(read(folder.path()).unwrap(), Stored::Damaged, "{length} bytes");
        }
        for bit in 0..FILE_BYTES * 8 {
            let mut bytes = position.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs::write(folder.path().join(NAME), bytes).unwrap();
            assert_eq!(read(folder.path()).unwrap(), Stored::Damaged, "bit {bit}");
        }
    }
}
