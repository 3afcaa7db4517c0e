//! Segments: the files of a queue, numbered, each with records one behind the other.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::error::QueueError;
use super::record::{HEADER_BYTES, Header, PAYLOAD_LIMIT};

/// The bytes at the start of every segment; the last is the version of the encoding.
const MAGIC: [u8; 8] = *b"dlmqueu\x01";

/// The offset of the first record.
pub(super) const FIRST_OFFSET: u64 = MAGIC.len() as u64;

/// Returns the path of a segment.
pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:020}.segment"))
}

/// Returns the numbers of the segments in a folder, in order.
pub(super) fn list(folder: &Path) -> Result<Vec<u64>, QueueError> {
    let failed = |error| QueueError::io("list the folder", folder, error);
    let mut numbers = Vec::new();
    for file in fs::read_dir(folder).map_err(failed)? {
        let name = file.map_err(failed)?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".segment"));
        numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Creates an empty segment, or takes one that a failed creation left.
pub(super) fn create(folder: &Path, number: u64) -> Result<File, QueueError> {
    let path = path(folder, number);
    let create = || -> io::Result<File> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&path)?;
        file.write_all(&MAGIC)?;
        file.sync_data()?;
        sync_folder(folder)?;
        Ok(file)
    };
    create().map_err(|error| {
        // Half a segment would be taken for the newest one: better none, and the next try makes it.
        let _ = fs::remove_file(&path);
        QueueError::io("create a segment", &path, error)
    })
}

/// Opens a segment to append behind a place, and cuts off what is behind it.
pub(super) fn open_to_append(folder: &Path, number: u64, end: u64) -> Result<File, QueueError> {
    let path = path(folder, number);
    let open = || -> io::Result<File> {
        let mut file = OpenOptions::new().write(true).open(&path)?;
        if file.metadata()?.len() != end {
            file.set_len(end)?;
            file.sync_all()?;
        }
        file.seek(SeekFrom::Start(end))?;
        Ok(file)
    };
    open().map_err(|error| QueueError::io("open a segment", &path, error))
}

/// Makes sure that names in a folder are on the disk.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The whole appends of a segment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Extent {
    /// The end of the last whole append, in bytes; 0 where not even the segment's start is whole.
    pub(super) end: u64,
    /// The bytes behind it.
    pub(super) torn_bytes: u64,
    /// The entries between a place and the end.
    pub(super) entries: u64,
}

/// Finds the end of the last whole append, and counts the entries of records from a place on.
pub(super) fn find_extent(
    folder: &Path,
    number: u64,
    count_from: u64,
) -> Result<Extent, QueueError> {
    let path = path(folder, number);
    let failed = |error| QueueError::io("read a segment", &path, error);
    let file = File::open(&path).map_err(failed)?;
    let file_bytes = file.metadata().map_err(failed)?.len();
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut magic = [0; MAGIC.len()];
    if file_bytes < FIRST_OFFSET {
        return Ok(Extent { end: 0, torn_bytes: file_bytes, entries: 0 });
    }
    reader.read_exact(&mut magic).map_err(failed)?;
    if magic != MAGIC {
        return Err(QueueError::foreign(&path));
    }
    let mut extent = Extent { end: FIRST_OFFSET, torn_bytes: 0, entries: 0 };
    let (mut offset, mut entries) = (FIRST_OFFSET, 0);
    let mut payload = Vec::new();
    while let Some(header) =
        read_record(&mut reader, file_bytes - offset, &mut payload).map_err(failed)?
    {
        if !header.matches(&payload) {
            break;
        }
        if offset >= count_from {
            entries += u64::from(header.entry_count);
        }
        offset += header.record_bytes();
        if header.ends_append {
            extent.end = offset;
            extent.entries = entries;
        }
    }
    extent.torn_bytes = file_bytes - extent.end;
    Ok(extent)
}

/// Reads a record; nothing where its header is damaged, or it is longer than what is there.
pub(super) fn read_record(
    reader: &mut impl Read,
    at_most: u64,
    payload: &mut Vec<u8>,
) -> io::Result<Option<Header>> {
    let mut bytes = [0; HEADER_BYTES];
    if at_most < HEADER_BYTES as u64 {
        return Ok(None);
    }
    reader.read_exact(&mut bytes)?;
    let header = Header::from_bytes(&bytes)
        .filter(|header| header.record_bytes() <= at_most)
        .filter(|header| header.payload_bytes as usize <= PAYLOAD_LIMIT);
    if let Some(header) = header {
        payload.resize(header.payload_bytes as usize, 0);
        reader.read_exact(payload)?;
    }
    Ok(header)
}
