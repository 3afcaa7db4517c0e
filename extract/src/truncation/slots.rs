//! The table of guarded maps and the signal handler that reads it.

use std::os::raw::{c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::{io, mem, ptr};

/// The most maps that can be guarded at once in a process; one whose check is still held counts.
pub const GUARDED_MAPS_MAXIMUM: usize = 256;

/// The guarded maps. The handler reads it; whoever has taken a slot, and nobody else, writes that.
static SLOTS: [Slot; GUARDED_MAPS_MAXIMUM] = [const { Slot::new() }; GUARDED_MAPS_MAXIMUM];
/// The handler's setting, stored before the handler is installed.
static SETTING: OnceLock<Setting> = OnceLock::new();
/// True once the handler is installed. The handler itself never takes this lock.
static IS_INSTALLED: Mutex<bool> = Mutex::new(false);
/// True once the handler before has given the signal its default action, as the standard
/// library's does for a bus error that is not its own.
static HAS_PREVIOUS_GONE: AtomicBool = AtomicBool::new(false);

/// The guard of one map.
#[derive(Debug)]
struct Slot {
    /// The holders of the slot: a map, its check, or both.
    holders: AtomicUsize,
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
pub(super) struct TakenSlot(&'static Slot);

struct Setting {
    page_bytes: usize,
    /// The action for the signal before.
    previous: libc::sigaction,
}

impl Slot {
    const fn new() -> Self {
        Self {
            holders: AtomicUsize::new(0),
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
    /// Takes a slot that nobody has.
    pub(super) fn take() -> io::Result<Self> {
        let is_taken_now = |slot: &&Slot| {
            let (none, one) = (0, 1);
            let order = Ordering::SeqCst;
            slot.holders.compare_exchange(none, one, order, order).is_ok()
        };
        let slot = SLOTS.iter().find(is_taken_now).ok_or_else(|| {
            io::Error::other(format!("{GUARDED_MAPS_MAXIMUM} maps are guarded already"))
        })?;
        slot.has_faulted.store(false, Ordering::SeqCst);
        Ok(Self(slot))
    }

    /// Sets the addresses of the map's bytes; equal ones guard nothing.
    pub(super) fn set_range(&self, start: usize, end: usize) {
        self.0.set_range(start, end);
    }

    /// Returns true if a page of the map was missing.
    pub(super) fn has_faulted(&self) -> bool {
        self.0.has_faulted.load(Ordering::SeqCst)
    }
}

impl Clone for TakenSlot {
    fn clone(&self) -> Self {
        self.0.holders.fetch_add(1, Ordering::SeqCst);
        Self(self.0)
    }
}

impl Drop for TakenSlot {
    fn drop(&mut self) {
        self.0.holders.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Installs the handler, the first time that it is called.
#[expect(unsafe_code, reason = "signal handlers are the C library's")]
pub(super) fn install_handler() -> io::Result<()> {
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
    action.sa_flags = HANDLER_FLAGS;
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
    let previous = match setting.previous.sa_sigaction {
        _ if HAS_PREVIOUS_GONE.load(Ordering::SeqCst) => libc::SIG_DFL,
        action => action,
    };
    match previous {
        // Nobody sent it, so ignoring it would only meet it again.
        libc::SIG_IGN if !is_of_read => {}
        libc::SIG_DFL | libc::SIG_IGN => end_process(signal),
        handler if setting.previous.sa_flags & libc::SA_SIGINFO != 0 => {
            // SAFETY: a handler installed with `SA_SIGINFO` has this signature.
            let handler = unsafe { mem::transmute::<usize, InformedHandler>(handler) };
            handler(signal, info, context);
            if !is_of_read {
                stay_installed(signal);
            }
        }
        handler => {
            // SAFETY: a handler installed without `SA_SIGINFO` has this signature.
            let handler = unsafe { mem::transmute::<usize, PlainHandler>(handler) };
            handler(signal);
            if !is_of_read {
                stay_installed(signal);
            }
        }
    }
}

/// The standard library gave its threads a stack for handlers; a full one is no place to run.
const HANDLER_FLAGS: c_int = libc::SA_SIGINFO | libc::SA_ONSTACK;

type InformedHandler = extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);
type PlainHandler = extern "C" fn(c_int);

/// Installs the handler again where the one before, which has just run, took it away by restoring
/// the default action: the process goes on, and its maps are to stay guarded. The next signal that
/// is not for a map has the default action, as it would have without this handler.
///
/// A map of another thread that loses a page in between ends the process: the C library cannot
/// exchange the actions in one step.
///
/// Not for a bus error that a read met: the read meets it again, and the default action ends it.
#[expect(unsafe_code, reason = "signal handlers are the C library's")]
fn stay_installed(signal: c_int) {
    // SAFETY: all zeros is a value of this plain C struct: the default action and an empty mask.
    let mut action: libc::sigaction = unsafe { mem::zeroed() };
    // SAFETY: a null pointer asks for no change, and `action` is there to be written.
    let asked = unsafe { libc::sigaction(signal, ptr::null(), &raw mut action) };
    if asked != 0 || action.sa_sigaction != libc::SIG_DFL {
        return;
    }
    HAS_PREVIOUS_GONE.store(true, Ordering::SeqCst);
    action.sa_flags = HANDLER_FLAGS;
    action.sa_sigaction = on_bus_error as *const () as usize;
    // SAFETY: as for the first time; POSIX allows `sigaction` in a handler. Where it fails, the
    // default action stays, and there is nobody to tell.
    unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
}

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
