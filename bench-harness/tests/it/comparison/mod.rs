//! Rankings and comparisons of small made-up runs whose outcome is known by hand.

mod command;
mod compare;
mod rank;

use std::sync::LazyLock;

use delimark_report::comparison::Source;
use delimark_results::{AaControl, Cell, Known, Measurement, Results, Skipped};

use crate::RESULTS;

const ROUNDS: usize = 8;

/// What a round does to all that runs in it, in thousandths.
const DRIFT: [u64; ROUNDS] = [1000, 1003, 998, 1005, 996, 1001, 999, 1002];

/// Times that only drift: in the ratio of two such, nothing of it is left.
fn steady(microseconds: u64) -> [u64; ROUNDS] {
    DRIFT.map(|thousandths| microseconds * thousandths)
}

/// Times that are now above, now below those that only drift.
fn wavering(microseconds: u64) -> [u64; ROUNDS] {
    let noise = [98, 102, 103, 97, 102, 98, 97, 103];
    let mut noise = noise.into_iter();
    steady(microseconds).map(|ns| ns * noise.next().expect("as many as rounds") / 100)
}

/// A run with nothing in it.
static EMPTY: LazyLock<Results> = LazyLock::new(|| {
    let mut results = Results::from_json(RESULTS).unwrap();
    results.cells.clear();
    results.skipped.clear();
    results.ladder.clear();
    results.scaling.clear();
    results.twins.clear();
    results.rounds = ROUNDS as u64;
    results
});

/// A run on `nginx12` of engines on models, with their samples.
fn run(name: &str, cells: &[(&str, &str, [u64; ROUNDS])]) -> Source {
    let mut results = EMPTY.clone();
    let cells = cells.iter().map(|(engine, model, samples_ns)| cell(engine, model, samples_ns));
    results.cells = cells.collect();
    Source { name: name.to_owned(), results }
}

fn cell(engine: &str, model: &str, samples_ns: &[u64]) -> Cell {
    let dataset = &EMPTY.datasets[0];
    Cell::from_samples(Measurement {
        engine: engine.to_owned(),
        backend_executed: None,
        model: model.to_owned(),
        dataset: dataset.name.clone(),
        bytes: dataset.bytes,
        records: dataset.records,
        fields: dataset.fields,
        answer: format!("the answer of {model}"),
        first_pass_ns: None,
        samples_ns: samples_ns.to_vec(),
        bursts: Known::Unavailable("made up".to_owned()),
        burst_overhead_ns: None,
        allocations_per_record: Known::Unavailable("made up".to_owned()),
        counters: Default::default(),
    })
}

fn skipped(engine: &str, model: &str, reason: &str) -> Skipped {
    Skipped {
        engine: engine.to_owned(),
        model: model.to_owned(),
        dataset: EMPTY.datasets[0].name.clone(),
        reason: reason.to_owned(),
    }
}

/// An engine that came out so many percent from itself.
fn twins(percent: u64) -> AaControl {
    let engine_ns = steady(10_000).to_vec();
    let twin_ns = engine_ns.iter().map(|ns| ns * (100 + percent) / 100).collect();
    let (engine, model) = ("delimark/avx2".to_owned(), "fields".to_owned());
    AaControl { engine, model, dataset: EMPTY.datasets[0].name.clone(), engine_ns, twin_ns }
}

/// Makes a run one of another machine.
fn move_to_other_machine(source: &mut Source) {
    let environment = &mut source.results.environment;
    environment.cpu.model = Known::Value("Another CPU".to_owned());
    environment.fingerprint = environment.cpu.fingerprint();
}

/// Takes all rounds but the first ones away.
fn truncate(source: &mut Source, rounds: usize) {
    source.results.rounds = rounds as u64;
    for cell in &mut source.results.cells {
        cell.samples_ns.truncate(rounds);
    }
}

fn close(found: f64, expected: f64) -> bool {
    (found / expected - 1.0).abs() < 1e-4
}
