//! Engines that are declared, one in a TOML file: other people's parsers in any language, and whole
//! commands. `bench-harness/engines/peers/README.md` says how to add one.

mod command_words;
mod definition;
mod named;
mod prepare;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use delimark_results::{DeclaredEngine, display};

use self::command_words::Filled;
pub use self::definition::Definition;
use self::definition::Start;
pub use self::named::NamedEngine;
pub use self::prepare::EngineBuilder;
use super::Engine;
use super::command::{Task, WholeCommand};
use super::process::{ProcessEngine, Support};
use crate::checkout;
use crate::runtime::{About, Missing, RunnerProcess};
use crate::workload::Input;

/// The folder of this project's own declarations, from the root of the checkout.
const PEERS: &str = "bench-harness/engines/peers";

/// The declarations in it, for those who have to know it without a checkout.
const EMBEDDED: &[&str] = &[
    include_str!("../../../../engines/peers/cut.toml"),
    include_str!("../../../../engines/peers/go-index-byte.toml"),
    include_str!("../../../../engines/peers/go-scanner.toml"),
    include_str!("../../../../engines/peers/go-split.toml"),
    include_str!("../../../../engines/peers/javascript-papaparse.toml"),
    include_str!("../../../../engines/peers/javascript-split.toml"),
    include_str!("../../../../engines/peers/javascript-udsv.toml"),
    include_str!("../../../../engines/peers/mawk.toml"),
    include_str!("../../../../engines/peers/miller.toml"),
    include_str!("../../../../engines/peers/python-csv.toml"),
    include_str!("../../../../engines/peers/python-duckdb.toml"),
    include_str!("../../../../engines/peers/python-polars.toml"),
    include_str!("../../../../engines/peers/python-pyarrow.toml"),
    include_str!("../../../../engines/peers/python-split.toml"),
    include_str!("../../../../engines/peers/rust-arrow-csv.toml"),
    include_str!("../../../../engines/peers/zsv.toml"),
];

/// A declared engine that is ready to be measured.
pub(super) struct Started {
    pub(super) engine: Box<dyn Engine>,
    pub(super) facts: DeclaredEngine,
    /// Its words about itself; whole commands say nothing.
    pub(super) about: Option<About>,
}

/// Returns this project's own declarations as they were when the program was built: their folders
/// are not those of a checkout, so these are to be read and not to be run.
///
/// # Panics
///
/// Never in a program that passes its tests: the texts are part of it.
#[must_use]
pub fn embedded_definitions() -> Vec<Definition> {
    let read = |text| Definition::parse(text, Path::new("."));
    let declares = "an embedded declaration declares an engine";
    EMBEDDED.iter().map(|text| read(text).expect(declares)).collect()
}

/// Reads all declarations: those of the checkout that the working directory is in, and those in
/// these folders.
///
/// # Errors
///
/// A folder or file cannot be read, declares no engine, or one whose name is taken.
pub fn definitions(more: &[PathBuf]) -> Result<Vec<Definition>> {
    let own = checkout::root().map(|root| root.join(PEERS)).filter(|folder| folder.is_dir());
    let mut definitions: Vec<Definition> = Vec::new();
    for folder in own.iter().chain(more) {
        for path in declarations(folder)? {
            let definition = Definition::read(&path)?;
            let name = &definition.name;
            ensure!(
                definitions.iter().all(|other| other.name != *name),
                "{} declares {name}, which is declared already",
                path.display()
            );
            definitions.push(definition);
        }
    }
    Ok(definitions)
}

/// Returns the declarations in a folder, by name.
fn declarations(folder: &Path) -> Result<Vec<PathBuf>> {
    let name = display::path(folder);
    let entries = std::fs::read_dir(folder).with_context(|| format!("{name} cannot be read"))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("{name} cannot be read"))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    ensure!(!paths.is_empty(), "{name} has no .toml file, so it declares no engine");
    paths.sort();
    Ok(paths)
}

/// Makes an engine ready and starts it on an input.
pub(super) fn start(
    definition: &Definition,
    input: &Input<'_>,
    builder: &mut EngineBuilder,
) -> Result<Started> {
    let version = builder.prepare(definition)?;
    let (engine, about) = enter(definition, input, builder)?;
    let facts = DeclaredEngine {
        engine: definition.name.clone(),
        about: definition.about.clone(),
        version,
        does: definition.does.clone(),
    };
    Ok(Started { engine, facts, about })
}

/// Starts an engine that is ready, and has it say what it is; whole commands say nothing.
fn enter(
    definition: &Definition,
    input: &Input<'_>,
    builder: &EngineBuilder,
) -> Result<(Box<dyn Engine>, Option<About>)> {
    let missing = |missing: Missing| Missing::new(format!("{missing}; {}", definition.install));
    match &definition.start {
        Start::Runner(words) => {
            let command = builder.fill(definition, words, &[]).map_err(missing)?;
            let (engine, about) = start_process(definition, &command, input)?;
            Ok((Box::new(engine), Some(about)))
        }
        Start::Command(words) => {
            let places = Task::of(input)?.places();
            let filled = builder.fill(definition, words, &places).map_err(missing)?;
            let mut command = Command::new(&filled.program);
            command.args(&filled.arguments).envs(&definition.environment);
            let engine = WholeCommand::new(&definition.name, command, definition.time_limit)?;
            Ok((Box::new(engine.with_input_support(definition.supports_data(&input.traits))), None))
        }
    }
}

/// Starts a declared engine that speaks the runners' protocol.
fn start_process(
    definition: &Definition,
    command: &Filled,
    input: &Input<'_>,
) -> Result<(ProcessEngine, About)> {
    let arguments: Vec<&str> = command.arguments.iter().map(String::as_str).collect();
    let runner = RunnerProcess::new(&definition.name, &command.program, &arguments)
        .with_environment(&definition.environment)
        .with_time_limit(definition.time_limit);
    let declared = definition.clone();
    let support: Support = Box::new(move |model, input| {
        declared.supports_model(model).and_then(|()| declared.supports_data(&input.traits))
    });
    ProcessEngine::start(definition.name.clone(), runner, support, input)
}
