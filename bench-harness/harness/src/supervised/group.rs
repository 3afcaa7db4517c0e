//! A process and all that it starts, ended together: also where a signal ends this one.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::start::start;

/// The numbers of the first processes that are not waited for yet: only these are sure to be
/// theirs.
static LIVE: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// A process and all that it starts, unless that leaves the group.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    is_live: bool,
}

impl Group {
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        // Whoever ends all of them sees this one, or it does not begin.
        let mut live = live();
        let child = start(command)?;
        live.push(child.id());
        Ok(Self { child, is_live: true })
    }

    /// The first process.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Tells whether the first process has ended, which leaves its number its own.
    #[cfg(unix)]
    pub(crate) fn has_ended(&mut self) -> io::Result<bool> {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(waitid(WaitId::Pid(Pid::from_child(&self.child)), options)?.is_some())
    }

    /// Tells whether the first process has ended.
    #[cfg(not(unix))]
    pub(crate) fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Kills whoever is left, and tells how the first process ended.
    pub(crate) fn end(&mut self) -> io::Result<ExitStatus> {
        let mut live = live();
        if self.is_live {
            kill(&mut self.child);
            self.is_live = false;
            live.retain(|&process| process != self.child.id());
        }
        self.child.wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // It has been killed: there is nothing else to do about it.
        let _ = self.end();
    }
}

fn live() -> MutexGuard<'static, Vec<u32>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn kill(child: &mut Child) {
    kill_group(rustix::process::Pid::from_child(child));
}

#[cfg(not(unix))]
fn kill(child: &mut Child) {
    // There may be nobody left to kill.
    let _ = child.kill();
}

#[cfg(unix)]
fn kill_group(first: rustix::process::Pid) {
    // There may be nobody left to kill.
    let _ = rustix::process::kill_process_group(first, rustix::process::Signal::KILL);
}

/// Makes the signals that ask this process to end take the children along, which a terminal does
/// not do, each being in a group of its own, and the temporary files that they are given.
///
/// # Errors
///
/// The signals cannot be handled, or no thread can be started.
#[cfg(unix)]
pub fn end_children_on_signals() -> io::Result<()> {
    use rustix::process::Pid;
    use signal_hook::consts::{SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    let end = move || {
        if let Some(signal) = signals.forever().next() {
            // Held to the end, so that no child begins any more.
            let live = live();
            let numbers = live.iter().filter_map(|&process| i32::try_from(process).ok());
            numbers.filter_map(Pid::from_raw).for_each(kill_group);
            let _cleared = super::scratch::clear();
            std::process::exit(128 + signal);
        }
    };
    std::thread::Builder::new().spawn(end)?;
    Ok(())
}

/// Does nothing: children are in no group of their own here.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn end_children_on_signals() -> io::Result<()> {
    Ok(())
}
