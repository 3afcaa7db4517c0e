//! A child process that is asked line by line and can neither block its caller for long nor be
//! left behind.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Fault;
use crate::supervised::Group;

/// The longest answer that is taken for one.
const ANSWER_BYTES_MOST: u64 = 256 << 20;

/// The bytes of standard error that are kept.
const LAST_WORDS_BYTES: usize = 2 << 10;

/// The time that a process may take to end once it has closed its output.
const END_TIME_LIMIT: Duration = Duration::from_secs(2);

/// A running process. Its three pipes have a thread each: a process that does not read, or talks
/// on standard error without end, stops nobody else.
#[derive(Debug)]
pub(super) struct Process {
    group: Group,
    requests: Sender<Vec<u8>>,
    answers: Receiver<Vec<u8>>,
    last_words: LastWords,
}

impl Process {
    pub(super) fn start(
        program: &Path,
        arguments: &[String],
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, Fault> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // It may be a script that starts others, and they are not to outlive it.
        let mut group = Group::spawn(&mut command).map_err(Fault::NotStarted)?;
        let child = group.child();
        let piped = "was asked for";
        Ok(Self {
            requests: write_to(child.stdin.take().expect(piped)),
            answers: read_from(child.stdout.take().expect(piped)),
            last_words: LastWords::of(child.stderr.take().expect(piped)),
            group,
        })
    }

    /// Sends a request, and returns the line that comes back, without its end.
    pub(super) fn ask(&mut self, request: Vec<u8>, limit: Duration) -> Result<String, Fault> {
        match self.answers.try_recv() {
            Ok(unasked) => return Err(Fault::garbled(&unasked)),
            Err(TryRecvError::Disconnected) => return Err(self.death()),
            Err(TryRecvError::Empty) => {}
        }
        // If the writer is gone, so is the process, and there will be no answer.
        let _ = self.requests.send(request);
        let mut line = match self.answers.recv_timeout(limit) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => return Err(Fault::Hung(limit)),
            Err(RecvTimeoutError::Disconnected) => return Err(self.death()),
        };
        if line.pop() != Some(b'\n') {
            return Err(if line.len() as u64 + 1 < ANSWER_BYTES_MOST {
                self.death()
            } else {
                Fault::garbled(&line)
            });
        }
        String::from_utf8(line).map_err(|error| Fault::garbled(error.as_bytes()))
    }

    /// Finds out how a process ended that has closed its output.
    fn death(&mut self) -> Fault {
        let status = match self.wait(END_TIME_LIMIT) {
            Ok(Some(status)) => status.to_string(),
            Ok(None) => "it closed its output, but runs on".to_owned(),
            Err(error) => error.to_string(),
        };
        Fault::Died { status, last_words: self.last_words.get() }
    }

    fn wait(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let start = Instant::now();
        while !self.group.has_ended()? {
            if start.elapsed() >= limit {
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.group.end().map(Some)
    }
}

/// Writes what it is sent, until the other end is closed.
fn write_to(mut pipe: impl Write + Send + 'static) -> Sender<Vec<u8>> {
    let (sender, requests) = mpsc::channel::<Vec<u8>>();
    thread::spawn(move || {
        for request in requests {
            if pipe.write_all(&request).and_then(|()| pipe.flush()).is_err() {
                return;
            }
        }
    });
    sender
}

/// Reads lines with their ends, until there are no more.
fn read_from(pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    // Room for one: a process that talks on unasked waits.
    let (lines, receiver) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        loop {
            let mut line = Vec::new();
            match reader.by_ref().take(ANSWER_BYTES_MOST).read_until(b'\n', &mut line) {
                Ok(length) if length > 0 && lines.send(line).is_ok() => {}
                _ => return,
            }
        }
    });
    receiver
}

/// The end of what a process writes to standard error.
#[derive(Debug)]
struct LastWords {
    bytes: Arc<Mutex<Vec<u8>>>,
    end: Receiver<()>,
}

impl LastWords {
    fn of(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let (end_sender, end) = mpsc::channel();
        let kept = Arc::clone(&bytes);
        thread::spawn(move || {
            let mut chunk = [0; LAST_WORDS_BYTES];
            while let Ok(length @ 1..) = pipe.read(&mut chunk) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(&chunk[..length]);
                let surplus = kept.len().saturating_sub(LAST_WORDS_BYTES);
                kept.drain(..surplus);
            }
            drop(end_sender);
        });
        Self { bytes, end }
    }

    /// Returns all of them, or as many as there are where somebody else holds the pipe open.
    fn get(&self) -> String {
        // Nothing is ever sent: the end is that the sender is gone.
        let _ = self.end.recv_timeout(END_TIME_LIMIT);
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&bytes);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
