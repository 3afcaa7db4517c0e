//! A process from its start to its end, by the clock; apart because looking at it now and then, as
//! is done elsewhere, would be off by as long as the pause.

use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::group::Group;
use super::{PATIENCE, read_tail};

/// How a process that was timed ended.
#[derive(Debug)]
pub(crate) enum TimedEnding {
    /// By itself.
    Ended {
        /// How long that took, the start of the process included.
        duration: Duration,
        status: ExitStatus,
        /// The end of its standard error.
        last_words: String,
    },
    /// It did not, and was killed.
    Hung,
}

/// Runs a command and takes the time. Standard input and output are the caller's.
pub(crate) fn time(command: &mut Command, limit: Duration) -> io::Result<TimedEnding> {
    command.stderr(Stdio::piped());
    let begin = Instant::now();
    let mut group = Group::spawn(command)?;
    let stderr = group.child().stderr.take().expect("it was asked for");
    let last_words = read_tail(stderr);
    let Some(end) = wait(&mut group, limit)? else { return Ok(TimedEnding::Hung) };
    let status = group.end()?;
    let last_words = last_words.recv_timeout(PATIENCE).unwrap_or_default().join(" ");
    Ok(TimedEnding::Ended { duration: end - begin, status, last_words })
}

/// When the process ended; nothing where it did not, and was killed.
#[cfg(unix)]
fn wait(group: &mut Group, limit: Duration) -> io::Result<Option<Instant>> {
    use std::sync::mpsc::sync_channel;

    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    let process = Pid::from_child(group.child());
    let (sender, ended) = sync_channel(1);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // It keeps its number until the group is ended.
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            let waited = waitid(WaitId::Pid(process), options).map(|_status| Instant::now());
            // Nobody listens once the time is over.
            let _ = sender.send(waited);
        });
        match ended.recv_timeout(limit) {
            Ok(end) => Ok(Some(end?)),
            Err(_) => {
                group.end()?;
                Ok(None)
            }
        }
    })
}

/// When the process ended; nothing where it did not, and was killed.
#[cfg(not(unix))]
fn wait(group: &mut Group, limit: Duration) -> io::Result<Option<Instant>> {
    let begin = Instant::now();
    while !group.has_ended()? {
        if begin.elapsed() > limit {
            group.end()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(Some(Instant::now()))
}
