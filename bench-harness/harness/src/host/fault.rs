//! What can go wrong with a host, told apart: a crash is not a hang, and neither is a refusal.

use std::time::Duration;
use std::{error, fmt, io};

/// How much of an answer that makes no sense is quoted.
const QUOTED_BYTES: usize = 60;

/// A request that a host did not answer as agreed.
#[derive(Debug)]
pub struct HostError {
    pub(super) host: String,
    pub(super) verb: &'static str,
    pub(super) fault: Fault,
}

/// What went wrong.
#[derive(Debug)]
pub enum Fault {
    /// The process could not be started.
    NotStarted(io::Error),
    /// The process ended instead of answering.
    Died {
        /// How it ended, as the system says it.
        status: String,
        /// The end of what it wrote to standard error.
        last_words: String,
    },
    /// No answer came in time, and the process was ended.
    Hung(Duration),
    /// The answer is none, and the process was ended; what it said, quoted.
    Garbled(String),
    /// The host says that it cannot do it, and why.
    Refused(String),
}

impl Fault {
    pub(super) fn garbled(answer: &[u8]) -> Self {
        let start = &answer[..answer.len().min(QUOTED_BYTES)];
        let more = if start.len() < answer.len() { "…" } else { "" };
        Self::Garbled(format!("\"{}\"{more}", start.escape_ascii()))
    }
}

impl HostError {
    /// What went wrong.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, verb, fault } = self;
        match fault {
            Fault::NotStarted(_) => write!(formatter, "{host} could not be started"),
            Fault::Died { status, last_words } => {
                write!(formatter, "{host} died on '{verb}' ({status})")?;
                match last_words.as_str() {
                    "" => formatter.write_str(" without a word"),
                    words => write!(formatter, ", saying: {words}"),
                }
            }
            Fault::Hung(limit) => {
                let seconds = limit.as_secs_f64();
                write!(formatter, "{host} hangs: no answer to '{verb}' within {seconds} s")
            }
            Fault::Garbled(quote) => {
                write!(formatter, "{host} answered '{verb}' with {quote}, which is no answer to it")
            }
            Fault::Refused(message) => write!(formatter, "{host} refused '{verb}': {message}"),
        }
    }
}

impl error::Error for HostError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.fault {
            Fault::NotStarted(error) => Some(error),
            _ => None,
        }
    }
}
