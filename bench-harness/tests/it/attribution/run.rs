//! Made-up runs: each cell with the time that a test gives it, equal in all rounds, and the counts.

use std::sync::LazyLock;

use delimark_results::statistics::Estimate;
use delimark_results::{
    AaControl, Cell, Clock, Count, Counter, Known, MeasuredClock, Results, Window, WorkingSetPoint,
};

use crate::RESULTS;

const ROUNDS: usize = 8;
const BYTES_PER_RECORD: f64 = 200.0;

/// Reading them takes longer than a test.
static READ: LazyLock<Results> = LazyLock::new(|| Results::from_json(RESULTS).unwrap());

/// Results that hold what a test puts in.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) results: Results,
    template: Cell,
}

impl Run {
    /// Keeps machine and data of the committed results, of which the data are larger than the
    /// caches, and nothing that was measured.
    pub(super) fn new() -> Self {
        let mut results = READ.clone();
        let mut template = results.cells[0].clone();
        template.bytes = 200_000_000;
        template.records = 1_000_000;
        template.counters.clear();
        results.cells.clear();
        results.ladder = Vec::<WorkingSetPoint>::new();
        results.scaling.clear();
        results.twins.clear();
        results.environment.cpu.base_clock = Known::Unavailable("nobody states it".to_owned());
        results.environment.cpu.measured_clock = Known::Unavailable("nobody looked".to_owned());
        Self { results, template }
    }

    pub(super) fn find(&self, engine: &str, model: &str) -> &Cell {
        let mut cells = self.results.cells.iter();
        cells.find(|cell| cell.engine == engine && cell.model == model).unwrap()
    }

    /// The model of an engine's first cell.
    pub(super) fn model_of(&self, engine: &str) -> String {
        let mut cells = self.results.cells.iter();
        cells.find(|cell| cell.engine == engine).unwrap().model.clone()
    }

    /// Adds a cell of that many nanoseconds a record; all but rivals and limits run `avx2`.
    pub(super) fn cell(mut self, engine: &str, model: &str, ns_per_record: f64) -> Self {
        let pass_ns = (ns_per_record * 1e6) as u64;
        let exactly = |value| Estimate { median: value, low: value, high: value };
        let is_backend = engine.starts_with("delimark/") || engine.starts_with("control/");
        self.results.cells.push(Cell {
            engine: engine.to_owned(),
            model: model.to_owned(),
            backend_executed: is_backend.then(|| "avx2".to_owned()),
            samples_ns: vec![pass_ns; ROUNDS],
            ns_per_record: exactly(ns_per_record),
            gigabytes_per_second: exactly(BYTES_PER_RECORD / ns_per_record),
            ..self.template.clone()
        });
        self
    }

    /// Measures an engine twice, so many times apart.
    pub(super) fn twins(mut self, engine: &str, model: &str, apart: f64) -> Self {
        let engine_ns = self.find(engine, model).samples_ns.clone();
        self.results.twins.push(AaControl {
            engine: engine.to_owned(),
            model: model.to_owned(),
            dataset: self.template.dataset.clone(),
            twin_ns: engine_ns.iter().map(|&ns| (ns as f64 * apart) as u64).collect(),
            engine_ns,
        });
        self
    }

    /// Has the samples of all cells scatter: within 2 % in most rounds, and far off in one, which
    /// moves no median. The rounds of no two cells are off together.
    pub(super) fn scattered(mut self) -> Self {
        const PER_MILLE: [u64; ROUNDS] = [1000, 990, 1010, 1000, 980, 1020, 1000, 1900];
        for (place, cell) in self.results.cells.iter_mut().enumerate() {
            for (round, sample_ns) in cell.samples_ns.iter_mut().enumerate() {
                *sample_ns = *sample_ns * PER_MILLE[(round + 3 * place) % ROUNDS] / 1000;
            }
        }
        self
    }

    /// Keeps only so many rounds.
    pub(super) fn rounds(mut self, rounds: usize) -> Self {
        self.results.cells.iter_mut().for_each(|cell| cell.samples_ns.truncate(rounds));
        self
    }

    /// States a clock, so that cycles can be estimated.
    pub(super) fn clock(mut self, hertz: f64) -> Self {
        let clock = Clock { hertz, source: "a test".to_owned() };
        self.results.environment.cpu.base_clock = Known::Value(clock);
        self
    }

    /// Has looked at the clock, which was between these two.
    pub(super) fn looked_at_clock(mut self, hertz_least: f64, hertz_most: f64) -> Self {
        self.results.environment.cpu.measured_clock = Known::Value(MeasuredClock {
            hertz: (hertz_least + hertz_most) / 2.0,
            hertz_least,
            hertz_most,
            looks: 8,
            source: "a test".to_owned(),
        });
        self
    }

    /// Adds a count for each byte to an engine's `index`.
    pub(super) fn count(self, engine: &str, name: &str, per_byte: f64, source: &str) -> Self {
        self.count_in("index", engine, name, per_byte, source)
    }

    pub(super) fn count_in(
        self,
        model: &str,
        engine: &str,
        name: &str,
        per_byte: f64,
        source: &str,
    ) -> Self {
        let value = per_byte * self.template.bytes as f64;
        let counted = Count { value, source: source.to_owned(), event: None, window: None };
        self.counter([engine, model, name], Counter::Counted(counted))
    }

    /// Adds a count over a part of the data to an engine's `index`.
    pub(super) fn windowed(
        self,
        engine: &str,
        name: &str,
        value: f64,
        bytes: u64,
        records: u64,
    ) -> Self {
        let window = Some(Window { bytes, records });
        let counted = Count { value, source: "single-step".to_owned(), event: None, window };
        self.counter([engine, "index", name], Counter::Counted(counted))
    }

    /// Adds the reason why an engine's `index` has no such count.
    pub(super) fn refuse(self, engine: &str, name: &str, reason: &str) -> Self {
        let unavailable = reason.to_owned();
        self.counter([engine, "index", name], Counter::Unavailable { unavailable })
    }

    fn counter(mut self, [engine, model, name]: [&str; 3], counter: Counter) -> Self {
        let mut cells = self.results.cells.iter_mut();
        let cell = cells.find(|cell| cell.engine == engine && cell.model == model).unwrap();
        cell.counters.insert(name.to_owned(), counter);
        self
    }
}
