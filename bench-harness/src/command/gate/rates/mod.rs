//! `--measure-rates`: holds gates whose right verdict is known, beside busy cores and without them,
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
use delimark_harness::measure::pairs::Contestant;
use delimark_harness::workload::Workload;
use delimark_report::gate::rates::{Rates, RatesPage, Scenario, Slowdown};

use self::burner::Burner;
use self::contents::Contents;
use self::line::Header;
use self::store::{HeldDecision, Store};
use super::Progress;
use super::contest::Contest;
use super::decision::decide;
use super::options::Settings;
use super::self_test::{Kind, against, player, slowed};
use super::sides::Player;
use crate::command::print;
use crate::exit::Exit;

/// What the pairs are kept in.
const PAIRS: &str = "pairs.jsonl";

/// Holds what is missing, at most so many gates, and writes the tables anew.
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
    let player = player(settings, progress)?;
    let plain = against(settings, workloads, player.clone(), player.clone())?;
    fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let mut store = Store::open(&folder.join(PAIRS), Header::of(&plain, settings))?;
    let missing = plan::missing(|scenario| store.contents().count(scenario));
    let count = missing.len().min(gates_most);
    for (place, scenario) in missing.into_iter().take(gates_most).enumerate() {
        progress.note(&format!(
            "delimark-bench: gate {} of {count}: {}",
            place + 1,
            plan::name(&scenario)
        ));
        let slow = match &scenario.slowdown {
            None => player.contestant.clone(),
            Some(slowdown) => slow_contestant(&plain, slowdown, &mut store, progress)?,
        };
        hold(settings, workloads, &player, slow, scenario, &mut store, progress)?;
    }
    render(store.contents(), folder, progress)
}

/// Works the rates out from what is stored, whatever program and machine that is of.
fn render(contents: &Contents, folder: &Path, progress: &mut Progress) -> Result<Exit> {
    progress.begin_work("holding gates again with the stored pairs");
    let rates = Rates::of(&contents.gates(), contents.header().margin);
    let missing = plan::missing(|scenario| contents.count(scenario)).len();
    progress.finish();
    write(&rates, contents.header(), missing, folder)
}

/// Holds a gate and stores it.
fn hold(
    settings: &Settings,
    workloads: &[Workload],
    player: &Player,
    slow: Contestant,
    scenario: Scenario,
    store: &mut Store,
    progress: &mut Progress,
) -> Result<()> {
    let candidate = Player { contestant: slow, ..player.clone() };
    let contest = against(settings, workloads, player.clone(), candidate)?;
    let _burner = scenario.busy.then(Burner::start);
    let (begin, sys) = (Instant::now(), Sys::default());
    let before = Account::read(&sys);
    let decision = decide(&contest, progress)?;
    let pressure_share = before.pressure_share_until(&Account::read(&sys));
    store.add(scenario, &HeldDecision { decision, duration: begin.elapsed(), pressure_share })
}

/// The slowed candidate; how much it takes to slow it is found out once, and stored.
fn slow_contestant(
    plain: &Contest<'_>,
    slowdown: &Slowdown,
    store: &mut Store,
    progress: &mut Progress,
) -> Result<Contestant> {
    if let Some(environment) = store.contents().calibration(slowdown) {
        let environment = environment.clone();
        return Ok(Contestant { environment, ..plain.candidate.contestant.clone() });
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
