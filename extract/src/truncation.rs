//! Memory maps that outlive the truncation of their files.
//!
//! Reading a mapped page that its file no longer has raises `SIGBUS`, which ends a process that
//! does not handle it. The handler here puts pages of zeros in the place of the map's missing
//! ones, so the read goes on. Zeros are not the file's bytes: whoever reads a map asks its
//! [`TruncationCheck`] before believing what was read.
//!
//! A handler may take no lock and call nothing that does, so the guarded ranges stand in a fixed
//! table of atomics. It never waits: an entry that changes while it is read guards no map that
//! anybody can be reading.

use std::fs::File;
use std::os::raw::{c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::{fmt, io, mem, ptr};

use delimark::{Burst, BurstLimits, MapSource, Source, SourceError};

/// The most maps that can be guarded at once in a process; one whose check is still held counts.
pub const GUARDED_MAPS_MAXIMUM: usize = 256;

/// Lends a mapped file, and goes on lending when the file shrinks.
///
/// Any number of threads may hold maps of their own, or share one.
#[derive(Debug)]
pub struct GuardedMap {
    map: MapSource,
    slot: Arc<TakenSlot>,
}

/// Tells whether a map has shown its file so far; it may outlive the map.
#[derive(Debug)]
pub struct TruncationCheck {
    file: File,
    bytes_mapped: u64,
    slot: Arc<TakenSlot>,
}

impl GuardedMap {
    /// Maps a file.
    ///
    /// # Errors
    ///
    /// The file cannot be mapped, the signal not be handled, or [`GUARDED_MAPS_MAXIMUM`] maps are
    /// guarded already.
    pub fn open(file: File) -> io::Result<(Self, TruncationCheck)> {
        install_handler()?;
        let slot = Arc::new(TakenSlot::take()?);
        let map = MapSource::from_file(&file)?;
        let range = map.as_bytes().as_ptr_range();
        slot.0.set_range(range.start.addr(), range.end.addr());
        let bytes_mapped = map.as_bytes().len() as u64;
        let check = TruncationCheck { file, bytes_mapped, slot: Arc::clone(&slot) };
        Ok((Self { map, slot }, check))
    }

    /// Returns the whole file as it is mapped.
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
        // Before the map itself goes: what is mapped at these addresses next is not ours.
        self.slot.0.set_range(0, 0);
    }
}

impl TruncationCheck {
    /// Verifies what was read from the map until now.
    ///
    /// Asks for the file's size as well, since a file that loses part of its last page shows
    /// zeros there without a signal. A file that shrank and grew again in between goes unseen
    /// if no page was missing when it was read.
    ///
    /// # Errors
    ///
    /// The file is shorter than it was, or a page of it could not be had.
    pub fn verify(&self) -> Result<(), Truncated> {
        let bytes_now = self.file.metadata().map_err(Truncated::unknown)?.len();
        if bytes_now < self.bytes_mapped {
            return Err(Truncated::shrank(self.bytes_mapped, bytes_now));
        }
        if self.slot.0.has_faulted.load(Ordering::SeqCst) {
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

/// The guarded maps. The handler reads it; whoever has taken a slot, and nobody else, writes that.
static SLOTS: [Slot; GUARDED_MAPS_MAXIMUM] = [const { Slot::new() }; GUARDED_MAPS_MAXIMUM];
/// The handler's setting, stored before the handler is installed.
static SETTING: OnceLock<Setting> = OnceLock::new();
/// True once the handler is installed. The handler itself never takes this lock.
static IS_INSTALLED: Mutex<bool> = Mutex::new(false);

/// The guard of one map.
#[derive(Debug)]
struct Slot {
    is_taken: AtomicBool,
    /// Odd while the addresses change.
    version: AtomicUsize,
    /// The addresses of the map's bytes; equal where there is none.
    start: AtomicUsize,
    end: AtomicUsize,
    /// True if a page of the map was missing.
    has_faulted: AtomicBool,
}

/// A slot that is given back when neither the map nor its check is left.
#[derive(Debug)]
struct TakenSlot(&'static Slot);

struct Setting {
    page_bytes: usize,
    /// The action for the signal before.
    previous: libc::sigaction,
}

impl Slot {
    const fn new() -> Self {
        Self {
            is_taken: AtomicBool::new(false),
            version: AtomicUsize::new(0),
            start: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            has_faulted: AtomicBool::new(false),
        }
    }

    /// Sets the addresses; only for whoever has taken the slot.
    fn set_range(&self, start: usize, end: usize) {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.start.store(start, Ordering::SeqCst);
        self.end.store(end, Ordering::SeqCst);
        self.version.fetch_add(1, Ordering::SeqCst);
    }

    /// Returns the end of the map's bytes if an address is among them.
    ///
    /// Addresses that change meanwhile are those of no map that is being read: it is not handed
    /// out yet, or has been dropped. Start and end of two maps are never taken for one.
    fn end_around(&self, address: usize) -> Option<usize> {
        let version = self.version.load(Ordering::SeqCst);
        let range = self.start.load(Ordering::SeqCst)..self.end.load(Ordering::SeqCst);
        let is_one_map =
            version.is_multiple_of(2) && self.version.load(Ordering::SeqCst) == version;
        (is_one_map && range.contains(&address)).then_some(range.end)
    }
}

impl TakenSlot {
    fn take() -> io::Result<Self> {
        let is_taken_now = |slot: &&Slot| !slot.is_taken.swap(true, Ordering::SeqCst);
        let slot = SLOTS.iter().find(is_taken_now).ok_or_else(|| {
            io::Error::other(format!("{GUARDED_MAPS_MAXIMUM} maps are guarded already"))
        })?;
        slot.has_faulted.store(false, Ordering::SeqCst);
        Ok(Self(slot))
    }
}

impl Drop for TakenSlot {
    fn drop(&mut self) {
        self.0.is_taken.store(false, Ordering::SeqCst);
    }
}

/// Installs the handler, the first time that it is called.
#[expect(unsafe_code, reason = "signal handlers are the C library's")]
fn install_handler() -> io::Result<()> {
    let mut is_installed = IS_INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if *is_installed {
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
    // What was found at an attempt before that failed is as good.
    let setting = SETTING.get_or_init(|| Setting { page_bytes, previous });
    let mut action = setting.previous;
    // The standard library gave its threads a stack for handlers; a full one is no place to run.
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    action.sa_sigaction = on_bus_error as *const () as usize;
    // SAFETY: the handler has the signature that `SA_SIGINFO` asks for, and calls nothing but
    // what POSIX allows in a handler, and `mmap`, a bare system call.
    let installed = unsafe { libc::sigaction(libc::SIGBUS, &raw const action, ptr::null_mut()) };
    check(installed)?;
    *is_installed = true;
    Ok(())
}

fn check(status: c_int) -> io::Result<()> {
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The codes of bus errors that a read met, which have an address: `BUS_ADRALN`, `BUS_ADRERR`,
/// `BUS_OBJERR`, `BUS_MCEERR_AR`. One that a process sent has another code.
const CODES_OF_READS: std::ops::RangeInclusive<c_int> = 1..=4;

/// Mends a guarded map; leaves every other bus error to whoever handled it before.
#[expect(unsafe_code, reason = "signal handlers are the C library's")]
extern "C" fn on_bus_error(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let Some(setting) = SETTING.get() else {
        return;
    };
    // SAFETY: the kernel passes a valid pointer under `SA_SIGINFO`.
    let code = unsafe { (*info).si_code };
    let is_of_read = CODES_OF_READS.contains(&code);
    if is_of_read {
        // SAFETY: as above.
        let info = unsafe { &*info };
        // SAFETY: a bus error that a read met has an address.
        let address = unsafe { info.si_addr() }.addr();
        if replace_pages(address, setting.page_bytes) {
            return;
        }
    }
    match setting.previous.sa_sigaction {
        // Nobody sent it, so ignoring it would only meet it again.
        libc::SIG_IGN if !is_of_read => {}
        libc::SIG_DFL | libc::SIG_IGN => end_process(signal),
        handler if setting.previous.sa_flags & libc::SA_SIGINFO != 0 => {
            // SAFETY: a handler installed with `SA_SIGINFO` has this signature.
            let handler = unsafe { mem::transmute::<usize, InformedHandler>(handler) };
            handler(signal, info, context);
        }
        handler => {
            // SAFETY: a handler installed without `SA_SIGINFO` has this signature.
            let handler = unsafe { mem::transmute::<usize, PlainHandler>(handler) };
            handler(signal);
        }
    }
}

type InformedHandler = extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);
type PlainHandler = extern "C" fn(c_int);

/// Has the signal do what it does without a handler, as soon as this one returns.
#[expect(unsafe_code, reason = "signal handlers are the C library's")]
fn end_process(signal: c_int) {
    // SAFETY: `signal` has no preconditions for this action.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
    // SAFETY: `raise` has no preconditions. The signal is blocked until the handler returns.
    unsafe { libc::raise(signal) };
}

/// Puts zeros in the place of a guarded map's bytes, from the page of an address on.
///
/// Returns false for an address outside of the maps, and when the pages cannot be replaced.
#[expect(unsafe_code, reason = "pages are replaced under a live slice")]
fn replace_pages(address: usize, page_bytes: usize) -> bool {
    let guarded = SLOTS.iter().find_map(|slot| Some((slot, slot.end_around(address)?)));
    let Some((slot, end)) = guarded else {
        return false;
    };
    slot.has_faulted.store(true, Ordering::SeqCst);
    let page = address - address % page_bytes;
    // SAFETY: the pages from `page` to `end` belong to one guarded map, which is alive: its
    // addresses are set for no longer, and the thread that was interrupted is reading it. Whoever
    // holds its bytes may only read them, and still can.
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
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;
    use std::sync::Barrier;
    use std::{env, thread};

    use delimark::{Counts, Dialect, Scanner};

    use super::*;

    const BYTES: usize = 1 << 20;
    /// Set in the process that is to end by the signal.
    const CHILD_VARIABLE: &str = "DELIMARK_TEST_BUS_ERROR";

    fn guarded(byte: u8) -> (GuardedMap, TruncationCheck, File) {
        guarded_file(&vec![byte; BYTES])
    }

    fn guarded_file(bytes: &[u8]) -> (GuardedMap, TruncationCheck, File) {
        let writer = file(bytes);
        let file = writer.try_clone().expect("another handle");
        let (map, check) = GuardedMap::open(file).expect("a map");
        (map, check, writer)
    }

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(bytes).expect("room for it");
        file
    }

    /// Shortens a file, has the page of a byte be missing, and makes the file as long again.
    fn miss_page(map: &GuardedMap, writer: &File, index: usize) {
        writer.set_len(0).expect("a shorter file");
        assert_eq!(map.as_bytes()[index], 0);
        writer.set_len(BYTES as u64).expect("a longer file");
    }

    #[test]
    fn a_whole_file_is_verified() {
        let (map, check, _writer) = guarded(b'x');
        assert_eq!(map.as_bytes()[BYTES - 1], b'x');
        assert!(check.verify().is_ok());
    }

    #[test]
    fn missing_pages_read_as_zeros_and_are_told() {
        let (map, check, writer) = guarded(b'x');
        writer.set_len(0).expect("a shorter file");
        assert_eq!(map.as_bytes()[BYTES - 1], 0);
        let message = check.verify().expect_err("the file shrank").to_string();
        assert_eq!(message, "the file shrank from 1048576 to 0 bytes while it was being read");

        writer.set_len(BYTES as u64).expect("a longer file");
        let message = check.verify().expect_err("a page was missing").to_string();
        assert!(message.starts_with("a page was missing"), "{message}");
    }

    #[test]
    fn a_shorter_last_page_is_told_without_a_signal() {
        let (_map, check, writer) = guarded(b'x');
        writer.set_len(BYTES as u64 - 1).expect("a shorter file");
        assert!(check.verify().is_err());
    }

    #[test]
    fn a_new_map_starts_afresh() {
        let (map, check, writer) = guarded(b'x');
        miss_page(&map, &writer, 0);
        drop((map, check));
        let (_map, check, _writer) = guarded(b'x');
        assert!(check.verify().is_ok());
    }

    #[test]
    fn a_check_outlives_its_map() {
        let (map, check, writer) = guarded(b'x');
        miss_page(&map, &writer, 0);
        drop(map);
        let (other, other_check, _writer) = guarded(b'y');
        assert_eq!(other.as_bytes()[0], b'y');
        assert!(other_check.verify().is_ok());
        assert!(check.verify().is_err());
    }

    #[test]
    fn maps_on_one_thread_are_told_apart() {
        let (outer, outer_check, _outer_writer) = guarded(b'x');
        let (inner, inner_check, inner_writer) = guarded(b'y');
        miss_page(&inner, &inner_writer, BYTES / 2);
        assert!(inner_check.verify().is_err());
        assert!(outer.as_bytes().iter().all(|&byte| byte == b'x'));
        assert!(outer_check.verify().is_ok());

        drop((inner, inner_check));
        let (inner, inner_check, _writer) = guarded(b'z');
        assert_eq!(inner.as_bytes()[0], b'z');
        assert!(inner_check.verify().is_ok() && outer_check.verify().is_ok());
    }

    #[test]
    fn an_outer_map_is_mended_while_an_inner_one_lives() {
        let (outer, outer_check, outer_writer) = guarded(b'x');
        {
            let (inner, inner_check, _writer) = guarded(b'y');
            miss_page(&outer, &outer_writer, 0);
            assert_eq!(inner.as_bytes()[BYTES - 1], b'y');
            assert!(inner_check.verify().is_ok());
        }
        assert!(outer_check.verify().is_err());
    }

    #[test]
    fn slots_are_used_again() {
        for _ in 0..4 * GUARDED_MAPS_MAXIMUM {
            let (map, check, _writer) = guarded_file(b"a|b\n");
            assert_eq!(map.as_bytes(), b"a|b\n");
            assert!(check.verify().is_ok());
        }
    }

    /// Runs alone in a process of its own: the others would find no slot meanwhile.
    #[test]
    fn more_maps_than_slots_are_an_error() {
        if !is_child() {
            let status = run_child("more_maps_than_slots_are_an_error");
            assert!(status.success(), "{status}");
            return;
        }
        let open = || GuardedMap::open(file(b"a"));
        let maps: Vec<_> = (0..GUARDED_MAPS_MAXIMUM).map(|_| open().expect("a slot")).collect();
        let message = open().expect_err("no slot is left").to_string();
        assert_eq!(message, "256 maps are guarded already");
        drop(maps);
        assert!(open().is_ok());
    }

    #[test]
    fn what_is_not_guarded_ends_the_process_as_before() {
        if !is_child() {
            let status = run_child("what_is_not_guarded_ends_the_process_as_before");
            assert_eq!(status.signal(), Some(libc::SIGBUS), "{status}");
            return;
        }
        let (_guarded, _check, _writer) = guarded(b'x');
        let writer = file(&[b'y'; BYTES]);
        let map = MapSource::from_file(&writer).expect("a map");
        writer.set_len(0).expect("a shorter file");
        // Not guarded, so this is the end.
        assert_eq!(map.as_bytes()[0], 0);
    }

    fn is_child() -> bool {
        env::var_os(CHILD_VARIABLE).is_some()
    }

    fn run_child(test: &str) -> std::process::ExitStatus {
        let mut command = Command::new(env::current_exe().expect("this program"));
        command.args(["--exact", &format!("truncation::tests::{test}")]);
        command.env(CHILD_VARIABLE, "1").output().expect("it can be started").status
    }

    #[test]
    fn eight_threads_read_eight_files_and_one_shrinks() {
        const THREADS: usize = 8;
        const SHRINKING: usize = 3;
        const PASSES: usize = 40;
        // One more for the thread that shortens the file.
        let halfway = Barrier::new(THREADS + 1);
        let is_short = Barrier::new(THREADS + 1);
        let pass = |map: &GuardedMap| {
            let dialect = Dialect::new(b'|').expect("a delimiter");
            let scanner = Scanner::new(dialect).expect("a backend");
            scanner.count(map.as_bytes())
        };
        let read = |index: usize, map: &GuardedMap, check: &TruncationCheck| {
            // As many fields as the index, and one.
            let line_bytes = index as u64 + 1;
            let records = (BYTES as u64).div_ceil(line_bytes);
            let fields = BYTES as u64 + u64::from(!(BYTES as u64).is_multiple_of(line_bytes));
            let expected = Counts { records, fields };
            // Told at the end: a thread that panics would keep the others waiting.
            let mut wrong = Vec::new();
            for number in 0..PASSES {
                if number == PASSES / 2 {
                    halfway.wait();
                }
                let answer = pass(map);
                if number == PASSES / 2 {
                    is_short.wait();
                }
                let is_whole = index != SHRINKING || number < PASSES / 2;
                if is_whole && (answer != expected || check.verify().is_err()) {
                    wrong.push(format!("file {index}, pass {number}: {answer:?}"));
                }
            }
            (wrong, pass(map) == expected)
        };
        let maps: Vec<_> = (0..THREADS)
            .map(|index| {
                let line: Vec<u8> = [&vec![b'|'; index][..], b"\n"].concat();
                guarded_file(&line.iter().copied().cycle().take(BYTES).collect::<Vec<_>>())
            })
            .collect();
        thread::scope(|scope| {
            let readers: Vec<_> = maps
                .iter()
                .enumerate()
                .map(|(index, (map, check, _))| scope.spawn(move || read(index, map, check)))
                .collect();
            halfway.wait();
            // While all of them are amid a pass.
            maps[SHRINKING].2.set_len(4096).expect("a shorter file");
            is_short.wait();
            for (index, reader) in readers.into_iter().enumerate() {
                let (wrong, is_right) = reader.join().expect("no reader panics");
                assert_eq!(wrong, [""; 0]);
                assert_eq!(is_right, index != SHRINKING, "file {index}");
            }
        });
        // As long as before, so only the missing page tells.
        maps[SHRINKING].2.set_len(BYTES as u64).expect("a longer file");
        for (index, (_, check, _)) in maps.iter().enumerate() {
            assert_eq!(check.verify().is_ok(), index != SHRINKING, "file {index}");
        }
    }
}
