//! Backends at the other end of a pipe: WebAssembly modules and programs on emulated processors.

use delimark::Backend;
use delimark_harness::runtime::{Fault, RunnerError, RunnerProcess};
use delimark_runner::variants::Variant;

use super::case::Case;
use super::response;
use super::run::{Observer, Runner};
use super::verdict::{Failure, FailureKind, Verdict};

/// The number of times that a runner may end before it is given up: every start takes time. One
/// that hangs is given up at once.
const ENDS_MOST: u32 = 5;

/// A backend in a process that runs it.
#[derive(Debug)]
pub struct ProcessBackend {
    backend: Backend,
    process: RunnerProcess,
}

impl ProcessBackend {
    /// Pairs a backend with the process that has it.
    #[must_use]
    pub fn new(backend: Backend, process: RunnerProcess) -> Self {
        Self { backend, process }
    }

    fn judge(&self, case: &Case, answer: Result<String, RunnerError>) -> Verdict {
        let error = match answer {
            Ok(answer) => return response::judge(case, self.backend, self.variants(), &[answer]),
            Err(error) => error,
        };
        let kind = match error.fault() {
            Fault::NotStarted(reason) => return Verdict::NotRun(format!("{error}: {reason}")),
            Fault::Died { .. } | Fault::Refused(_) => FailureKind::Crash,
            Fault::Hung(_) => FailureKind::Hang,
            Fault::Garbled(_) => FailureKind::Garbage,
        };
        Verdict::Failed(Failure::new(kind, error.to_string()))
    }
}

impl Runner for ProcessBackend {
    fn variants(&self) -> u64 {
        Variant::all().count() as u64
    }

    fn run(&mut self, cases: &[&Case], observer: &dyn Observer) -> Vec<Verdict> {
        let mut ends = 0;
        let mut given_up = None;
        let mut verdicts = Vec::with_capacity(cases.len());
        for case in cases {
            if let Some(reason) = &given_up {
                verdicts.push(Verdict::NotRun(String::clone(reason)));
                continue;
            }
            let answer = self.process.verify(&case.frame());
            match answer.as_ref().map_err(RunnerError::fault) {
                Ok(_) | Err(Fault::Refused(_)) => {}
                // Another one would take as long again.
                Err(Fault::Hung(_)) => given_up = Some("the runner had hung before".to_owned()),
                Err(_) => ends += 1,
            }
            if ends == ENDS_MOST {
                given_up = Some(format!("the runner had ended {ends} times before"));
            }
            verdicts.push(self.judge(case, answer));
            observer.case_done();
        }
        verdicts
    }
}
