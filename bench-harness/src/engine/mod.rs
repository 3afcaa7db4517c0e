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

use std::fs::File;
use std::io;
use std::path::Path;

use ::delimark::{Backend, Dialect};
use anyhow::Result;

pub use self::command::EXTRACT;
pub use self::external::{
    BROWSER_NAMES, Definition, NamedEngine, Workshop, definitions, embedded_definitions,
};
pub use self::hosted::{HostedEngine, HostedEngines, MissingEngine};
pub use self::laps::{LapOverhead, Laps};
pub use self::limit::{READ_NAME as READ_LIMIT, ReadLoop};
pub use self::offer::offered_models;
use crate::model::{Answer, Model};
use crate::results::Traits;
use delimark_extract::truncation::{GuardedMap, Witness};

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

    /// Why the engine cannot do a model, or cannot do it right on data with these input.traits.
    fn refuses(&self, model: Model, input: &Input<'_>) -> Option<&str>;

    /// Goes through the input once.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or the engine does not take it.
    fn run(&mut self, model: Model, input: &Input<'_>, laps: &mut Laps) -> Result<Answer>;
}

/// What stands behind the `@` of engines on an emulated CPU: the time there says nothing of the
/// real one.
pub const EMULATORS: [&str; 2] = ["bochs", "qemu"];

/// Why an engine of this process does not do [`Model::Extract`].
const NO_COMMAND: &str = "it is no whole command";

/// Which answer is right for an engine: limits do less than the model asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// That of the model.
    Model,
    /// That of [`Model::Count`], whatever the model.
    Counts,
    /// [`Answer::Words`], whatever the model.
    Words,
}

/// What an engine goes through.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The bytes, for the models that take them from memory.
    pub bytes: &'a [u8],
    /// The file with the same bytes, for those that read it.
    pub path: &'a Path,
    /// The rules. Every engine hands out ragged records as they are.
    pub dialect: Dialect,
    /// The columns of [`Model::Project`], ascending.
    pub projection: &'a [usize],
    /// What is out of the ordinary about it.
    pub traits: Traits,
    /// A byte that the input does not hold, for engines that cannot do without a quote.
    pub unused_byte: Option<u8>,
}

impl Input<'_> {
    /// Maps the file, for [`Model::FileMap`]. What comes of it counts once the witness confirms it.
    fn map(&self) -> io::Result<(GuardedMap, Witness)> {
        GuardedMap::open(File::open(self.path)?)
    }
}

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

/// What the names of [`controls`] begin with: they are run by who writes it, and by nobody else.
pub const CONTROLS: &str = "control/";

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
