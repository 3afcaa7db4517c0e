//! The engines: this project's backends, their rivals, and the limits that none can beat.

mod command;
mod control;
mod delimark;
mod external;
mod hosted;
mod laps;
mod limit;
mod offer;
mod peer;
mod process;

use ::delimark::Backend;
use anyhow::Result;
use delimark_runner::model::{Answer, Model};

pub use self::external::{Definition, NamedEngine, Workshop, definitions, embedded_definitions};
pub use self::hosted::{HostedEngine, HostedEngines, MissingEngine};
pub use self::laps::{LapOverhead, Laps};
pub use self::limit::ReadLoop;
pub use self::offer::catalog;
use crate::workload::{AnswerKind, Input};

/// Something that can be measured: a row of the report.
pub trait Engine {
    /// The name: family, slash, member.
    fn name(&self) -> String;

    /// What really runs, where the name leaves that open or promises it.
    fn executes(&self) -> Option<String> {
        None
    }

    /// Which of the reference's answers it has to give.
    fn answers(&self) -> AnswerKind {
        AnswerKind::Model
    }

    /// True for what runs in another process: it times its passes itself, with
    /// [`Laps::set_pass`], and nobody counts its allocations.
    fn runs_elsewhere(&self) -> bool {
        false
    }

    /// Why it would mislead to count what happens in [`run`](Self::run), though it can be timed.
    fn uncountable(&self) -> Option<&'static str> {
        None
    }

    /// Whether a model is any of its business: an engine with no such model among those asked for
    /// is no part of a run.
    fn concerns(&self, model: Model) -> bool {
        Model::OF_LIBRARIES.contains(&model)
    }

    /// Why the engine cannot do a model, or cannot do it right on data with the traits of this
    /// input.
    fn refuses(&self, model: Model, input: &Input<'_>) -> Option<&str>;

    /// Goes through the input once.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or the engine does not take it.
    fn run(&mut self, model: Model, input: &Input<'_>, laps: &mut Laps) -> Result<Answer>;
}

/// Why an engine of this process does not do [`Model::Extract`].
const NO_COMMAND: &str = "it is no whole command";

/// Every engine of this process: the limits, the backends that were asked for, the rivals. Those of
/// other processes are [`HostedEngines`].
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

/// The read limit with the loop of this name, in the place of the one that would win a race.
///
/// # Errors
///
/// No loop of that name can run here.
pub fn read_limit(loop_name: &str) -> Result<Box<dyn Engine>> {
    Ok(Box::new(limit::ReadLimit::with_loop(loop_name)?))
}

/// The names of the rivals that are Rust libraries.
#[must_use]
pub fn rival_names() -> Vec<String> {
    peer::all().iter().map(|engine| engine.name()).collect()
}

/// The engines that are slow on purpose, over the best of these backends: no part of a comparison,
/// but there to see whether slowness is put down to its cause.
///
/// # Errors
///
/// The backend cannot run here.
pub fn controls(input: &Input<'_>, backends: &[Backend]) -> Result<Vec<Box<dyn Engine>>> {
    let best = backends.last().copied().unwrap_or_else(Backend::best);
    Ok(control::all(input.dialect, best)?)
}
