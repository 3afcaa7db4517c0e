//! The processes of a unit: who they are, and taking turns.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use delimark_results::Arms;

use super::{Effort, Failed, NO_TIME, PairCell};
use crate::runtime::{Passes, RunnerProcess};
use crate::workload::{AnswerKind, Workload};

/// A side's program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunnerProgram {
    /// The program, which is started with a backend's name.
    pub path: PathBuf,
    /// Variables to add to its environment.
    pub environment: BTreeMap<String, String>,
}

/// The part that a process has in a pairing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The baseline.
    Baseline,
    /// The candidate.
    Candidate,
    /// The baseline, once more.
    Control,
}

/// The data of all sides, and the time for it.
#[derive(Clone, Copy, Debug)]
pub struct PairingWorkloads<'a> {
    /// The data.
    pub all: &'a [Workload],
    /// The time that a process has for an answer.
    pub time_limit: Duration,
}

/// The two sides, and the data that they are compared on.
#[derive(Clone, Copy, Debug)]
pub struct Pairing<'a> {
    /// The baseline.
    pub baseline: &'a RunnerProgram,
    /// The candidate.
    pub candidate: &'a RunnerProgram,
    /// The data.
    pub workloads: PairingWorkloads<'a>,
}

/// The processes of a unit, ready.
pub(super) struct Processes<'a> {
    workloads: PairingWorkloads<'a>,
    processes: [RunnerProcess; 3],
}

impl Role {
    /// In the order in which processes of a unit are kept.
    pub(super) const ALL: [Self; 3] = [Self::Baseline, Self::Candidate, Self::Control];
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Baseline | Self::Control => "the baseline",
            Self::Candidate => "the candidate",
        })
    }
}

impl<'a> Pairing<'a> {
    /// Starts the processes for a cell, and has them load its data.
    pub(super) fn start(&self, cell: &PairCell) -> Result<Processes<'a>, Failed> {
        let mut processes = Role::ALL.map(|role| {
            let runner = match role {
                Role::Baseline | Role::Control => self.baseline,
                Role::Candidate => self.candidate,
            };
            runner.process(role, &cell.backend, self.workloads.time_limit)
        });
        for (process, role) in processes.iter_mut().zip(Role::ALL) {
            self.workloads.load(process, role, cell)?;
        }
        Ok(Processes { workloads: self.workloads, processes })
    }
}

impl PairingWorkloads<'_> {
    /// Has a runner load a cell's data.
    pub(super) fn load(
        &self,
        process: &mut RunnerProcess,
        role: Role,
        cell: &PairCell,
    ) -> Result<(), Failed> {
        let input = self.all[cell.workload].input();
        let loaded =
            process.load(input.path).and_then(|_bytes| process.set_dialect(&input.dialect));
        loaded.map_err(|error| cell.failed(role, error))
    }

    /// Has a runner go through a cell's data, and checks its answer.
    pub(super) fn measure(
        &self,
        process: &mut RunnerProcess,
        role: Role,
        cell: &PairCell,
        passes: usize,
    ) -> Result<Passes, Failed> {
        let workload = &self.all[cell.workload];
        let measured = process.measure(passes, cell.model, workload.input().projection);
        let measured = measured.map_err(|error| cell.failed(role, error))?;
        let expected = workload.expected(cell.model, AnswerKind::Model);
        if measured.answer != expected {
            let found = measured.answer;
            let problem = format!("it answers {found}; the reference has {expected}");
            return Err(cell.failed(role, problem));
        }
        if measured.durations_ns.contains(&0) {
            return Err(cell.failed(role, NO_TIME));
        }
        Ok(measured)
    }
}

impl RunnerProgram {
    /// Returns the side's runner for a backend; it is started by the first request.
    #[must_use]
    pub fn process(&self, role: Role, backend: &str, time_limit: Duration) -> RunnerProcess {
        RunnerProcess::new(&format!("{role}'s {backend}"), &self.path, &[backend])
            .with_environment(&self.environment)
            .with_time_limit(time_limit)
    }
}

impl Processes<'_> {
    /// Has the three take turns at a cell, one turn in the order and the next in the opposite one;
    /// returns the fastest pass of each.
    pub(super) fn take_turns(
        &mut self,
        cell: &PairCell,
        effort: Effort,
        mut order: [Role; 3],
    ) -> Result<Arms, Failed> {
        let mut fastest_ns = [u64::MAX; 3];
        for _turn in 0..effort.turns {
            for role in order {
                let index = role as usize;
                let process = &mut self.processes[index];
                let measured = self.workloads.measure(process, role, cell, effort.passes)?;
                let fastest = measured.durations_ns.into_iter().min().unwrap_or(u64::MAX);
                fastest_ns[index] = fastest_ns[index].min(fastest);
            }
            order.reverse();
        }
        Ok(Arms::of(fastest_ns.map(Duration::from_nanos)))
    }
}

impl PairCell {
    pub(super) fn failed(&self, role: Role, problem: impl ToString) -> Failed {
        Failed { role, cell: self.clone(), problem: problem.to_string() }
    }
}
