//! The expected outcome of a child, known before it starts, and the check of it: a count of
//! something else is worth nothing.

use std::process::ExitStatus;

use delimark::Backend;
use delimark_runner::model::Answer;
use serde::{Deserialize, Serialize};

use super::{Child, Job, engine};
use crate::host::{About, Pass};
use crate::workload::AnswerKind;

/// The line that `delimark-bench pass` prints.
#[derive(Debug, Serialize, Deserialize)]
pub struct PassReport {
    /// The answer of the pass.
    pub answer: String,
    /// The backend that really ran, where the engine's name leaves that open or promises it.
    pub backend_executed: Option<String>,
    /// The number of bytes that were counted.
    pub bytes: u64,
    /// The number of records that they hold.
    pub records: u64,
}

/// The expected outcome of a child.
#[derive(Debug)]
pub(super) struct Expectation {
    /// The child, which decides the form of its answer.
    child: Child,
    answer: Answer,
    /// The backend that has to run, for engines whose name leaves that open or promises it.
    executed: Option<String>,
}

/// The end of a child.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    /// The end of its standard error.
    pub(super) last_words: String,
}

impl Expectation {
    /// Finds out what a job has to come to; the reason where the engine does not do it.
    pub(super) fn of(job: &Job) -> Result<Self, String> {
        let workload = job.window.workload();
        let input = workload.input();
        let child = job.child.clone();
        if let Child::Runner { .. } = job.child {
            let backend = job.backend().parse();
            let backend: Backend =
                backend.map_err(|error: delimark::BackendError| error.to_string())?;
            let answer = workload.expected(job.model, AnswerKind::Model);
            return Ok(Self { child, answer, executed: Some(backend.to_string()) });
        }
        let engine = engine(&job.engine, job.executed.as_deref(), &input);
        let engine = engine.map_err(|error| format!("{error:#}"))?;
        if let Some(reason) = engine.refuses(job.model, &input).or(engine.uncountable()) {
            return Err(reason.to_owned());
        }
        let answer = workload.expected(job.model, engine.answers());
        Ok(Self { child, answer, executed: engine.executes() })
    }

    /// Compares a child with it.
    pub(super) fn check(&self, ended: &Ended) -> Result<(), String> {
        // With status 1 the child says that its answer is wrong, which shows below.
        if !matches!(ended.status.code(), Some(0 | 1)) {
            return Err(ended.failure());
        }
        let (found, executed) = match self.child {
            Child::Harness => report_of_pass(&ended.stdout)?,
            Child::Runner { .. } => report_of_runner(&ended.stdout)?,
        };
        let expected = self.answer.to_string();
        if found != expected {
            return Err(format!("wrong answer: {found}; the reference has {expected}"));
        }
        match (&self.executed, executed) {
            (Some(wanted), executed) if executed.as_ref() != Some(wanted) => {
                let executed = executed.unwrap_or_else(|| "something else".to_owned());
                Err(format!("it executed {executed}, not {wanted}"))
            }
            _ if !ended.status.success() => Err(ended.failure()),
            _ => Ok(()),
        }
    }

    /// Returns the backend that has to run, if it is one.
    pub(super) fn backend(&self) -> Option<Backend> {
        self.executed.as_ref()?.parse().ok()
    }
}

/// Reads the answer and the backend that ran off the line of `delimark-bench pass`.
fn report_of_pass(stdout: &[u8]) -> Result<(String, Option<String>), String> {
    let report: PassReport = serde_json::from_slice(stdout)
        .map_err(|error| format!("the pass printed no report: {error}"))?;
    Ok((report.answer, report.backend_executed))
}

/// Reads the same off the answers of a runner: the first says what it is, the last what it counted.
fn report_of_runner(stdout: &[u8]) -> Result<(String, Option<String>), String> {
    let text = String::from_utf8_lossy(stdout);
    let about = text.lines().next().and_then(About::parse);
    let about = about.ok_or("the runner does not say what it is")?;
    let last = text.lines().last().unwrap_or_default();
    let pass = Pass::parse(last).ok_or_else(|| format!("the runner counted nothing: {last}"))?;
    Ok((pass.answer.to_string(), about.backend))
}

impl Ended {
    /// Says that it ended, and how.
    pub(super) fn failure(&self) -> String {
        let status = self.status;
        match self.last_words.as_str() {
            "" => format!("the pass ended with {status} and without a word"),
            words => format!("the pass ended with {status}: {words}"),
        }
    }
}
