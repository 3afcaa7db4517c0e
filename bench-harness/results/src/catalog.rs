//! The engines that this project measures, by name: what results are compared with by those who
//! have no engine at hand.

use std::collections::BTreeMap;

use delimark_runner::model::Model;

/// Every engine that this project measures, but for those that are slow on purpose.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    engines: BTreeMap<String, (EngineKind, Vec<Model>)>,
}

/// The way in which an engine is part of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// Compiled into the harness.
    InProcess,
    /// One of this project's WebAssembly modules under a runtime.
    Module,
    /// Declared in a file.
    Declared,
    /// This project's own tool.
    Command,
    /// Part of the page that measures in a browser.
    Browser,
}

impl Catalog {
    /// Returns the models that an engine of that name does on ordinary data, and nothing for a name
    /// that no engine of this project or declared by it has.
    #[must_use]
    pub fn models(&self, engine: &str) -> Option<&[Model]> {
        self.engines.get(engine).map(|(_, models)| models.as_slice())
    }

    /// Returns the kind of an engine, and nothing for an unknown name.
    #[must_use]
    pub fn kind(&self, engine: &str) -> Option<EngineKind> {
        self.engines.get(engine).map(|(kind, _)| *kind)
    }
}

impl FromIterator<(String, EngineKind, Vec<Model>)> for Catalog {
    fn from_iter<I: IntoIterator<Item = (String, EngineKind, Vec<Model>)>>(engines: I) -> Self {
        let engines = engines.into_iter().map(|(name, kind, models)| (name, (kind, models)));
        Self { engines: engines.collect() }
    }
}
