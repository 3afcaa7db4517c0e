//! `gate record`: the counts of a program, kept for another time.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use delimark_harness::checkout;
use delimark_harness::measure::pairs::Role;
use delimark_report::gate::{StoredBaseline, StoredCell};

use super::counting::count;
use super::options::Settings;
use super::side::{BaselineSide, ProgramSide};
use super::sides::{Sides, workloads};
use super::{check_is_own, start};
use crate::command::print;
use crate::exit::Exit;

/// The folder of baselines, from the root of the checkout.
const BASELINES: &str = "reports/baselines";

/// Counts what the candidate does, and stores it.
pub(super) fn save(settings: &Settings, path: Option<&Path>) -> Result<Exit> {
    check_is_own("record", settings)?;
    let progress = &mut start()?;
    let workloads = workloads(settings, progress)?;
    let candidate = ProgramSide::candidate(settings.candidate.as_deref(), progress)?;
    let itself = BaselineSide::Program(candidate.clone());
    let sides = Sides::between(settings, &workloads, itself, candidate)?;
    let program = &sides.candidate;
    let path = file_path(path, &sides.fingerprint, program.toolchain())?;
    let mut survey = Vec::new();
    for cell in sides.survey(program, Role::Candidate, progress) {
        match cell {
            Ok(found) => survey.push(found),
            Err(failed) => {
                progress
                    .note(&format!("delimark-bench: {}: {}", failed.cell.backend, failed.problem));
                return Ok(Exit::Failure);
            }
        }
    }
    let counts = count(&sides, program, &survey, progress)?;
    let cells = sides
        .cells
        .iter()
        .zip(counts)
        .map(|(cell, counts)| StoredCell { name: sides.name(cell), counts });
    let stored = StoredBaseline::new(
        &sides.fingerprint,
        program.toolchain(),
        program.about.commit.as_deref().unwrap_or(&program.about.name),
        sides.datasets(),
        cells.collect(),
    );
    progress.finish();
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, stored.json()))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    print(&format!("{}\n", path.display()))?;
    Ok(Exit::Success)
}

/// Returns the path that was given, or the one of this machine and compiler.
fn file_path(path: Option<&Path>, fingerprint: &str, toolchain: &str) -> Result<PathBuf> {
    if let Some(path) = path {
        return Ok(path.to_owned());
    }
    let Some(root) = checkout::root() else {
        bail!("outside of a checkout, say where to: gate record FILE");
    };
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
    let words = toolchain.split(|letter| !is_plain(letter)).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    Ok(root.join(BASELINES).join(fingerprint).join(format!("{name}.json")))
}
