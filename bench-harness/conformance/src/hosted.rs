//! Backends at the other end of a pipe: WebAssembly modules and programs on emulated processors.

use delimark::Backend;
use delimark_harness::host::{Fault, Host, HostError};
use delimark_runner::variants::Variant;

use super::case::Case;
use super::response;
use super::run::{Observer, Runner};
use super::verdict::{Failure, FailureKind, Verdict};

/// The number of times that a host may end before it is given up: every start takes time. One that
/// hangs is given up at once.
const ENDS_MOST: u32 = 5;

/// A backend in a host.
#[derive(Debug)]
pub struct Hosted {
    backend: Backend,
    host: Host,
}

impl Hosted {
    /// Makes a runner of a backend and the host that has it.
    #[must_use]
    pub fn new(backend: Backend, host: Host) -> Self {
        Self { backend, host }
    }

    fn judge(&self, case: &Case, answer: Result<String, HostError>) -> Verdict {
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

impl Runner for Hosted {
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
            let answer = self.host.verify(&case.frame());
            match answer.as_ref().map_err(HostError::fault) {
                Ok(_) | Err(Fault::Refused(_)) => {}
                // Another one would take as long again.
                Err(Fault::Hung(_)) => given_up = Some("the host had hung before".to_owned()),
                Err(_) => ends += 1,
            }
            if ends == ENDS_MOST {
                given_up = Some(format!("the host had ended {ends} times before"));
            }
            verdicts.push(self.judge(case, answer));
            observer.case_done();
        }
        verdicts
    }
}
