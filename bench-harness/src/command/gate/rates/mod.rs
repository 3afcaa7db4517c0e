//! `gate rates`: runs gates whose right verdict is known, beside busy cores and without them,
//! and keeps all that they measured.

mod burner;
mod contents;
mod line;
mod plan;
mod store;

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use delimark_harness::environment::Sys;
use delimark_harness::environment::noise::Account;
use delimark_harness::measure::pairs::RunnerProgram;
use delimark_harness::workload::Workload;
use delimark_report::gate::rates::{Rates, RatesPage, Scenario, Slowdown};

use self::burner::Burner;
use self::contents::Contents;
use self::line::Header;
use self::store::{Store, TimedDecision};
use super::Progress;
use super::decision::decide;
use super::options::Settings;
use super::self_test::{Kind, against, program, slowed};
use super::side::ProgramSide;
use super::sides::Sides;
use crate::command::print;
use crate::exit::Exit;

/// The name of the file with the pairs.
const PAIRS: &str = "pairs.jsonl";

/// Runs the gates that are missing, at most `gates_most`, and writes the tables again.
pub(super) fn run(
    settings: &Settings,
    workloads: &[Workload],
    folder: &Path,
    gates_most: usize,
    progress: &mut Progress,
) -> Result<Exit> {
    if gates_most == 0 {
        return render(&Contents::read(&folder.join(PAIRS))?, folder, progress);
    }
    let program = program(settings, progress)?;
    let plain = against(settings, workloads, program.clone(), program.clone())?;
    fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let mut store = Store::open(&folder.join(PAIRS), Header::of(&plain, settings))?;
    let missing = plan::missing(|scenario| store.contents().count(scenario));
    let count = missing.len().min(gates_most);
    for (index, scenario) in missing.into_iter().take(gates_most).enumerate() {
        progress.note(&format!(
            "delimark-bench: gate {} of {count}: {}",
            index + 1,
            plan::name(&scenario)
        ));
        let slow = match &scenario.slowdown {
            None => program.runner.clone(),
            Some(slowdown) => slow_runner(&plain, slowdown, &mut store, progress)?,
        };
        run_one(settings, workloads, &program, slow, scenario, &mut store, progress)?;
    }
    render(store.contents(), folder, progress)
}

/// Works the rates out from what is stored, whatever program and machine that is of.
fn render(contents: &Contents, folder: &Path, progress: &mut Progress) -> Result<Exit> {
    progress.begin_work("repeating gates with the stored pairs");
    let rates = Rates::of(&contents.gates(), contents.header().margin);
    let missing = plan::missing(|scenario| contents.count(scenario)).len();
    progress.finish();
    write(&rates, contents.header(), missing, folder)
}

/// Runs a gate and stores it.
fn run_one(
    settings: &Settings,
    workloads: &[Workload],
    program: &ProgramSide,
    slow: RunnerProgram,
    scenario: Scenario,
    store: &mut Store,
    progress: &mut Progress,
) -> Result<()> {
    let candidate = ProgramSide { runner: slow, ..program.clone() };
    let sides = against(settings, workloads, program.clone(), candidate)?;
    let _burner = scenario.busy.then(Burner::start);
    let (begin, sys) = (Instant::now(), Sys::default());
    let before = Account::read(&sys);
    let decision = decide(&sides, progress)?;
    let pressure_share = before.pressure_share_until(&Account::read(&sys));
    store.add(scenario, &TimedDecision { decision, duration: begin.elapsed(), pressure_share })
}

/// Returns the slowed candidate; how much it takes to slow it is found out once, and stored.
fn slow_runner(
    plain: &Sides<'_>,
    slowdown: &Slowdown,
    store: &mut Store,
    progress: &mut Progress,
) -> Result<RunnerProgram> {
    if let Some(environment) = store.contents().calibration(slowdown) {
        let environment = environment.clone();
        return Ok(RunnerProgram { environment, ..plain.candidate.runner.clone() });
    }
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == slowdown.kind);
    let kind = kind.context("a plan has the kinds that there are")?;
    let slow = slowed(plain, kind, slowdown.size, progress)?;
    store.add_calibration(slowdown, &slow.environment)?;
    Ok(slow)
}

fn write(rates: &Rates, header: &Header, missing: usize, folder: &Path) -> Result<Exit> {
    let page = rates.page(&header.machine, &header.toolchain, missing)?;
    let files = [
        ("README.md", &page.markdown),
        ("rates.json", &rates.json()),
        (RatesPage::PLOT, &page.svg),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    print(&page.markdown)?;
    Ok(Exit::Success)
}
