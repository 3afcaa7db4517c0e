//! The faults of runners, told apart: a crash is not a hang, and neither is a refusal.

use std::time::Duration;
use std::{error, fmt, io};

/// The most that is quoted of an answer that makes no sense.
const QUOTED_BYTES: usize = 60;

/// A request that a runner did not answer as agreed.
#[derive(Debug)]
pub struct RunnerError {
    pub(super) runner: String,
    pub(super) verb: &'static str,
    pub(super) fault: Fault,
}

/// A fault.
#[derive(Debug)]
pub enum Fault {
    /// The process could not be started.
    NotStarted(io::Error),
    /// The process ended instead of answering.
    Died {
        /// Its end, as the system says it.
        status: String,
        /// The end of what it wrote to standard error.
        last_words: String,
    },
    /// No answer came in time, and the process was ended.
    Hung(Duration),
    /// The answer is none, and the process was ended; what it said, quoted.
    Garbled(String),
    /// The runner says that it cannot do it, and why.
    Refused(String),
}

impl Fault {
    pub(super) fn garbled(answer: &[u8]) -> Self {
        let start = &answer[..answer.len().min(QUOTED_BYTES)];
        let more = if start.len() < answer.len() { "…" } else { "" };
        Self::Garbled(format!("\"{}\"{more}", start.escape_ascii()))
    }
}

impl RunnerError {
    /// Returns the fault.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }
}

impl fmt::Display for RunnerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runner, verb, fault } = self;
        match fault {
            Fault::NotStarted(_) => write!(formatter, "{runner} could not be started"),
            Fault::Died { status, last_words } => {
                write!(formatter, "{runner} died on '{verb}' ({status})")?;
                match last_words.as_str() {
                    "" => formatter.write_str(" without a word"),
                    words => write!(formatter, ", saying: {words}"),
                }
            }
            Fault::Hung(limit) => {
                let seconds = limit.as_secs_f64();
                write!(formatter, "{runner} hangs: no answer to '{verb}' within {seconds} s")
            }
            Fault::Garbled(quote) => {
                write!(
                    formatter,
                    "{runner} answered '{verb}' with {quote}, which is no answer to it"
                )
            }
            Fault::Refused(message) => write!(formatter, "{runner} refused '{verb}': {message}"),
        }
    }
}

impl error::Error for RunnerError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.fault {
            Fault::NotStarted(error) => Some(error),
            _ => None,
        }
    }
}
