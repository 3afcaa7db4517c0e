//! Getting a declared engine ready: asking for its version, and building what it runs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::command_words::{Filled, Words};
use super::definition::Definition;
use crate::checkout;
use crate::runtime::Missing;
use crate::supervised::{self, Ending, Output};

/// For an interpreter that loads a large library from a cold disk.
const VERSION_TIME_LIMIT: Duration = Duration::from_secs(60);
/// For a compiler that has to build its own library first.
const BUILD_TIME_LIMIT: Duration = Duration::from_secs(600);

/// The builds of declared engines: several may need the same one, which is done once.
#[derive(Debug)]
pub struct EngineBuilder {
    target: PathBuf,
    built: BTreeMap<Filled, Result<(), Missing>>,
}

impl Default for EngineBuilder {
    fn default() -> Self {
        let target = checkout::root().map_or_else(
            || std::env::temp_dir().join("delimark-peers"),
            |root| root.join("target/peers"),
        );
        Self { target, built: BTreeMap::new() }
    }
}

impl EngineBuilder {
    /// Asks an engine for its version, which proves that it is there, and builds what it runs.
    pub(super) fn prepare(&mut self, engine: &Definition) -> Result<String, Missing> {
        self.try_prepare(engine)
            .map_err(|missing| Missing::new(format!("{missing}; {}", engine.install)))
    }

    fn try_prepare(&mut self, engine: &Definition) -> Result<String, Missing> {
        let version = self.fill(engine, &engine.version, &[])?;
        let version = first_line(&run(&version, VERSION_TIME_LIMIT)?)
            .ok_or_else(|| Missing::new(format!("'{}' says no version", shown(&version))))?;
        if let Some(build) = &engine.build {
            let build = self.fill(engine, build, &[])?;
            if !self.built.contains_key(&build) {
                self.built.insert(build.clone(), self.build(&build));
            }
            self.built[&build].clone()?;
        }
        Ok(version)
    }

    fn build(&self, build: &Filled) -> Result<(), Missing> {
        std::fs::create_dir_all(&self.target)
            .map_err(|error| Missing::new(format!("{}: {error}", self.target.display())))?;
        run(build, BUILD_TIME_LIMIT).map(drop)
    }

    /// Fills in folders, and what else there is to be filled in.
    pub(super) fn fill(
        &self,
        engine: &Definition,
        words: &Words,
        more: &[(&str, String)],
    ) -> Result<Filled, Missing> {
        let text = |path: &PathBuf| {
            let text = path.to_str().map(str::to_owned);
            text.ok_or_else(|| Missing::new(format!("the path {} is not UTF-8", path.display())))
        };
        let folders = [("here", text(&engine.folder)?), ("target", text(&self.target)?)];
        words.fill(&[&folders[..], more].concat())
    }
}

fn run(command: &Filled, limit: Duration) -> Result<Output, Missing> {
    let name = shown(command);
    match supervised::run(&command.program, &command.arguments, Vec::new(), limit) {
        Ok(Ending::Ended(output)) if output.status.success() => Ok(output),
        Ok(Ending::Ended(Output { status, last_words, .. })) => {
            let last = last_words.last().map_or("without a word", String::as_str);
            Err(Missing::new(format!("'{name}' failed ({status}): {last}")))
        }
        Ok(Ending::Hung) => {
            Err(Missing::new(format!("'{name}' did not end within {} s", limit.as_secs())))
        }
        Ok(Ending::TooMuch { bytes }) => {
            Err(Missing::new(format!("'{name}' wrote more than {bytes} bytes")))
        }
        Err(error) => Err(Missing::new(format!("'{name}' cannot be started: {error}"))),
    }
}

/// Names the program and its first argument: enough to know it by.
fn shown(command: &Filled) -> String {
    let program = command.program.file_name().unwrap_or_default().to_string_lossy();
    match command.arguments.first() {
        Some(argument) => format!("{program} {argument} …"),
        None => program.into_owned(),
    }
}

/// Returns the first line that a tool says, on whichever stream.
fn first_line(output: &Output) -> Option<String> {
    let said = String::from_utf8_lossy(&output.bytes);
    let lines = said.lines().map(str::to_owned).chain(output.last_words.iter().cloned());
    lines.map(|line| line.trim().to_owned()).find(|line| !line.is_empty())
}
