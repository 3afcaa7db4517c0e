//! A process that is given its input and a time, and can neither block nor outlive its caller.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// The most that is taken for an answer.
const OUTPUT_BYTES_MOST: u64 = 256 << 20;

/// How much of standard error is kept.
const LAST_WORDS_BYTES: usize = 300;

/// How long the rest of standard error may take once the process has ended.
const LAST_WORDS_PATIENCE: Duration = Duration::from_millis(500);

/// How a process ended.
#[derive(Debug)]
pub(super) enum Ending {
    /// By itself.
    Ended(Output),
    /// It did not, and was killed.
    Hung,
    /// It wrote more than this, and was killed.
    TooMuch {
        /// The most that it may write.
        bytes: u64,
    },
}

/// What a process left behind.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) status: ExitStatus,
    /// Its standard output.
    pub(super) bytes: Vec<u8>,
    /// The end of its standard error.
    pub(super) last_words: String,
}

/// Runs a program. Each pipe has a thread: one that does not read, or talks without end, blocks
/// nobody. The threads end with the pipes, which somebody that the program left behind may hold.
pub(super) fn run(
    program: &Path,
    arguments: &[String],
    input: Vec<u8>,
    limit: Duration,
) -> io::Result<Ending> {
    let deadline = Instant::now() + limit;
    let mut command = Command::new(program);
    command.args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::spawn(&mut command)?;
    let piped = "was asked for";
    let mut stdin = group.child.stdin.take().expect(piped);
    let stdout = group.child.stdout.take().expect(piped);
    let last_words = read_tail(group.child.stderr.take().expect(piped));
    // A program may end, or reject, without reading all of its input.
    thread::spawn(move || stdin.write_all(&input).and_then(|()| stdin.flush()));
    let output = read(stdout);

    let bytes = match output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(bytes) => bytes?,
        Err(RecvTimeoutError::Timeout) => return Ok(Ending::Hung),
        Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::BrokenPipe.into()),
    };
    if bytes.len() as u64 > OUTPUT_BYTES_MOST {
        return Ok(Ending::TooMuch { bytes: OUTPUT_BYTES_MOST });
    }
    let Some(status) = group.wait(deadline)? else {
        return Ok(Ending::Hung);
    };
    let last_words = last_words.recv_timeout(LAST_WORDS_PATIENCE).unwrap_or_default();
    Ok(Ending::Ended(Output { status, bytes, last_words }))
}

fn read(pipe: impl Read + Send + 'static) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = pipe.take(OUTPUT_BYTES_MOST + 1).read_to_end(&mut bytes);
        // Nobody listens once the time is over.
        let _ = sender.send(read.map(|_count| bytes));
    });
    receiver
}

/// Reads everything and keeps the end of it, in one line.
fn read_tail(mut pipe: ChildStderr) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut tail = Vec::new();
        let mut chunk = [0; 4 << 10];
        while let Ok(count @ 1..) = pipe.read(&mut chunk) {
            tail.extend_from_slice(&chunk[..count]);
            let surplus = tail.len().saturating_sub(LAST_WORDS_BYTES);
            tail.drain(..surplus);
        }
        let words = String::from_utf8_lossy(&tail);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        // Nobody listens once patience has ended.
        let _ = sender.send(words);
    });
    receiver
}

/// A process and all that it starts, ended together.
struct Group {
    child: Child,
    ended: bool,
}

impl Group {
    fn spawn(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        Ok(Self { child: command.spawn()?, ended: false })
    }

    /// Waits for the first process; nothing where it takes too long.
    fn wait(&mut self, deadline: Instant) -> io::Result<Option<ExitStatus>> {
        // A process that has closed its output mostly has ended: no need to sleep long.
        let mut pause = Duration::from_micros(50);
        loop {
            if let Some(status) = self.child.try_wait()? {
                self.ended = true;
                return Ok(Some(status));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    #[cfg(unix)]
    fn kill(&mut self) {
        let group = rustix::process::Pid::from_child(&self.child);
        // There may be nobody left to kill.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }

    #[cfg(not(unix))]
    fn kill(&mut self) {
        // There may be nobody left to kill.
        let _ = self.child.kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Once it has been waited for, its number may be somebody else's.
        if !self.ended {
            self.kill();
            let _ = self.child.wait();
        }
    }
}
