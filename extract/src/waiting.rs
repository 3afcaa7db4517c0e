//! Files that would block, such as pipes that another process has set so, are waited for.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Reads or writes a file as if it were set to block.
#[derive(Debug)]
pub struct Waiting<F> {
    file: F,
    interrupt: Option<Interrupt>,
    deadline: Deadline,
}

/// The time after which somebody who waits for input looks whether it is still wanted.
const PATIENCE: Duration = Duration::from_millis(50);

impl<F: AsFd> Waiting<F> {
    /// Waits for this file whenever it would block.
    pub fn new(file: F) -> Self {
        Self { file, interrupt: None, deadline: Deadline::default() }
    }

    /// Lets a thread that waits for input be called off.
    pub(crate) fn with_interrupt(mut self, interrupt: Interrupt) -> Self {
        self.interrupt = Some(interrupt);
        self
    }

    /// Waits for input until a point in time, which can be set again and again. Where there is none
    /// by then, the error is of the kind `WouldBlock`, and reading may go on.
    pub(crate) fn with_deadline(mut self, deadline: Deadline) -> Self {
        self.deadline = deadline;
        self
    }

    fn wait(&self, flags: PollFlags) -> io::Result<()> {
        let mut files = [PollFd::new(&self.file, flags)];
        match poll(&mut files, None) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until there is something to read; returns false once it is no longer wanted.
    fn wait_wanted(&self) -> io::Result<bool> {
        let interrupt = self.interrupt.as_ref().filter(|interrupt| interrupt.is_watched());
        let deadline = self.deadline.get();
        if interrupt.is_none() && deadline.is_none() {
            return Ok(true);
        }
        loop {
            if interrupt.is_some_and(Interrupt::is_raised) {
                return Ok(false);
            }
            let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
            let patience = left.map_or(PATIENCE, |left| left.min(PATIENCE));
            let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(patience.subsec_nanos()) };
            let mut files = [PollFd::new(&self.file, PollFlags::IN)];
            match poll(&mut files, Some(&timeout)) {
                Ok(0) if left.is_some_and(|left| left.is_zero()) => {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
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
                // Another process may have taken what there was.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if self.deadline.get().is_none() {
                        self.wait(PollFlags::IN)?;
                    }
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
                    self.wait(PollFlags::OUT)?;
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

/// The point in time until which a thread waits for input, if there is one.
#[derive(Clone, Debug, Default)]
pub struct Deadline(Arc<Mutex<Option<Instant>>>);

impl Deadline {
    /// Sets it for the reads to come; without one they wait as long as it takes.
    pub fn set(&self, end: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = end;
    }

    fn get(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io::pipe;
    use std::thread;

    use super::*;

    #[test]
    fn a_read_waits_until_its_deadline_and_may_go_on() {
        let (reader, mut writer) = pipe().unwrap();
        let deadline = Deadline::default();
        let mut reader = Waiting::new(reader).with_deadline(deadline.clone());
        let begin = Instant::now();
        deadline.set(Some(begin + Duration::from_millis(120)));
        let mut buffer = [0; 8];
        let error = reader.read(&mut buffer).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert!(begin.elapsed() >= Duration::from_millis(120));
        // What is there is read, however late it is.
        writer.write_all(b"a").unwrap();
        assert_eq!(reader.read(&mut buffer).unwrap(), 1);
        deadline.set(None);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| reader.read(&mut buffer));
            thread::sleep(Duration::from_millis(20));
            assert!(!waiting.is_finished());
            drop(writer);
            assert_eq!(waiting.join().unwrap().unwrap(), 0);
        });
    }
}
