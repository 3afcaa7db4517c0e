//! The engines: this project's backends, their peers, and the limits that none can beat.

mod burst_timer;
mod catalog;
mod command;
mod delimark;
mod elsewhere;
mod external;
mod handicap;
mod limit;
mod peer;
mod process;
mod unsupported;

use ::delimark::Backend;
use anyhow::Result;
use delimark_runner::model::{Answer, Model};

pub use self::burst_timer::{BurstOverhead, BurstTimer};
pub use self::catalog::catalog;
pub use self::elsewhere::{MissingEngine, ModuleEngine, ProcessEngines};
pub use self::external::{
    Definition, EngineBuilder, NamedEngine, definitions, embedded_definitions,
};
pub use self::limit::ReadLoop;
pub use self::unsupported::Unsupported;
use crate::workload::{AnswerKind, Input};

/// Something that can be measured: a row of the report.
pub trait Engine {
    /// Returns the name: family, slash, member.
    fn name(&self) -> String;

    /// Returns the name of the code that really runs, where the engine's name leaves that open or
    /// promises it.
    fn executes(&self) -> Option<String> {
        None
    }

    /// Returns the kind of the reference's answers that it has to give.
    fn answers(&self) -> AnswerKind {
        AnswerKind::Model
    }

    /// Tells whether it runs in another process: it times its passes itself, with
    /// [`BurstTimer::set_pass`], and nobody counts its allocations.
    fn runs_elsewhere(&self) -> bool {
        false
    }

    /// Returns the reason why counts of [`run`](Self::run) would mislead, though it can be timed.
    fn uncountable(&self) -> Option<&'static str> {
        None
    }

    /// Tells whether the engine does a model, and does it right on data with the traits of this
    /// input.
    ///
    /// # Errors
    ///
    /// It does not; the reason is a clause about the engine.
    fn supports(&self, model: Model, input: &Input<'_>) -> Result<(), Unsupported>;

    /// Goes through the input once.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or the engine does not take it.
    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer>;
}

/// Returns every engine of this process: the limits, the backends that were asked for, the peers.
/// Those of other processes are [`ProcessEngines`].
///
/// # Errors
///
/// A backend cannot run here.
pub fn all(input: &Input<'_>, backends: &[Backend]) -> Result<Vec<Box<dyn Engine>>> {
    let mut engines: Vec<Box<dyn Engine>> =
        vec![Box::new(limit::ReadLimit::new(input.bytes)), Box::<limit::CopyLimit>::default()];
    for &backend in backends {
        engines.push(Box::new(limit::MasksLimit::new(input.dialect, backend)?));
    }
    for &backend in backends {
        engines.push(Box::new(delimark::Delimark::new(input.dialect, backend)?));
    }
    engines.extend(peer::all());
    Ok(engines)
}

/// Returns the read limit with the loop of this name, in the place of the one that would win a
/// race.
///
/// # Errors
///
/// No loop of that name can run here.
pub fn read_limit(loop_name: &str) -> Result<Box<dyn Engine>> {
    Ok(Box::new(limit::ReadLimit::with_loop(loop_name)?))
}

/// Returns the names of the peers that are Rust libraries.
#[must_use]
pub fn peer_names() -> Vec<String> {
    peer::all().iter().map(|engine| engine.name()).collect()
}

/// Returns the engines that are slow on purpose, over the best of these backends: no part of a
/// comparison, but there to see whether slowness is put down to its cause.
///
/// # Errors
///
/// The backend cannot run here.
pub fn handicaps(input: &Input<'_>, backends: &[Backend]) -> Result<Vec<Box<dyn Engine>>> {
    let best = backends.last().copied().unwrap_or_else(Backend::best);
    Ok(handicap::all(input.dialect, best)?)
}
