//! Processes that run an engine and answer over pipes: WebAssembly modules in their runtimes, and
//! programs on an emulated processor. A run measures them, and `verify` asks them, too.
//!
//! A runner is a process that answers each request, a line and sometimes bytes after it, with one
//! line. `bench-harness/engines/runtimes/README.md` has the protocol.

mod answer;
mod build;
mod fault;
mod find;
mod launch;
mod process;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use delimark::Dialect;
use delimark_runner::model::Model;

pub use self::answer::{About, Pass, Passes};
pub use self::build::{build_modules, build_page, build_runners, tool};
pub use self::fault::{Fault, RunnerError};
pub use self::find::{Missing, Module};
pub use self::launch::{Launch, Program, Tiers};
use self::process::Process;

/// A process that runs this project's code, or a peer's, where this process cannot.
///
/// It is started by the first request, and again by the first one after a fault that ended it:
/// what was loaded is gone then.
#[derive(Debug)]
pub struct RunnerProcess {
    name: String,
    program: PathBuf,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    time_limit: Duration,
    process: Option<Process>,
}

impl RunnerProcess {
    /// The time that a runner may take for one answer, unless
    /// [`with_time_limit`](Self::with_time_limit) says otherwise.
    pub const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(60);

    /// Makes a runner of any program that speaks the protocol; nothing is started yet.
    #[must_use]
    pub fn new(name: &str, program: &Path, arguments: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            program: program.to_owned(),
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            environment: BTreeMap::new(),
            time_limit: Self::DEFAULT_TIME_LIMIT,
            process: None,
        }
    }

    /// Adds variables to the environment of the process.
    #[must_use]
    pub fn with_environment(mut self, environment: &BTreeMap<String, String>) -> Self {
        self.environment.extend(environment.clone());
        self
    }

    /// Makes the runner give up on an answer after this long.
    #[must_use]
    pub fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// Returns the name, for messages: `simd128@node`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Puts a conformance case, see [`delimark_runner::case`], to the backend in the process;
    /// returns its line of JSON.
    ///
    /// # Errors
    ///
    /// The runner did not answer with JSON.
    pub fn verify(&mut self, frame: &[u8]) -> Result<String, RunnerError> {
        let mut request = format!("verify {}\n", frame.len()).into_bytes();
        request.extend_from_slice(frame);
        let answer = self.ask("verify", request)?;
        if answer.starts_with('{') { Ok(answer) } else { Err(self.garbled("verify", answer)) }
    }

    /// Asks what is there.
    ///
    /// # Errors
    ///
    /// The runner did not say.
    pub fn about(&mut self) -> Result<About, RunnerError> {
        let answer = self.ask("about", b"about\n".to_vec())?;
        About::parse(&answer).ok_or_else(|| self.garbled("about", answer))
    }

    /// Has the runner read a file into its memory; returns how many bytes it has.
    ///
    /// # Errors
    ///
    /// The runner cannot read it, or has no room for it.
    pub fn load(&mut self, path: &Path) -> Result<u64, RunnerError> {
        // The other process has another working directory, perhaps.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let answer = self.ask("load", format!("load {}\n", path.display()).into_bytes())?;
        let bytes = answer.strip_prefix("ok ").and_then(|bytes| bytes.parse().ok());
        bytes.ok_or_else(|| self.garbled("load", answer))
    }

    /// Tells the runner what a line is.
    ///
    /// # Errors
    ///
    /// The runner does not take it.
    pub fn set_dialect(&mut self, dialect: &Dialect) -> Result<(), RunnerError> {
        let answer = self.ask("dialect", format!("{}\n", dialect_request(dialect)).into_bytes())?;
        if answer == "ok" { Ok(()) } else { Err(self.garbled("dialect", answer)) }
    }

    /// Goes through what was loaded once.
    ///
    /// # Errors
    ///
    /// Nothing was loaded, or the runner cannot do it.
    pub fn run(&mut self, model: Model, columns: &[usize]) -> Result<Pass, RunnerError> {
        let answer = self.ask("run", format!("run {}\n", task(model, columns)).into_bytes())?;
        Pass::parse(&answer).ok_or_else(|| self.garbled("run", answer))
    }

    /// Goes through the input once untimed and then `passes` times; only for runners that know
    /// how, see [`About::protocol`].
    ///
    /// # Errors
    ///
    /// Nothing was loaded, or the runner cannot do it.
    pub fn measure(
        &mut self,
        passes: usize,
        model: Model,
        columns: &[usize],
    ) -> Result<Passes, RunnerError> {
        let request = format!("measure {passes} {}\n", task(model, columns));
        let answer = self.ask("measure", request.into_bytes())?;
        let parsed = Passes::parse(&answer).filter(|parsed| parsed.durations_ns.len() == passes);
        parsed.ok_or_else(|| self.garbled("measure", answer))
    }

    /// Sends a request and waits for the line that answers it.
    fn ask(&mut self, verb: &'static str, request: Vec<u8>) -> Result<String, RunnerError> {
        let process = match &mut self.process {
            Some(process) => Ok(process),
            none => Process::start(&self.program, &self.arguments, &self.environment)
                .map(|new| none.insert(new)),
        };
        let answer = process.and_then(|process| process.ask(request, self.time_limit));
        let answer = answer.and_then(|answer| match answer.strip_prefix("error ") {
            Some(message) => Err(Fault::Refused(message.to_owned())),
            None => Ok(answer),
        });
        answer.map_err(|fault| self.fault(verb, fault))
    }

    fn garbled(&mut self, verb: &'static str, answer: String) -> RunnerError {
        self.fault(verb, Fault::garbled(answer.as_bytes()))
    }

    /// Ends the process, unless it only refused.
    fn fault(&mut self, verb: &'static str, fault: Fault) -> RunnerError {
        if !matches!(fault, Fault::Refused(_)) {
            self.process = None;
        }
        RunnerError { runner: self.name.clone(), verb, fault }
    }
}

/// Returns a model as words of a request, with the columns where it is about some.
pub(crate) fn task(model: Model, columns: &[usize]) -> String {
    match model {
        Model::Project => {
            let columns: Vec<String> = columns.iter().map(usize::to_string).collect();
            format!("{model} {}", columns.join(","))
        }
        _ => model.to_string(),
    }
}

/// Returns the request that tells a runner what a line is.
pub(crate) fn dialect_request(dialect: &Dialect) -> String {
    let columns = dialect.columns().map_or("any".to_owned(), |columns| columns.to_string());
    let quoting = dialect.quote().map(|quote| format!(" {quote} {}", dialect.quote_escape()));
    format!(
        "dialect {} {columns} {} {} {}{}",
        dialect.delimiter(),
        dialect.ragged(),
        dialect.line_ending(),
        dialect.line_limit_bytes(),
        quoting.unwrap_or_default()
    )
}
