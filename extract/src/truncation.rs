//! A memory map that outlives the truncation of its file; apart because it takes a signal handler.
//!
//! Reading a mapped page that its file no longer has raises `SIGBUS`, which ends a process that
//! does not handle it. The handler here puts pages of zeros in the place of the map's missing
//! ones, so the read goes on. Zeros are not the file's bytes: whoever reads the map asks its
//! [`Witness`] before believing what was read.

use std::fs::File;
use std::os::raw::{c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::{fmt, io, mem, ptr};

use delimark::{Burst, BurstLimits, MapSource, Source, SourceError};

/// Lends a mapped file, and goes on lending when the file shrinks.
///
/// One map is guarded at a time: a signal handler reaches nothing but globals.
#[derive(Debug)]
pub struct GuardedMap {
    map: MapSource,
    _turn: MutexGuard<'static, ()>,
}

/// Tells whether a map has shown its file so far.
#[derive(Debug)]
pub struct Witness {
    file: File,
    bytes_mapped: u64,
}

impl GuardedMap {
    /// Maps a file. Waits until no other map is guarded.
    ///
    /// # Errors
    ///
    /// The file cannot be mapped, or the signal not be handled.
    pub fn open(file: File) -> io::Result<(Self, Witness)> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let map = MapSource::from_file(&file)?;
        let range = map.as_bytes().as_ptr_range();
        let witness = Witness { file, bytes_mapped: map.as_bytes().len() as u64 };
        install_handler()?;
        FAULTED.store(false, Ordering::SeqCst);
        START.store(range.start.addr(), Ordering::SeqCst);
        END.store(range.end.addr(), Ordering::SeqCst);
        Ok((Self { map, _turn: turn }, witness))
    }

    /// The whole file as it is mapped.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.map.as_bytes()
    }
}

impl Source for GuardedMap {
    fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
        self.map.next_burst(limits)
    }
}

impl Drop for GuardedMap {
    fn drop(&mut self) {
        END.store(0, Ordering::SeqCst);
        START.store(0, Ordering::SeqCst);
    }
}

impl Witness {
    /// Confirms what was read from the map until now.
    ///
    /// Asks for the file's size as well, since a file that loses part of its last page shows
    /// zeros there without a signal. A file that shrank and grew again in between goes unseen
    /// if no page was missing when it was read.
    ///
    /// # Errors
    ///
    /// The file is shorter than it was, or a page of it could not be had.
    pub fn confirm(&self) -> Result<(), Truncated> {
        let bytes_now = self.file.metadata().map_err(Truncated::unknown)?.len();
        if bytes_now < self.bytes_mapped {
            return Err(Truncated::shrank(self.bytes_mapped, bytes_now));
        }
        if FAULTED.load(Ordering::SeqCst) {
            return Err(Truncated::page());
        }
        Ok(())
    }
}

/// Says that bytes read from a map may not be the file's.
#[derive(Debug)]
pub struct Truncated {
    kind: ErrorKind,
}

#[derive(Debug)]
enum ErrorKind {
    Shrank { bytes_before: u64, bytes_now: u64 },
    Page,
    Unknown { error: io::Error },
}

impl Truncated {
    fn shrank(bytes_before: u64, bytes_now: u64) -> Self {
        Self { kind: ErrorKind::Shrank { bytes_before, bytes_now } }
    }

    fn page() -> Self {
        Self { kind: ErrorKind::Page }
    }

    fn unknown(error: io::Error) -> Self {
        Self { kind: ErrorKind::Unknown { error } }
    }
}

impl fmt::Display for Truncated {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Shrank { bytes_before, bytes_now } => write!(
                formatter,
                "the file shrank from {bytes_before} to {bytes_now} bytes while it was being read"
            ),
            ErrorKind::Page => formatter
                .write_str("a page was missing: the file shrank for a while, or the disk failed"),
            ErrorKind::Unknown { .. } => formatter.write_str("the file's size cannot be had"),
        }
    }
}

impl std::error::Error for Truncated {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Unknown { error } => Some(error),
            ErrorKind::Shrank { .. } | ErrorKind::Page => None,
        }
    }
}

/// Whose map is guarded; held for as long as it lives.
static TURN: Mutex<()> = Mutex::new(());
/// The addresses of the guarded map's bytes; both 0 where there is none.
static START: AtomicUsize = AtomicUsize::new(0);
static END: AtomicUsize = AtomicUsize::new(0);
/// Whether a page of the guarded map was missing.
static FAULTED: AtomicBool = AtomicBool::new(false);
/// What the handler needs to know, set before the handler is.
static SETTING: OnceLock<Setting> = OnceLock::new();

struct Setting {
    page_bytes: usize,
    /// What was done about the signal before.
    previous: libc::sigaction,
}

/// Installs the handler, the first time that it is called.
#[expect(unsafe_code, reason = "signal handlers are the C library's")]
fn install_handler() -> io::Result<()> {
    if SETTING.get().is_some() {
        return Ok(());
    }
    // SAFETY: `sysconf` has no preconditions.
    let page_bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    let page_bytes = usize::try_from(page_bytes).map_err(io::Error::other)?;
    // SAFETY: all zeros is a value of this plain C struct: the default action and an empty mask.
    let mut previous: libc::sigaction = unsafe { mem::zeroed() };
    // SAFETY: a null pointer asks for no change, and `previous` is there to be written.
    let asked = unsafe { libc::sigaction(libc::SIGBUS, ptr::null(), &raw mut previous) };
    check(asked)?;
    if SETTING.set(Setting { page_bytes, previous }).is_err() {
        return Ok(());
    }
    let mut action = previous;
    // The standard library gave its threads a stack for handlers; a full one is no place to run.
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    action.sa_sigaction = on_bus_error as *const () as usize;
    // SAFETY: the handler has the signature that `SA_SIGINFO` asks for, and calls nothing but
    // what POSIX allows in a handler, and `mmap`, a bare system call.
    let installed = unsafe { libc::sigaction(libc::SIGBUS, &raw const action, ptr::null_mut()) };
    check(installed)
}

fn check(status: c_int) -> io::Result<()> {
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Mends the guarded map; leaves every other bus error to whoever handled it before.
#[expect(unsafe_code, reason = "signal handlers are the C library's")]
extern "C" fn on_bus_error(signal: c_int, info: *mut libc::siginfo_t, _context: *mut c_void) {
    // SAFETY: the kernel passes a valid pointer under `SA_SIGINFO`.
    let info = unsafe { &*info };
    // SAFETY: a bus error has an address. One that a process sent has not; what is read instead
    // is taken for an address that, if it lies in the map, costs that map its bytes, and the
    // witness says so.
    let address = unsafe { info.si_addr() }.addr();
    let Some(setting) = SETTING.get() else {
        return;
    };
    if replace_pages(address, setting.page_bytes) {
        return;
    }
    // SAFETY: `previous` came from `sigaction`.
    unsafe { libc::sigaction(signal, &raw const setting.previous, ptr::null_mut()) };
    // SAFETY: `raise` has no preconditions. The signal is blocked until this handler returns.
    unsafe { libc::raise(signal) };
}

/// Puts zeros in the place of the guarded map's bytes, from the page of an address on.
///
/// Returns false for an address outside of the map, and when the pages cannot be replaced.
#[expect(unsafe_code, reason = "pages are replaced under a live slice")]
fn replace_pages(address: usize, page_bytes: usize) -> bool {
    let (start, end) = (START.load(Ordering::SeqCst), END.load(Ordering::SeqCst));
    if !(start..end).contains(&address) {
        return false;
    }
    FAULTED.store(true, Ordering::SeqCst);
    let page = address - address % page_bytes;
    // SAFETY: the pages from `page` to `end` belong to the guarded map, which is alive while its
    // addresses are set; whoever holds its bytes may only read them, and still can.
    let mapped = unsafe {
        libc::mmap(
            ptr::with_exposed_provenance_mut(page),
            end - page,
            libc::PROT_READ,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
            -1,
            0,
        )
    };
    mapped != libc::MAP_FAILED
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const BYTES: usize = 1 << 20;

    fn guarded() -> (GuardedMap, Witness, File) {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(&vec![b'x'; BYTES]).expect("room for it");
        let writer = file.try_clone().expect("another handle");
        let (map, witness) = GuardedMap::open(file).expect("a map");
        (map, witness, writer)
    }

    #[test]
    fn a_whole_file_is_confirmed() {
        let (map, witness, _writer) = guarded();
        assert_eq!(map.as_bytes()[BYTES - 1], b'x');
        assert!(witness.confirm().is_ok());
    }

    #[test]
    fn missing_pages_read_as_zeros_and_are_told() {
        let (map, witness, writer) = guarded();
        writer.set_len(0).expect("a shorter file");
        assert_eq!(map.as_bytes()[BYTES - 1], 0);
        let message = witness.confirm().expect_err("the file shrank").to_string();
        assert_eq!(message, "the file shrank from 1048576 to 0 bytes while it was being read");

        writer.set_len(BYTES as u64).expect("a longer file");
        let message = witness.confirm().expect_err("a page was missing").to_string();
        assert!(message.starts_with("a page was missing"), "{message}");
    }

    #[test]
    fn a_shorter_last_page_is_told_without_a_signal() {
        let (_map, witness, writer) = guarded();
        writer.set_len(BYTES as u64 - 1).expect("a shorter file");
        assert!(witness.confirm().is_err());
    }

    #[test]
    fn a_new_map_starts_afresh() {
        let (map, witness, writer) = guarded();
        writer.set_len(0).expect("a shorter file");
        assert_eq!(map.as_bytes()[0], 0);
        drop((map, witness));
        let (_map, witness, _writer) = guarded();
        assert!(witness.confirm().is_ok());
    }
}
