//! Memory in huge pages, where the system gives them: a scan should not wait for page tables.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;

use memmap2::MmapMut;

/// A file's bytes in anonymous memory.
#[derive(Debug)]
pub(super) struct HugePages {
    map: MmapMut,
}

impl HugePages {
    /// Reads a file of this length.
    ///
    /// # Errors
    ///
    /// There is not so much memory, or the file cannot be read or is shorter.
    pub(super) fn read(file: &mut File, length: u64) -> io::Result<Self> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let mut map = MmapMut::map_anon(length)?;
        // Where the system has no huge pages, ordinary ones do.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        file.read_exact(&mut map)?;
        Ok(Self { map })
    }
}

impl Deref for HugePages {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}
