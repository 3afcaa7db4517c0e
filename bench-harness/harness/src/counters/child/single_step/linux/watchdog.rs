//! The end of a child that takes too long: a tracer that waits for one cannot look at the clock.

use std::os::fd::OwnedFd;
use std::process::Child;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// Kills a child when its time is over.
pub(super) struct Watchdog {
    started: Instant,
    limit: Duration,
    /// Gone with the watchdog, which ends its thread.
    _leash: Sender<()>,
    handle: Arc<OwnedFd>,
}

impl Watchdog {
    /// Begins to watch a child; one that cannot be watched is ended at once.
    pub(super) fn watch(child: &mut Child, limit: Duration) -> Result<Self, String> {
        let watchdog = Self::start(child, limit);
        if watchdog.is_err() {
            // It fails where the child has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
        watchdog
    }

    fn start(child: &Child, limit: Duration) -> Result<Self, String> {
        // A handle stays the child's, where its number may become another's.
        let handle = pidfd_open(Pid::from_child(child), PidfdFlags::empty())
            .map_err(|error| format!("the kernel gives no handle on a process: {error}"))?;
        let handle = Arc::new(handle);
        let (leash, end) = mpsc::channel();
        let watched = Arc::clone(&handle);
        thread::Builder::new()
            .spawn(move || bark(&end, limit, &watched))
            .map_err(|error| format!("no thread can be started: {error}"))?;
        Ok(Self { started: Instant::now(), limit, _leash: leash, handle })
    }

    /// Kills it before.
    pub(super) fn kill(&self) {
        kill(&self.handle);
    }

    /// Returns the reason for which a child has ended, where that was the watchdog.
    pub(super) fn verdict(&self) -> Option<String> {
        let seconds = self.limit.as_secs_f64();
        (self.started.elapsed() >= self.limit).then(|| format!("no end within {seconds} s"))
    }
}

fn bark(end: &Receiver<()>, limit: Duration, handle: &OwnedFd) {
    if end.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
        kill(handle);
    }
}

fn kill(handle: &OwnedFd) {
    // It fails where the child has ended already.
    let _ = pidfd_send_signal(handle, Signal::KILL);
}
