//! A process that is given its input and a time, and can neither block nor outlive its caller.

mod group;
mod scratch;
mod start;
mod timed;

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use delimark_results::display;

pub(crate) use self::group::Group;
pub use self::group::end_children_on_signals;
pub(crate) use self::scratch::Scratch;
pub(crate) use self::timed::{TimedEnding, time};

/// The most bytes of an answer.
const OUTPUT_BYTES_MOST: u64 = 256 << 20;

/// The bytes of standard error that are kept.
const LAST_WORDS_BYTES: usize = 300;

/// The time that the rest of its output may take once the process has ended.
const PATIENCE: Duration = Duration::from_millis(500);

/// The longest time between two looks at a process.
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// All of standard output.
type Answer = io::Result<Vec<u8>>;

/// The end of a process.
#[derive(Debug)]
pub enum Ending {
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

/// The output of a process that ended.
#[derive(Debug)]
pub struct Output {
    /// Its exit status.
    pub status: ExitStatus,
    /// Its standard output.
    pub bytes: Vec<u8>,
    /// The end of its standard error, in lines.
    pub last_words: Vec<String>,
}

/// Runs a program, see [`run_command`].
///
/// # Errors
///
/// It cannot be started, or its pipes not be had.
pub fn run(
    program: &Path,
    arguments: &[impl AsRef<OsStr>],
    input: Vec<u8>,
    limit: Duration,
) -> io::Result<Ending> {
    run_command(Command::new(program).args(arguments), input, limit)
}

/// Runs a command. Each pipe has a thread: one that does not read, or talks without end, blocks
/// nobody. The threads end with the pipes, which somebody that the program left behind may hold.
///
/// # Errors
///
/// The command cannot be started, or its pipes not be had.
///
/// # Panics
///
/// Panics if a pipe that was asked for is not there, which the standard library rules out.
pub fn run_command(command: &mut Command, input: Vec<u8>, limit: Duration) -> io::Result<Ending> {
    let deadline = Instant::now() + limit;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::spawn(command)?;
    let piped = "was asked for";
    let child = group.child();
    let mut stdin = child.stdin.take().expect(piped);
    let stdout = child.stdout.take().expect(piped);
    let last_words = read_tail(child.stderr.take().expect(piped));
    // A program may end, or reject, without reading all of its input.
    thread::spawn(move || stdin.write_all(&input).and_then(|()| stdin.flush()));
    let output = read(stdout);

    let mut answer = None;
    if !wait(&mut group, &output, &mut answer, deadline)? {
        return Ok(Ending::Hung);
    }
    // Whatever it has started may hold its output, which ends with them.
    let status = group.end()?;
    let bytes = match answer {
        Some(answer) => answer?,
        None => match output.recv_timeout(time_left(deadline).max(PATIENCE)) {
            Ok(answer) => answer?,
            // Somebody has left the group and still holds the output.
            Err(_) => return Ok(Ending::Hung),
        },
    };
    if is_too_much(&bytes) {
        return Ok(Ending::TooMuch { bytes: OUTPUT_BYTES_MOST });
    }
    let last_words = last_words.recv_timeout(PATIENCE).unwrap_or_default();
    Ok(Ending::Ended(Output { status, bytes, last_words }))
}

/// Waits for the first process, and keeps its answer if that comes before; false where it takes
/// too long.
fn wait(
    group: &mut Group,
    output: &Receiver<Answer>,
    answer: &mut Option<Answer>,
    deadline: Instant,
) -> io::Result<bool> {
    // A process that has closed its output mostly has ended: no need to sleep long.
    let mut pause = Duration::from_micros(50);
    while !group.has_ended()? {
        if time_left(deadline).is_zero() {
            return Ok(false);
        }
        match output.recv_timeout(pause) {
            Ok(all) => {
                let is_too_much = all.as_ref().is_ok_and(|all| is_too_much(all));
                *answer = Some(all);
                if is_too_much {
                    return Ok(true);
                }
                pause = Duration::from_micros(50);
            }
            Err(RecvTimeoutError::Timeout) => pause = (pause * 2).min(LONGEST_PAUSE),
            // The answer is there already.
            Err(RecvTimeoutError::Disconnected) => {
                thread::sleep(pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
    Ok(true)
}

fn time_left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

fn is_too_much(bytes: &[u8]) -> bool {
    bytes.len() as u64 > OUTPUT_BYTES_MOST
}

fn read(pipe: impl Read + Send + 'static) -> Receiver<Answer> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = pipe.take(OUTPUT_BYTES_MOST + 1).read_to_end(&mut bytes);
        // Nobody listens once the time is over.
        let _ = sender.send(read.map(|_count| bytes));
    });
    receiver
}

/// Reads everything and keeps the end of it, with nothing in it that a terminal would obey.
fn read_tail(mut pipe: ChildStderr) -> Receiver<Vec<String>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut tail = Vec::new();
        let mut is_cut = false;
        let mut chunk = [0; 4 << 10];
        while let Ok(count @ 1..) = pipe.read(&mut chunk) {
            tail.extend_from_slice(&chunk[..count]);
            let surplus = tail.len().saturating_sub(LAST_WORDS_BYTES);
            is_cut |= surplus > 0;
            tail.drain(..surplus);
        }
        let words = String::from_utf8_lossy(&tail);
        // Half a line misleads, where there are whole ones after it.
        let whole = words.trim_end().split_once('\n').filter(|_| is_cut);
        let words = whole.map_or(&*words, |(_half, whole)| whole);
        let lines = words.lines().map(|line| display::text(line.trim()));
        // Nobody listens once patience has ended.
        let _ = sender.send(lines.filter(|line| !line.is_empty()).collect());
    });
    receiver
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn last_words_begin_with_a_whole_line() {
        for (script, expected) in [
            ("echo one >&2; echo two >&2", vec!["one".to_owned(), "two".to_owned()]),
            ("seq 1000 >&2; echo the end >&2; exit 2", {
                let numbers = (929..=1000).map(|number| number.to_string());
                numbers.chain(["the end".to_owned()]).collect()
            }),
            ("printf %0400d 7 >&2", vec![format!("{:0>300}", 7)]),
        ] {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            let ended = run_command(&mut command, Vec::new(), Duration::from_secs(60));
            let Ok(Ending::Ended(output)) = ended else { panic!("{ended:?}") };
            assert_eq!(output.last_words, expected, "{script}");
        }
    }
}
