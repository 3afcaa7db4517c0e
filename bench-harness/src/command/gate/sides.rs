//! Who is held against whom: finds the two sides, builds what has to be built, and sees that both
//! speak the protocol.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use delimark::Backend;
use delimark_harness::measure::pairs::{Contestant, Role};
use delimark_harness::runtime::{Fault, RunnerError};
use delimark_report::gate::{Side, StoredBaseline};

use super::Progress;
use crate::revision::{Builder, Program, Source};

/// The version of the protocol that this program speaks.
const PROTOCOL: u32 = 1;

/// What the candidate is held against.
pub(super) enum Opponent {
    /// A program.
    Program(Player),
    /// Counts of another time.
    Stored { counts: StoredBaseline, side: Side },
}

/// Why a program does not run a backend.
#[derive(Clone)]
pub(super) struct Absence {
    pub(super) reason: String,
    /// Whether it says so itself, and did not crash, hang or talk nonsense.
    pub(super) is_refusal: bool,
}

/// A program that takes part.
#[derive(Clone)]
pub(super) struct Player {
    pub(super) side: Side,
    pub(super) contestant: Contestant,
}

impl Opponent {
    pub(super) fn side(&self) -> &Side {
        match self {
            Self::Program(player) => &player.side,
            Self::Stored { side, .. } => side,
        }
    }

    pub(super) fn player(&self) -> Option<&Player> {
        match self {
            Self::Program(player) => Some(player),
            Self::Stored { .. } => None,
        }
    }

    /// Finds the baseline; a stored one has to be of this machine and of the candidate's compiler.
    pub(super) fn find(
        name: &str,
        candidate: &Player,
        fingerprint: &str,
        progress: &mut Progress,
    ) -> Result<Self> {
        match Source::find(name)? {
            Source::Stored(path) => stored(&path, candidate, fingerprint),
            source => Ok(Self::Program(Player::of(name, &source, Builder::new, progress)?)),
        }
    }
}

impl Player {
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
        let side = Side {
            name: name.to_owned(),
            commit: source.commit().map(str::to_owned),
            toolchain: program.toolchain,
            sha256: Some(program.sha256),
        };
        let contestant = Contestant { program: program.path, environment: BTreeMap::new() };
        Ok(Self { side, contestant })
    }

    /// The compiler, or that nobody knows.
    pub(super) fn toolchain(&self) -> &str {
        self.side.toolchain.as_deref().unwrap_or("an unknown compiler")
    }

    /// Which of these backends the program can run; for the others why it cannot.
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
            return Err(error.context(format!(
                "{role}, {}, is no delimark-runner that this gate can measure; revisions from the \
                 one on that has `delimark-bench gate` are",
                self.side.name
            )));
        }
        let absence = |error: anyhow::Error| Absence {
            reason: format!("{role}: {error:#}"),
            is_refusal: is_refusal(&error),
        };
        Ok(asked.into_iter().map(|asked| asked.map_err(absence)).collect())
    }

    fn ask(&self, role: Role, backend: Backend, time_limit: Duration) -> Result<()> {
        let about = self.contestant.host(role, backend.name(), time_limit).about()?;
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

/// The beginnings of what a runner says itself, by today's name and by its former one.
const SPEAKERS: [&str; 2] = ["delimark-runner: ", "delimark-guest: "];

/// Whether a runner ended with words of its own, as it does for a backend that it does not know or
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

fn stored(path: &Path, candidate: &Player, fingerprint: &str) -> Result<Opponent> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    let counts = StoredBaseline::parse(&text, fingerprint, candidate.toolchain())
        .with_context(|| format!("{name} cannot be the baseline"))?;
    let side = Side {
        name: format!("{name}, {}", counts.name),
        commit: None,
        toolchain: Some(counts.toolchain.clone()),
        sha256: None,
    };
    Ok(Opponent::Stored { counts, side })
}
