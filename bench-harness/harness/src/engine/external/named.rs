//! An engine that somebody names on a command line, for a gate: a declaration, or just a command.
//! It is prepared once, and started over and over.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use delimark_runner::model::Model;

use super::command_words::Words;
use super::definition::{Definition, TASK};
use super::{EngineBuilder, enter};
use crate::engine::Engine;
use crate::engine::command::{Task, WholeCommand};
use crate::runtime::Missing;
use crate::workload::Input;

/// An engine that is ready to be started.
#[derive(Debug)]
pub struct NamedEngine {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A whole command as it was written.
    Command {
        text: String,
        words: Words,
        time_limit: Duration,
    },
    Declared {
        definition: Box<Definition>,
        builder: EngineBuilder,
        version: String,
    },
}

impl NamedEngine {
    /// Makes an engine of what was written: the path of a declaration, which ends with .toml, or a
    /// command. A declared one is built, and has to say its version.
    ///
    /// # Errors
    ///
    /// It is neither, or is not here.
    pub fn new(text: &str, time_limit: Duration) -> Result<Self> {
        let path = Path::new(text);
        let is_declaration = path.extension().is_some_and(|extension| extension == "toml");
        let kind = if is_declaration {
            let definition = Box::new(Definition::read(path)?.with_time_limit(time_limit));
            let mut builder = EngineBuilder::default();
            let version = builder.prepare(&definition)?;
            Kind::Declared { definition, builder, version }
        } else {
            let words = Words::parse("command", text, &TASK)
                .with_context(|| format!("the command '{text}' cannot be started"))?;
            Kind::Command { text: text.to_owned(), words, time_limit }
        };
        Ok(Self { kind })
    }

    /// Returns its name and version, or the command.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.kind {
            Kind::Command { text, .. } => text.clone(),
            Kind::Declared { definition, version, .. } => format!("{}, {version}", definition.name),
        }
    }

    /// Returns the models that it does: a whole command writes something.
    #[must_use]
    pub fn models(&self) -> Vec<Model> {
        match &self.kind {
            Kind::Command { .. } => Model::OF_COMMANDS.to_vec(),
            Kind::Declared { definition, .. } => definition.models.clone(),
        }
    }

    /// Tells whether a process of it goes through the input once only.
    #[must_use]
    pub fn is_whole_command(&self) -> bool {
        match &self.kind {
            Kind::Command { .. } => true,
            Kind::Declared { definition, .. } => !definition.holds_data(),
        }
    }

    /// Starts it on an input; a whole command is started again for each pass.
    ///
    /// # Errors
    ///
    /// It cannot be started, or does not take the input.
    pub fn enter(&self, input: &Input<'_>) -> Result<Box<dyn Engine>> {
        match &self.kind {
            Kind::Command { text, words, time_limit } => {
                Ok(Box::new(whole_command(text, words, *time_limit, input)?))
            }
            Kind::Declared { definition, builder, .. } => {
                let (engine, _about) = enter(definition, input, builder)?;
                definition
                    .supports_data(&input.traits)
                    .map_err(|reason| Missing::new(format!("it does not take this: {reason}")))?;
                Ok(engine)
            }
        }
    }
}

/// A command on an input, which it reads on standard input unless it is given the path.
fn whole_command(
    text: &str,
    words: &Words,
    time_limit: Duration,
    input: &Input<'_>,
) -> Result<WholeCommand> {
    let places = Task::of(input)?.places();
    let here = std::env::current_dir().context("there is no working directory")?;
    let folders = ["here", "target"].map(|place| (place, here.to_string_lossy().into_owned()));
    let filled = words.fill(&[&folders[..], &places].concat())?;
    let mut command = Command::new(&filled.program);
    command.args(&filled.arguments);
    let engine = WholeCommand::new(text, command, time_limit)?;
    let path: PathBuf = input.path.to_owned();
    Ok(if words.has("path") { engine } else { engine.with_stdin(&path) })
}
