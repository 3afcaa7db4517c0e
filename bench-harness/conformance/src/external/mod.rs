//! Anybody's parser, as a program: a process a case, that reads it on standard input and prints
//! the records. `bench-harness/engines/conformance/README.md` has the protocol.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use delimark_harness::supervised::{self, Ending, Output};
use delimark_results::display;
use rayon::prelude::*;

use super::case::{Case, Class};
use super::compare::{Strictness, shown_records};
use super::facts::Facts;
use super::run::{Observer, Runner};
use super::verdict::{Failure, FailureKind, Verdict};

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
        let ending = supervised::run(&self.program, &self.arguments, case.frame(), self.time_limit);
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
        let judge = |case: &&Case| {
            let verdict = self.judge(case);
            observer.case_done();
            verdict
        };
        cases.par_iter().map(judge).collect()
    }
}

/// Judges a program that has ended by itself.
fn judge(case: &Case, output: &Output) -> Verdict {
    let accepts = match output.status.code() {
        Some(0) => true,
        Some(1) => false,
        _ => return Verdict::Failed(failure(output, FailureKind::Crash)),
    };
    let found = match facts(accepts, &output.bytes) {
        Ok(found) => found,
        Err(reason) => return Verdict::Failed(Failure::new(FailureKind::Garbage, reason)),
    };
    let failure = match (case.class, accepts, &found) {
        (Class::Free, ..) => return Verdict::Noted(noted(accepts, found.as_ref(), output)),
        (Class::Accept, false, _) => Some(failure(output, FailureKind::WronglyRejected)),
        (Class::Reject, true, Some(found)) => Some(wrongly_accepted(case, found)),
        (_, _, Some(found)) => Failure::of_facts(case, found, Strictness::WhereGiven),
        // An interpreter that dies of an exception ends like that too.
        (_, _, None) if !output.last_words.is_empty() => {
            return Verdict::Noted(noted(accepts, None, output));
        }
        (_, _, None) => None,
    };
    failure.map_or(Verdict::Passed, Verdict::Failed)
}

/// Reads an answer; nothing where it rejects in silence. Otherwise the reason why it is garbage.
fn facts(accepts: bool, bytes: &[u8]) -> Result<Option<Facts>, String> {
    if !accepts && bytes.trim_ascii().is_empty() {
        return Ok(None);
    }
    let begin = || display::bytes(bytes);
    let mut facts: Facts = serde_json::from_slice(bytes)
        .map_err(|error| format!("it is no answer: {error}; it begins {}", begin()))?;
    match (accepts, &facts) {
        (true, Facts { error: Some(error), .. }) => Err(format!("status 0, but an error: {error}")),
        (true, Facts { records: None, .. }) => {
            Err(format!("it is no answer: status 0, but no records; it begins {}", begin()))
        }
        (true, _) => Ok(Some(facts)),
        (false, _) => {
            drop_empty_lists(&mut facts);
            Ok(Some(facts))
        }
    }
}

/// Drops empty lists of an engine that rejects: it may hand out nothing of what is before the
/// error, and empty lists say the same.
fn drop_empty_lists(facts: &mut Facts) {
    facts.records.take_if(|records| records.is_empty());
    if facts.records.is_none() {
        facts.lines.take_if(|lines| lines.is_empty());
        facts.offsets.take_if(|offsets| offsets.is_empty());
        facts.ragged.take_if(|ragged| ragged.is_empty());
    }
}

fn noted(accepts: bool, found: Option<&Facts>, output: &Output) -> String {
    match found {
        Some(found) if accepts => format!("accepts: {}", shown_records(found)),
        Some(Facts { error: Some(error), .. }) => format!("rejects: {error}"),
        _ => match output.last_words.last() {
            Some(line) => format!("rejects, but only said: {line}"),
            None => "rejects".to_owned(),
        },
    }
}

/// Returns a failure that the way the program ended says enough about.
fn failure(output: &Output, kind: FailureKind) -> Failure {
    let last_words = (!output.last_words.is_empty()).then(|| output.last_words.join(" "));
    Failure { last_words, ..Failure::new(kind, output.status.to_string()) }
}

fn wrongly_accepted(case: &Case, found: &Facts) -> Failure {
    let expected = case.expected.error.as_ref().map_or_else(String::new, ToString::to_string);
    let records = shown_records(found);
    let message = format!("it should reject ({expected}), but found {records}");
    Failure::new(FailureKind::WronglyAccepted, message)
}
