//! The programs of the two sides: finds them, builds what has to be built, and checks that both
//! speak the protocol.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use delimark::Backend;
use delimark_harness::measure::pairs::{Role, RunnerProgram};
use delimark_harness::runtime::{Fault, RunnerError};
use delimark_report::gate::{Side, StoredBaseline};
use delimark_results::display;
use delimark_runner::PROTOCOL;

use super::Progress;
use crate::revision::{Builder, Program, Source};

/// The baseline.
pub(super) enum BaselineSide {
    /// A program.
    Program(ProgramSide),
    /// Counts of another time.
    Stored { counts: StoredBaseline, about: Side },
}

/// A reason why a program does not run a backend.
#[derive(Clone)]
pub(super) struct Absence {
    pub(super) reason: String,
    /// True where it says so itself, and did not crash, hang or talk nonsense.
    pub(super) is_refusal: bool,
}

/// A side that is a program.
#[derive(Clone)]
pub(super) struct ProgramSide {
    pub(super) about: Side,
    pub(super) runner: RunnerProgram,
}

impl BaselineSide {
    pub(super) fn about(&self) -> &Side {
        match self {
            Self::Program(program) => &program.about,
            Self::Stored { about, .. } => about,
        }
    }

    pub(super) fn program(&self) -> Option<&ProgramSide> {
        match self {
            Self::Program(program) => Some(program),
            Self::Stored { .. } => None,
        }
    }

    /// Finds the baseline; a stored one has to be of this machine and of the candidate's compiler.
    pub(super) fn find(
        name: &str,
        candidate: &ProgramSide,
        fingerprint: &str,
        progress: &mut Progress,
    ) -> Result<Self> {
        match Source::find(name)? {
            Source::Stored(path) => stored(&path, candidate, fingerprint),
            source => Ok(Self::Program(ProgramSide::of(name, &source, Builder::new, progress)?)),
        }
    }
}

impl ProgramSide {
    /// Finds the candidate: what was named, or the files of the checkout.
    pub(super) fn candidate(name: Option<&str>, progress: &mut Progress) -> Result<Self> {
        match name {
            None => {
                Self::of("the files of the checkout", &Source::WorkingTree, Builder::new, progress)
            }
            Some(name) => match Source::find(name)? {
                Source::Stored(_) => bail!("the candidate {name} is no program and no revision"),
                source => Self::of(name, &source, Builder::new, progress),
            },
        }
    }

    /// Takes a program that is there, or has a revision built.
    pub(super) fn of(
        name: &str,
        source: &Source,
        builder: impl FnOnce() -> Result<Builder>,
        progress: &mut Progress,
    ) -> Result<Self> {
        let program = match source {
            Source::Program(path) => Program::at(path),
            Source::Revision(_) | Source::WorkingTree => {
                builder()?.build(source, || progress.begin_work(&format!("building {name}")))
            }
            Source::Stored(path) => bail!("{} is no program", path.display()),
        };
        let program = program.with_context(|| format!("there is no program of {name}"))?;
        let about = Side {
            name: name.to_owned(),
            commit: source.commit().map(str::to_owned),
            toolchain: program.toolchain,
            sha256: Some(program.sha256),
        };
        let runner = RunnerProgram { path: program.path, environment: BTreeMap::new() };
        Ok(Self { about, runner })
    }

    /// Returns the compiler, or that nobody knows.
    pub(super) fn toolchain(&self) -> &str {
        self.about.toolchain.as_deref().unwrap_or("an unknown compiler")
    }

    /// Finds out which of these backends the program runs; for the others why it does not.
    ///
    /// # Errors
    ///
    /// It runs none of them, or speaks another protocol.
    pub(super) fn backends(
        &self,
        role: Role,
        backends: &[Backend],
        time_limit: Duration,
    ) -> Result<Vec<Result<(), Absence>>> {
        let asked = backends.iter().map(|backend| self.ask(role, *backend, time_limit));
        let asked: Vec<Result<()>> = asked.collect();
        if let Some(Err(_)) = asked.first()
            && asked.iter().all(Result::is_err)
        {
            let error = asked.into_iter().find_map(Result::err).unwrap_or_else(|| anyhow!("none"));
            if is_not_started(&error) {
                return Err(error.context(format!("{role}, {}, is no program", self.about.name)));
            }
            return Err(error.context(format!(
                "{role}, {}, is no delimark-runner that this gate can measure; revisions from the \
                 one on that has `delimark-bench gate` are",
                self.about.name
            )));
        }
        let absence = |error: anyhow::Error| Absence {
            reason: format!("{role}: {error:#}"),
            is_refusal: is_refusal(&error),
        };
        Ok(asked.into_iter().map(|asked| asked.map_err(absence)).collect())
    }

    fn ask(&self, role: Role, backend: Backend, time_limit: Duration) -> Result<()> {
        let about = self.runner.process(role, backend.name(), time_limit).about()?;
        ensure!(
            about.protocol == Some(PROTOCOL),
            "it speaks version {} of the protocol, and this gate {PROTOCOL}",
            about.protocol.map_or("none".to_owned(), |version| version.to_string())
        );
        ensure!(
            about.backend.as_deref() == Some(backend.name()),
            "asked for {backend}, it runs {}",
            about.backend.as_deref().unwrap_or("nothing")
        );
        Ok(())
    }
}

/// Tells whether it is the system that refused to start a runner.
fn is_not_started(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<RunnerError>();
    error.is_some_and(|error| matches!(error.fault(), Fault::NotStarted(_)))
}

/// The beginnings of what a runner says itself, by today's name and by its former one.
const SPEAKERS: [&str; 2] = ["delimark-runner: ", "delimark-guest: "];

/// Tells whether a runner ended with words of its own, as for a backend that it does not know or
/// that this processor cannot run.
fn is_refusal(error: &anyhow::Error) -> bool {
    match error.downcast_ref().map(RunnerError::fault) {
        Some(Fault::Died { last_words, .. }) => {
            SPEAKERS.iter().any(|speaker| last_words.starts_with(speaker))
        }
        Some(Fault::Refused(_)) => true,
        _ => false,
    }
}

fn stored(path: &Path, candidate: &ProgramSide, fingerprint: &str) -> Result<BaselineSide> {
    let name = display::path(path);
    let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    let counts = StoredBaseline::parse(&text, fingerprint, candidate.toolchain())
        .with_context(|| format!("{name} cannot be the baseline"))?;
    let about = Side {
        name: format!("{name}, {}", counts.name),
        commit: None,
        toolchain: Some(counts.toolchain.clone()),
        sha256: None,
    };
    Ok(BaselineSide::Stored { counts, about })
}
