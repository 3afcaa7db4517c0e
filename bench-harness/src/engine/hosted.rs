//! Engines in other processes, which take the input from its file once and time each pass
//! themselves: this project's WebAssembly modules under several runtimes, and plain JavaScript.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Engine, Input, Laps};
use crate::host::{About, Host, Missing, Module, check_node, check_wasmtime};
use crate::model::{Answer, Model};

/// An engine that would be measured if it could run here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingEngine {
    /// Its name.
    pub name: String,
    /// Why it cannot, and what to do about it.
    pub reason: String,
}

/// The engines in other processes, and what they run in.
#[derive(Default)]
pub struct HostedEngines {
    /// Those that can run here; each is a process that waits.
    pub engines: Vec<Box<dyn Engine>>,
    /// Those that cannot.
    pub missing: Vec<MissingEngine>,
    /// The runtimes with their versions, each once.
    pub runtimes: Vec<String>,
    /// How long a runtime took to compile its module, by the engine's name.
    pub compile_ns: BTreeMap<String, u64>,
}

/// The way to such an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostedEngine {
    /// A module of this project under Node.
    Node(Module),
    /// A module of this project under wasmtime.
    Wasmtime(Module),
    /// `String.split` under Node.
    JsSplit,
}

impl HostedEngine {
    /// All there are.
    pub const ALL: [Self; 5] = [
        Self::Node(Module::Scalar),
        Self::Node(Module::Simd128),
        Self::Wasmtime(Module::Scalar),
        Self::Wasmtime(Module::Simd128),
        Self::JsSplit,
    ];

    /// The name in reports.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Node(module) => format!("delimark/{}@node", module.name()),
            Self::Wasmtime(module) => format!("delimark/{}@wasmtime", module.name()),
            Self::JsSplit => "peer/js-split@node".to_owned(),
        }
    }

    /// Whether it runs a module of this project, which has to be built first.
    #[must_use]
    pub fn has_module(self) -> bool {
        !matches!(self, Self::JsSplit)
    }

    /// Looks for the runtime alone, which needs no module to be built.
    ///
    /// # Errors
    ///
    /// It is not there.
    pub fn check_runtime(self) -> Result<(), Missing> {
        match self {
            Self::Node(_) | Self::JsSplit => check_node(),
            Self::Wasmtime(_) => check_wasmtime(),
        }
    }

    fn host(self) -> Result<Host, Missing> {
        match self {
            Self::Node(module) => Host::node(module),
            Self::Wasmtime(module) => Host::wasmtime(module),
            Self::JsSplit => Host::js_split(),
        }
    }

    /// Starts the process, asks what it is, and has it take the input.
    fn start(self, input: &Input<'_>) -> Result<(Hosted, About)> {
        let mut host = self.host()?.with_time_limit(Hosted::TIME_LIMIT);
        let about = host.about()?;
        host.load(input.path)?;
        host.set_dialect(&input.dialect)?;
        let (name, backend) = (self.name(), about.backend.clone());
        Ok((Hosted { name, host, backend, has_offsets: self.has_module() }, about))
    }
}

impl HostedEngines {
    /// Starts these engines on an input; one that cannot take it is missing.
    #[must_use]
    pub fn start(wanted: &[HostedEngine], input: &Input<'_>) -> Self {
        let mut hosted = Self::default();
        for engine in wanted {
            match engine.start(input) {
                Ok((started, about)) => hosted.add(started, about),
                Err(error) => hosted.miss(*engine, format!("{error:#}")),
            }
        }
        hosted
    }

    fn add(&mut self, engine: Hosted, about: About) {
        if !self.runtimes.contains(&about.engine) {
            self.runtimes.push(about.engine);
        }
        self.compile_ns.extend(about.compile_ns.map(|ns| (engine.name.clone(), ns)));
        self.engines.push(Box::new(engine));
    }

    /// Adds an engine that cannot run here.
    pub fn miss(&mut self, engine: HostedEngine, reason: String) {
        self.missing.push(MissingEngine { name: engine.name(), reason });
    }
}

struct Hosted {
    name: String,
    host: Host,
    backend: Option<String>,
    has_offsets: bool,
}

impl Hosted {
    /// For a pass over 2 GiB in plain JavaScript on a busy machine.
    const TIME_LIMIT: std::time::Duration = std::time::Duration::from_secs(300);
}

impl Engine for Hosted {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn executes(&self) -> Option<String> {
        self.backend.clone()
    }

    fn runs_elsewhere(&self) -> bool {
        true
    }

    fn uncountable(&self) -> Option<&'static str> {
        Some("it runs in another process")
    }

    fn refuses(&self, model: Model, _input: &Input<'_>) -> Option<&'static str> {
        match model {
            Model::FileMap | Model::FileRead => Some("it has the input in its own memory"),
            Model::Index if !self.has_offsets => Some("String.split does not say where fields are"),
            _ => None,
        }
    }

    fn run(&mut self, model: Model, input: &Input<'_>, laps: &mut Laps) -> Result<Answer> {
        let columns = if model == Model::Project { input.projection } else { &[] };
        let pass = self.host.run(model, columns)?;
        laps.set_pass(pass.duration);
        Ok(pass.answer)
    }
}
