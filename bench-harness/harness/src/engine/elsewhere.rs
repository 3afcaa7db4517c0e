//! Engines in other processes: this project's WebAssembly modules under several runtimes, which
//! take the input from its file once and time each pass themselves, and all that are declared.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use delimark::Backend;
use delimark_results::{DeclaredEngine, EXTRACT, SkipKind, Skipped};
use delimark_runner::model::{Access, Model};

use super::command::{self, WholeCommand};
use super::external::{self, Definition, EngineBuilder};
use super::process::{ProcessEngine, Support};
use super::{Engine, Unsupported};
use crate::runtime::{self, About, Launch, Missing, Module, Tiers};
use crate::workload::Input;

/// For a pass over 2 GiB of scalar code on a busy machine.
const PASS_TIME_LIMIT: Duration = Duration::from_secs(300);

/// An engine that would be measured if it could run here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingEngine {
    /// Its name.
    pub name: String,
    /// The reason why it cannot, and what to do about it.
    pub reason: String,
    /// The kind of that reason.
    pub kind: SkipKind,
    /// The models that it would not do anyway, each with the reason.
    pub unsupported: BTreeMap<Model, Unsupported>,
}

impl MissingEngine {
    fn new(
        name: String,
        (kind, reason): (SkipKind, String),
        supports: impl Fn(Model) -> Result<(), Unsupported>,
    ) -> Self {
        let unsupported = |model| supports(model).err().map(|reason| (model, reason));
        Self {
            name,
            reason,
            kind,
            unsupported: Model::ALL.into_iter().filter_map(unsupported).collect(),
        }
    }

    /// Returns the entry of the results in the place of a cell.
    #[must_use]
    pub fn skipped(&self, model: Model, dataset: &str) -> Skipped {
        let (kind, reason) = match self.unsupported.get(&model) {
            Some(unsupported) => (SkipKind::Unsupported, unsupported.reason()),
            None => (self.kind, self.reason.as_str()),
        };
        Skipped {
            engine: self.name.clone(),
            model: model.to_string(),
            dataset: dataset.to_owned(),
            reason: reason.to_owned(),
            kind: Some(kind),
        }
    }
}

/// The engines in other processes, and what they run in.
#[derive(Default)]
pub struct ProcessEngines {
    /// The engines that can run here; but for whole commands, each is a process that waits.
    pub engines: Vec<Box<dyn Engine>>,
    /// The engines that cannot.
    pub missing: Vec<MissingEngine>,
    /// The runtimes with their versions, each once.
    pub runtimes: Vec<String>,
    /// The time that a runtime took to compile its module, by the engine's name.
    pub compile_ns: BTreeMap<String, u64>,
    /// The nature and conduct of declared engines.
    pub declared: Vec<DeclaredEngine>,
}

/// A module of this project under a runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleEngine {
    module: Module,
    launch: Launch,
}

impl ModuleEngine {
    /// Returns every module under every runtime.
    pub fn all() -> impl Iterator<Item = Self> {
        let of_runtime = |launch| Module::ALL.map(|module| Self { module, launch });
        Launch::ALL.into_iter().flat_map(of_runtime)
    }

    /// Returns the name in reports.
    #[must_use]
    pub fn name(self) -> String {
        format!("delimark/{}@{}", self.module.name(), self.launch.runtime.name)
    }

    /// Tells whether a run measures it unasked.
    #[must_use]
    pub fn in_plain_run(self) -> bool {
        self.launch.in_plain_run
    }

    /// Looks for the runtime alone, which needs no module to be built.
    ///
    /// # Errors
    ///
    /// It is not there.
    pub fn check_runtime(self) -> Result<(), Missing> {
        self.launch.find().map(drop)
    }

    /// Starts the process, asks what it is, and has it take the input.
    fn start(self, input: &Input<'_>) -> Result<(ProcessEngine, About)> {
        let runner = self.launch.runner(self.module, Tiers::Optimising)?;
        let runner = runner.with_time_limit(PASS_TIME_LIMIT);
        let support: Support = Box::new(|model, _input| module_supports(model));
        let (engine, about) = ProcessEngine::start(self.name(), runner, support, input)?;
        Ok((engine.with_backend(about.backend.clone()), about))
    }
}

impl ProcessEngines {
    /// Starts these modules on an input; one that cannot take it is missing.
    pub fn start(&mut self, wanted: &[ModuleEngine], input: &Input<'_>) {
        for engine in wanted {
            match engine.start(input) {
                Ok((started, about)) => {
                    self.note(&started.name(), about);
                    self.engines.push(Box::new(started));
                }
                Err(error) => {
                    let (kind, reason) = failure(&error);
                    self.miss(*engine, kind, reason);
                }
            }
        }
    }

    /// Makes a declared engine ready and starts it; one that is not there is missing.
    pub fn start_declared(
        &mut self,
        definition: &Definition,
        input: &Input<'_>,
        builder: &mut EngineBuilder,
    ) {
        match external::start(definition, input, builder) {
            Ok(started) => {
                self.engines.push(started.engine);
                self.declared.push(started.facts);
                if let Some(about) = started.about {
                    self.note(&definition.name, about);
                }
            }
            Err(error) => {
                let (kind, reason) = failure(&error);
                self.miss_declared(definition, kind, reason);
            }
        }
    }

    /// Adds the verb `extract` of this project's tool, with one backend. Builds the tool where
    /// there is a checkout; where it cannot be had, the engine is missing.
    pub fn start_extract(&mut self, input: &Input<'_>, backend: Backend) {
        let engine = runtime::tool()
            .map_err(anyhow::Error::from)
            .and_then(|tool| WholeCommand::extract(input, &tool, backend));
        match engine {
            Ok(engine) => self.engines.push(Box::new(engine)),
            Err(error) => {
                let name = EXTRACT.to_owned();
                self.missing.push(MissingEngine::new(name, failure(&error), command::supports));
            }
        }
    }

    /// Adds a module that cannot run here.
    pub fn miss(&mut self, engine: ModuleEngine, kind: SkipKind, reason: String) {
        let missing = MissingEngine::new(engine.name(), (kind, reason), module_supports);
        self.missing.push(missing);
    }

    /// Adds a declared engine that cannot run here.
    pub fn miss_declared(&mut self, definition: &Definition, kind: SkipKind, reason: String) {
        let name = definition.name.clone();
        let supports = |model| definition.supports_model(model);
        let missing = MissingEngine::new(name, (kind, reason), supports);
        self.missing.push(missing);
    }

    fn note(&mut self, engine: &str, about: About) {
        if !self.runtimes.contains(&about.engine) {
            self.runtimes.push(about.engine);
        }
        self.compile_ns.extend(about.compile_ns.map(|ns| (engine.to_owned(), ns)));
    }
}

/// Returns the kind and the text of the reason why an engine was not started, or does not take the
/// input.
fn failure(error: &anyhow::Error) -> (SkipKind, String) {
    let kind = if error.is::<Missing>() {
        SkipKind::NotInstalled
    } else if error.is::<Unsupported>() {
        SkipKind::Unsupported
    } else {
        SkipKind::Failed
    };
    (kind, format!("{error:#}"))
}

/// Tells whether modules do a model, whatever the data.
pub(super) fn module_supports(model: Model) -> Result<(), Unsupported> {
    match model.access() {
        Access::Memory => Ok(()),
        Access::Map | Access::Reads => {
            Err(Unsupported::model("it has the input in its own memory"))
        }
        Access::Command => Err(Unsupported::NO_COMMAND),
    }
}
