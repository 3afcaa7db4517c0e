//! A memory-mapped file as a source.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;

use memmap2::Mmap;

use super::{Burst, BurstLimits, Source, SourceError, lines_in_range};

/// Lends a file through a memory map: no copy, and any size that the address space holds.
///
/// # Truncation
///
/// A file that another process shortens while it is mapped ends the process with `SIGBUS` as soon
/// as a byte after the new end is read. Nothing in this process can rule that out; where logs
/// are truncated on rotation, use [`ReadSource`](super::ReadSource). A file that is overwritten in
/// place yields fields from before and after, mixed; appending to it does no harm.
#[derive(Debug)]
pub struct MapSource {
    map: Mmap,
    /// The part of the file that has not been lent.
    rest: Range<usize>,
}

impl MapSource {
    /// Maps the file at a path.
    ///
    /// # Errors
    ///
    /// The file cannot be opened, or not be mapped: pipes, terminals and directories cannot.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::from_file(&File::open(path)?)
    }

    /// Maps an open file, from its first byte on.
    ///
    /// # Errors
    ///
    /// The file cannot be mapped: pipes, terminals and directories cannot, and on WebAssembly
    /// nothing can.
    #[expect(unsafe_code, reason = "what a map shows can change under it")]
    pub fn from_file(file: &File) -> io::Result<Self> {
        if !file.metadata()?.is_file() {
            let message = "only regular files can be mapped; read this one instead";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        // SAFETY: the map is private to this process's eyes only. Another process that writes to
        // the file breaks the promise behind `&[u8]`; nobody can keep it for them, so it is passed
        // on to the caller in the type's documentation. The scan itself does not rely on bytes
        // staying as they are: every slice is bounds-checked when it is made, and separators
        // ascend whatever the bytes are.
        let map = unsafe { Mmap::map(file) }?;
        #[cfg(unix)]
        if !map.is_empty() {
            map.advise(memmap2::Advice::Sequential)?;
        }
        let rest = 0..map.len();
        Ok(Self { map, rest })
    }

    /// Lends only the lines whose first byte is in this range of the file, see
    /// [`lines_in_range`]. Offsets stay those of the file; lines are counted from the first one
    /// that is lent.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use delimark::{Dialect, MapSource, Scanner};
    ///
    /// let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
    /// let second_mebibyte = MapSource::open("access.log")?.with_range(1 << 20..2 << 20);
    /// let mut batches = scanner.scan_source(second_mebibyte);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_range(mut self, range: Range<u64>) -> Self {
        // What no address can reach is after the end of the map.
        let address = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
        self.rest = lines_in_range(&self.map, address(range.start)..address(range.end));
        self
    }

    /// Returns the whole file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.map
    }
}

impl Source for MapSource {
    fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
        let offset = self.rest.start as u64;
        let rest = &self.map[self.rest.clone()];
        let bytes = limits.split(rest).map_err(|error| error.at(offset))?;
        self.rest.start += bytes.len();
        Ok((!bytes.is_empty()).then_some(Burst { bytes, offset }))
    }
}
