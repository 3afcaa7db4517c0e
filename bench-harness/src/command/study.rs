//! `delimark-bench study`: the page that compares machines, made from the results that each
//! contributed, and the way to contribute.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, Result, ensure};
use delimark_harness::{checkout, engine};
use delimark_report::study::{Contribution, Predictions, Refusal, Study, path_of};
use jiff::Timestamp;

use super::{print, tell};
use crate::exit::Exit;

/// Compare machines: check their results and make one page of them
///
/// Reads reports/machines/<fingerprint>/<date>.json, checks every file, and writes a page that
/// needs no server and no network. With --add, checks results of `delimark-bench run` and copies
/// them to their place first. Where a file is refused, nothing is written.
///
/// Refused are quick runs, builds with changes that their commit does not have, machines that do
/// not say what they are, data that are not pinned, answers that are not the reference parser's on
/// them, engines that nobody else has or that the processor cannot run, and runs that lack what a
/// full one has: the read limit and every backend of the processor, on every model. The seal that
/// `delimark-bench run` puts on its file shows damage and edits by hand; it is no signature, and
/// does not stop who makes a whole file up.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark-bench study
  delimark-bench study --add reports/local/2026-01-31-1200/results.json
  delimark-bench study --machines results --out compared.html

Exit codes:
  0  the page was written
  1  a file of results was refused; the message says which, why, and what to do
  2  the command line does not allow it, or a file cannot be read or written")]
pub(crate) struct Args {
    /// The folder with a folder a machine [default: reports/machines of this checkout]
    #[arg(long, value_name = "DIR")]
    machines: Option<PathBuf>,

    /// The page to write [default: reports/index.html of this checkout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Results to contribute: checked and copied to their place; may be repeated
    #[arg(long, value_name = "RESULTS")]
    add: Vec<PathBuf>,

    /// Predictions to show beside them
    /// [default: reports/predictions/predictions.json of this checkout, if it is there]
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
}

/// Results to be copied, once all are found fit.
struct Addition {
    from: PathBuf,
    path: String,
    text: String,
}

pub(crate) fn run(args: &Args) -> Result<Exit> {
    let machines = folder(args.machines.as_deref(), "machines", "--machines")?;
    let out = folder(args.out.as_deref(), "index.html", "--out")?;
    let predictions = predictions(args.predictions.as_deref())?;
    let mut refusals = Vec::new();
    let mut contributions = Vec::new();
    for (path, text) in files(&machines)? {
        match Contribution::read(&path, &text) {
            Ok(contribution) => contributions.push(contribution),
            Err(refusal) => refusals.push(refusal),
        }
    }
    let mut additions = Vec::new();
    for from in &args.add {
        let text = fs::read_to_string(from)
            .with_context(|| format!("{} cannot be read", from.display()))?;
        match addition(&machines, from, text, &mut contributions) {
            Ok(addition) => additions.extend(addition),
            Err(refusal) => refusals.push(refusal),
        }
    }
    ensure!(
        !contributions.is_empty() || !refusals.is_empty(),
        "no machine has contributed to {}: `delimark-bench study --add results.json` does",
        machines.display()
    );
    // Files that cannot be read say nothing of the others, which are checked all the same.
    let study = Study::new(contributions, Timestamp::now(), engine::catalog())
        .map_err(|others| refusals.extend(others));
    let (Ok(study), true) = (study, refusals.is_empty()) else {
        return Ok(refuse(&refusals, &additions));
    };
    for Addition { path, text, .. } in additions {
        write_file(&machines.join(&path), &text)?;
    }
    write_file(&out, &study.page(predictions.as_ref()))?;
    print(&format!("{}\n", out.display()))?;
    Ok(Exit::Success)
}

/// Returns a path that was given, or else one below the reports of this checkout.
fn folder(given: Option<&Path>, name: &str, option: &str) -> Result<PathBuf> {
    let beside_reports = || checkout::root().map(|root| root.join("reports").join(name));
    given
        .map(Path::to_owned)
        .or_else(beside_reports)
        .with_context(|| format!("this is no checkout of Delimark: say where with {option}"))
}

fn predictions(given: Option<&Path>) -> Result<Option<Predictions>> {
    let usual = checkout::root().map(|root| root.join("reports/predictions/predictions.json"));
    let Some(path) = given.map(Path::to_owned).or(usual.filter(|path| path.exists())) else {
        return Ok(None);
    };
    let text =
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let predictions =
        Predictions::from_json(&text).with_context(|| format!("cannot use {}", path.display()))?;
    Ok(Some(predictions))
}

/// Reads every file of every machine, by its path below the folder.
fn files(machines: &Path) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    if !machines.exists() {
        return Ok(files);
    }
    for machine in entries(machines)?.into_iter().filter(|path| path.is_dir()) {
        for path in entries(&machine)? {
            let below = path.strip_prefix(machines).unwrap_or(&path);
            let names: Vec<_> = below.iter().map(|name| name.to_string_lossy()).collect();
            let text = fs::read_to_string(&path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            files.push((names.join("/"), text));
        }
    }
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = || -> io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
    };
    list().with_context(|| format!("{} cannot be listed", folder.display()))
}

/// Takes results in, unless the same are there already. Other results at the same path are kept.
fn addition(
    machines: &Path,
    from: &Path,
    text: String,
    contributions: &mut Vec<Contribution>,
) -> Result<Option<Addition>, Refusal> {
    let mut contribution = Contribution::read(&from.display().to_string(), &text)?;
    let path = path_of(&contribution.results);
    if contributions.iter().any(|other| other.path == path) {
        return match fs::read_to_string(machines.join(&path)) {
            Ok(present) if present == text => Ok(None),
            _ => Err(Refusal {
                path: from.display().to_string(),
                reason: format!("{path} is there already: remove it to have this one instead"),
            }),
        };
    }
    contribution.path.clone_from(&path);
    contributions.push(contribution);
    Ok(Some(Addition { from: from.to_owned(), path, text }))
}

/// Names what is not in its place yet by where it was found.
fn refuse(refusals: &[Refusal], additions: &[Addition]) -> Exit {
    for Refusal { path, reason } in refusals {
        let addition = additions.iter().find(|addition| addition.path == *path);
        let file = addition.map_or(Path::new(path), |addition| &addition.from);
        tell(format_args!("{}: {reason}", file.display()));
    }
    tell(format_args!("nothing was written"));
    Exit::Failure
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .with_context(|| format!("{} cannot be written", path.display()))
}
