//! A process from its start to its end, by the clock: looking at it now and then, as is done
//! elsewhere, would be off by as long as the pause.

use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::group::Group;
use super::{PATIENCE, read_tail};

/// The end of a process that was timed.
#[derive(Debug)]
pub(crate) enum TimedEnding {
    /// By itself.
    Ended {
        /// The time that it took, the start of the process included.
        duration: Duration,
        status: ExitStatus,
        /// The end of its standard error.
        last_words: String,
    },
    /// It did not, and was killed.
    Hung,
    /// It wrote too much, and was killed.
    TooMuch,
}

/// The end of a wait for a process that was not killed.
enum Waited {
    Ended(Instant),
    Hung,
    TooMuch,
}

/// Runs a command and takes the time. Standard input and output are the caller's, who also says
/// whether the command has written too much.
pub(crate) fn time(
    command: &mut Command,
    limit: Duration,
    has_written_too_much: impl Fn() -> io::Result<bool>,
) -> io::Result<TimedEnding> {
    command.stderr(Stdio::piped());
    let begin = Instant::now();
    let mut group = Group::spawn(command)?;
    let stderr = group.child().stderr.take().expect("it was asked for");
    let last_words = read_tail(stderr);
    let end = match wait(&mut group, limit, &has_written_too_much)? {
        Waited::Hung => return Ok(TimedEnding::Hung),
        Waited::TooMuch => return Ok(TimedEnding::TooMuch),
        Waited::Ended(end) => end,
    };
    let status = group.end()?;
    // It may have been quicker than the looks at it.
    if has_written_too_much()? {
        return Ok(TimedEnding::TooMuch);
    }
    let last_words = last_words.recv_timeout(PATIENCE).unwrap_or_default().join(" ");
    Ok(TimedEnding::Ended { duration: end - begin, status, last_words })
}

/// Waits until the process has ended, or kills it.
#[cfg(unix)]
fn wait(
    group: &mut Group,
    limit: Duration,
    has_written_too_much: impl Fn() -> io::Result<bool>,
) -> io::Result<Waited> {
    use std::sync::mpsc::sync_channel;

    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    use super::LONGEST_PAUSE;

    let process = Pid::from_child(group.child());
    let begin = Instant::now();
    let (sender, ended) = sync_channel(1);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // It keeps its number until the group is ended.
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            let waited = waitid(WaitId::Pid(process), options).map(|_status| Instant::now());
            // Nobody listens once the time is over.
            let _ = sender.send(waited);
        });
        let waited = loop {
            let left = limit.saturating_sub(begin.elapsed());
            match ended.recv_timeout(left.min(LONGEST_PAUSE)) {
                Ok(end) => return Ok(Waited::Ended(end?)),
                Err(_) if left.is_zero() => break Ok(Waited::Hung),
                Err(_) => match has_written_too_much() {
                    Ok(false) => {}
                    Ok(true) => break Ok(Waited::TooMuch),
                    Err(error) => break Err(error),
                },
            }
        };
        // The thread ends with it.
        group.end()?;
        waited
    })
}

/// Waits until the process has ended, or kills it.
#[cfg(not(unix))]
fn wait(
    group: &mut Group,
    limit: Duration,
    has_written_too_much: impl Fn() -> io::Result<bool>,
) -> io::Result<Waited> {
    let begin = Instant::now();
    while !group.has_ended()? {
        if begin.elapsed() > limit {
            group.end()?;
            return Ok(Waited::Hung);
        }
        if has_written_too_much()? {
            group.end()?;
            return Ok(Waited::TooMuch);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(Waited::Ended(Instant::now()))
}
