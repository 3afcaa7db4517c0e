//! Files that would block, such as pipes that another process has set so, are waited for.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Reads or writes a file as if it were set to block.
#[derive(Debug)]
pub struct Waiting<F> {
    file: F,
    interrupt: Option<Interrupt>,
}

/// The nanoseconds after which somebody who waits for input looks whether it is still wanted.
const PATIENCE_NANOSECONDS: i64 = 50_000_000;

impl<F: AsFd> Waiting<F> {
    /// Waits for this file whenever it would block.
    pub fn new(file: F) -> Self {
        Self { file, interrupt: None }
    }

    /// Lets a thread that waits for input be called off.
    pub(crate) fn with_interrupt(mut self, interrupt: Interrupt) -> Self {
        self.interrupt = Some(interrupt);
        self
    }

    fn wait(&self, flags: PollFlags, timeout: Option<&Timespec>) -> io::Result<()> {
        let mut files = [PollFd::new(&self.file, flags)];
        match poll(&mut files, timeout) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until there is something to read; returns false once it is no longer wanted.
    fn wait_wanted(&self) -> io::Result<bool> {
        let Some(interrupt) = self.interrupt.as_ref().filter(|interrupt| interrupt.is_watched())
        else {
            return Ok(true);
        };
        let patience = Timespec { tv_sec: 0, tv_nsec: PATIENCE_NANOSECONDS };
        loop {
            if interrupt.is_raised() {
                return Ok(false);
            }
            let mut files = [PollFd::new(&self.file, PollFlags::IN)];
            match poll(&mut files, Some(&patience)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return Ok(true),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl<F: AsFd + Read> Read for Waiting<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.wait_wanted()? {
                return Ok(0);
            }
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.wait(PollFlags::IN, None)?;
                }
                result => return result,
            }
        }
    }
}

impl<F: AsFd + Write> Write for Waiting<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.file.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.wait(PollFlags::OUT, None)?;
                }
                result => return result,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Calls off a thread that waits for input, which may never come.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicU8>);

const WATCHED: u8 = 1;
const RAISED: u8 = 2;

impl Interrupt {
    /// Has whoever waits look for it from time to time.
    pub fn watch(&self) {
        self.0.store(WATCHED, Ordering::Relaxed);
    }

    /// Calls the thread off, where it was looked for; the input ends there.
    pub fn raise(&self) {
        let _ = self.0.compare_exchange(WATCHED, RAISED, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn is_watched(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed) == RAISED
    }
}
