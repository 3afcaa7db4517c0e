//! Memory in huge pages, where the system gives them: a scan should not wait for page tables.

use std::fs::File;
use std::io::{self, Read};
use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// Anonymous memory; it starts with a page.
#[derive(Debug)]
pub(crate) struct HugePages {
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
        let mut pages = Self::untouched(length)?;
        file.read_exact(&mut pages)?;
        Ok(pages)
    }

    /// Gets this much memory, and writes to it, so that all of it is really there.
    ///
    /// # Errors
    ///
    /// There is not so much memory.
    pub(crate) fn touched(length: usize) -> io::Result<Self> {
        let mut pages = Self::untouched(length)?;
        pages.fill(0);
        Ok(pages)
    }

    fn untouched(length: usize) -> io::Result<Self> {
        let map = MmapMut::map_anon(length)?;
        // Where the system has no huge pages, ordinary ones do.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        Ok(Self { map })
    }
}

impl Deref for HugePages {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}

impl DerefMut for HugePages {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.map
    }
}
