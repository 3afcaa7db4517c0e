//! What a child has to come to, known before it starts, and whether it did: a count of something
//! else is worth nothing.

use std::process::ExitStatus;

use delimark::Backend;
use delimark_runner::model::Answer;
use serde::{Deserialize, Serialize};

use super::{Child, Job, engine};
use crate::runtime::{About, Pass};
use crate::workload::AnswerKind;

/// What `delimark-bench pass` prints, in one line.
#[derive(Debug, Serialize, Deserialize)]
pub struct PassReport {
    /// What the pass came to.
    pub answer: String,
    /// What really ran, where the engine's name leaves that open or promises it.
    pub backend_executed: Option<String>,
    /// How many bytes were counted.
    pub bytes: u64,
    /// How many records they hold.
    pub records: u64,
}

/// What a child has to come to.
#[derive(Debug)]
pub(super) struct Expectation {
    /// How it says what it came to.
    child: Child,
    answer: Answer,
    /// What has to run, for engines whose name leaves that open or promises it.
    executed: Option<String>,
}

/// How a child ended.
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
        engine.supports(job.model, &input).map_err(|reason| reason.to_string())?;
        if let Some(reason) = engine.uncountable() {
            return Err(reason.to_owned());
        }
        let answer = workload.expected(job.model, engine.answers());
        Ok(Self { child, answer, executed: engine.executes() })
    }

    /// Holds a child to it.
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

    /// The backend that has to run, if it is one.
    pub(super) fn backend(&self) -> Option<Backend> {
        self.executed.as_ref()?.parse().ok()
    }
}

/// What `delimark-bench pass` says of the answer and of the backend that ran.
fn report_of_pass(stdout: &[u8]) -> Result<(String, Option<String>), String> {
    let report: PassReport = serde_json::from_slice(stdout)
        .map_err(|error| format!("the pass printed no report: {error}"))?;
    Ok((report.answer, report.backend_executed))
}

/// The same from the answers of a runner: the first says what it is, the last what it counted.
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
