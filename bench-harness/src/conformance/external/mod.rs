//! Anybody's parser, as a program: a process a case, that reads it on standard input and prints
//! the records. `bench-harness/engines/README.md` has the protocol.

mod process;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use self::process::{Ending, Output};
use super::case::{Case, Class};
use super::compare::{Strictness, shown_records};
use super::facts::Facts;
use super::run::{Observer, Runner};
use super::verdict::{Failure, FailureKind, Verdict};
use super::{parallel, shown};

/// A program that speaks the protocol.
#[derive(Clone, Debug)]
pub struct External {
    program: PathBuf,
    arguments: Vec<String>,
    time_limit: Duration,
}

impl External {
    /// Makes an engine of a command: words as a shell splits them, without its other powers.
    ///
    /// # Errors
    ///
    /// The command is empty, has an open quote, or there is no such program.
    pub fn new(command: &str, time_limit: Duration) -> Result<Self> {
        let words = shell_words::split(command)
            .with_context(|| format!("the command '{command}' cannot be split into words"))?;
        let Some((program, arguments)) = words.split_first() else {
            bail!("the command is empty");
        };
        Self::of_program(program, arguments, time_limit)
    }

    /// Makes an engine of a program and its arguments.
    ///
    /// # Errors
    ///
    /// There is no such program.
    pub fn of_program(program: &str, arguments: &[String], time_limit: Duration) -> Result<Self> {
        let found = which::which(program)
            .with_context(|| format!("there is no program '{program}' that can be started"))?;
        Ok(Self { program: found, arguments: arguments.to_vec(), time_limit })
    }

    fn judge(&self, case: &Case) -> Verdict {
        let ending = process::run(&self.program, &self.arguments, case.frame(), self.time_limit);
        let (kind, message) = match ending {
            Ok(Ending::Ended(output)) => return judge(case, &output),
            Ok(Ending::Hung) => {
                let seconds = self.time_limit.as_secs_f64();
                (FailureKind::Hang, format!("no end within {seconds} s"))
            }
            Ok(Ending::TooMuch { bytes }) => {
                (FailureKind::Garbage, format!("more than {bytes} bytes on standard output"))
            }
            Err(error) => return Verdict::NotRun(format!("it cannot be started: {error}")),
        };
        Verdict::Failed(Failure::new(kind, message))
    }
}

impl Runner for External {
    fn variants(&self) -> u64 {
        1
    }

    fn run(&mut self, cases: &[&Case], observer: &dyn Observer) -> Vec<Verdict> {
        parallel::map(cases, |case| {
            let verdict = self.judge(case);
            observer.case_done();
            verdict
        })
    }
}

/// Judges a program that has ended by itself.
fn judge(case: &Case, output: &Output) -> Verdict {
    let accepts = match output.status.code() {
        Some(0) => true,
        Some(1) => false,
        _ => return Verdict::Failed(output.failure(FailureKind::Crash)),
    };
    // Whoever rejects need not say anything.
    let is_silent = output.bytes.trim_ascii().is_empty();
    let found = match serde_json::from_slice::<Facts>(&output.bytes) {
        _ if !accepts && is_silent => None,
        Ok(found) => Some(found),
        Err(error) => {
            let begin = shown::bytes(&output.bytes);
            let message = format!("it is no answer: {error}; it begins {begin}");
            return Verdict::Failed(Failure::new(FailureKind::Garbage, message));
        }
    };
    let failure = match (case.class, accepts, &found) {
        (Class::Free, ..) => return Verdict::Noted(noted(accepts, found.as_ref())),
        (Class::Accept, false, _) => Some(output.failure(FailureKind::WronglyRejected)),
        (Class::Reject, true, Some(found)) => Some(wrongly_accepted(case, found)),
        (_, _, Some(found)) => Failure::of_facts(case, found, Strictness::WhereGiven),
        (_, _, None) => None,
    };
    failure.map_or(Verdict::Passed, Verdict::Failed)
}

fn noted(accepts: bool, found: Option<&Facts>) -> String {
    let records = found.map(|found| shown_records(&found.records));
    match (accepts, found.and_then(|found| found.error.as_ref())) {
        (false, Some(error)) => format!("rejects: {error}"),
        (false, None) => "rejects".to_owned(),
        (true, _) => format!("accepts: {}", records.unwrap_or_default()),
    }
}

impl Output {
    /// A failure that the way it ended says enough about.
    fn failure(&self, kind: FailureKind) -> Failure {
        let last_words = (!self.last_words.is_empty()).then(|| self.last_words.clone());
        Failure { last_words, ..Failure::new(kind, self.status.to_string()) }
    }
}

fn wrongly_accepted(case: &Case, found: &Facts) -> Failure {
    let expected = case.expected.error.as_ref().map_or_else(String::new, ToString::to_string);
    let records = shown_records(&found.records);
    let message = format!("it should reject ({expected}), but found {records}");
    Failure::new(FailureKind::WronglyAccepted, message)
}
