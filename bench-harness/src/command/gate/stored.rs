//! `--save-baseline`: the counts of a program, kept for another time.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use delimark_harness::checkout;
use delimark_harness::measure::pairs::Role;
use delimark_report::gate::{StoredBaseline, StoredCell};

use super::Progress;
use super::contest::{Contest, workloads};
use super::counting::count;
use super::options::Settings;
use super::sides::{Opponent, Player};
use crate::command::print;
use crate::exit::Exit;

/// Where baselines are kept, from the root of the checkout.
const BASELINES: &str = "reports/baselines";

/// Counts what the candidate does, and stores it.
pub(super) fn save(
    settings: &Settings,
    path: Option<&Path>,
    progress: &mut Progress,
) -> Result<Exit> {
    let workloads = workloads(settings, progress)?;
    let candidate = Player::candidate(settings.candidate.as_deref(), progress)?;
    let itself = Opponent::Program(candidate.clone());
    let contest = Contest::between(settings, &workloads, itself, candidate)?;
    let player = &contest.candidate;
    let path = place(path, &contest.fingerprint, player.toolchain())?;
    let mut survey = Vec::new();
    for look in contest.survey(player, Role::Candidate, progress) {
        match look {
            Ok(look) => survey.push(look),
            Err(failed) => {
                progress
                    .note(&format!("delimark-bench: {}: {}", failed.cell.backend, failed.problem));
                return Ok(Exit::Failure);
            }
        }
    }
    let counts = count(&contest, player, &survey, progress)?;
    let cells = contest.cells.iter().zip(counts);
    let cells = cells.map(|(cell, counts)| StoredCell { name: contest.name(cell), counts });
    let stored = StoredBaseline::new(
        &contest.fingerprint,
        player.toolchain(),
        player.side.commit.as_deref().unwrap_or(&player.side.name),
        contest.datasets(),
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

fn place(path: Option<&Path>, fingerprint: &str, toolchain: &str) -> Result<PathBuf> {
    if let Some(path) = path {
        return Ok(path.to_owned());
    }
    let Some(root) = checkout::root() else {
        bail!("outside of a checkout, say where to: --save-baseline FILE");
    };
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
    let words = toolchain.split(|letter| !is_plain(letter)).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    Ok(root.join(BASELINES).join(fingerprint).join(format!("{name}.json")))
}
