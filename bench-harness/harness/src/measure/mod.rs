//! Taking samples: rounds that interleave the engines, and an answer checked with every sample.
//!
//! ```text
//! once:        run each cell, check its answer, keep the time apart: it is the first pass
//! each round:  for each model in random order, for each engine in random order:
//!                  run, check the answer, keep the time
//! ```
//!
//! Drift of the machine hits all engines of a round alike, so engines are compared within rounds.

mod aa_control;
mod children;
mod counting;
mod exclusions;
mod footprint;
mod own_clock;
pub mod pairs;
mod scaling;
mod working_set;

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use delimark::Scanner;
use delimark_datasets::Random;
use delimark_results::{AaControl, BurstSample, Cell, Known, MeasuredClock, Measurement, Skipped};
use delimark_runner::model::{Answer, Model};

pub use self::children::{ChildOutcome, ChildTask, count_children};
pub use self::counting::count_passes;
use self::exclusions::Exclusions;
use self::footprint::Footprint;
pub use self::scaling::{SCALING_BESIDE, SCALING_MODEL, Scaled, Scaling, measure_scaling};
pub use self::working_set::{WORKING_SET_MODEL, sweep_working_sets};
use crate::engine::{Engine, LapOverhead, Laps};
use crate::environment::ClockWatch;
use crate::workload::Workload;

/// The number and order of samples to take.
#[derive(Clone, Copy, Debug)]
pub struct Sampling {
    /// The rounds to take even where the budget is too small for them.
    pub rounds_least: u64,
    /// The rounds to stop at even where the budget allows more.
    pub rounds_most: u64,
    /// The time that the rounds should take.
    pub budget: Duration,
    /// Decides the order within each round.
    pub order_seed: u64,
    /// The time to take off each burst's, if it is known.
    pub lap_overhead: Option<LapOverhead>,
}

/// A listener to the progress of measuring.
pub trait Observer {
    /// Learns that a stage begins, with its number of samples.
    fn begin(&mut self, stage: &str, samples: u64);
    /// Learns that a sample is about to be taken.
    fn sample(&mut self, what: &str);
    /// Learns that an engine, or a model of one, is left out from here on, and why.
    fn exclude(&mut self, what: &str, reason: &str);
}

/// The outcome of measuring a workload.
#[derive(Debug)]
pub struct Measured {
    /// A cell for each engine and model that fit together.
    pub cells: Vec<Cell>,
    /// The others, with the reason.
    pub skipped: Vec<Skipped>,
    /// The A/A control, which nothing but chance has set apart.
    pub twins: Vec<AaControl>,
    /// The number of samples of each cell.
    pub rounds: u64,
    /// The clock of the cores, looked at in each round.
    pub clock: Known<MeasuredClock>,
}

/// Measures every engine on every model. A peer's cell with a wrong answer is left out, and so is
/// an engine of another process that fails, with the samples that it has: no cell has fewer than
/// there are rounds.
///
/// # Errors
///
/// A [`WrongAnswer`] of an engine that is no peer, or what an engine of this process failed with.
pub fn measure(
    workload: &Workload,
    engines: &mut [Box<dyn Engine>],
    models: &[Model],
    sampling: Sampling,
    observer: &mut dyn Observer,
) -> Result<Measured> {
    let (mut slots, mut skipped) = plan(workload, engines, models);
    slots.extend(aa_control::plan(&slots, engines, workload));
    let mut exclusions = Exclusions::default();
    observer.begin("warming up", slots.len() as u64);
    let mut round_duration = Duration::ZERO;
    for slot in &mut slots {
        let start = Instant::now();
        slot.sample_unless_excluded(engines, workload, observer, &mut exclusions)?;
        slot.end_warm_up();
        // A round has no engine that hung.
        if !exclusions.has(slot.engine, slot.model) {
            round_duration += start.elapsed();
        }
    }
    slots.retain(|slot| !exclusions.has(slot.engine, slot.model));
    let rounds = rounds_within(sampling, round_duration);

    observer.begin("measuring", rounds * slots.len() as u64);
    let mut random = Random::new(sampling.order_seed);
    let mut order: Vec<usize> = (0..slots.len()).collect();
    let mut model_order = models.to_vec();
    let mut clock = ClockWatch::default();
    for _ in 0..rounds {
        clock.look();
        random.shuffle(&mut order);
        random.shuffle(&mut model_order);
        // Engines of one model stay close to each other in time.
        let rank = |model| model_order.iter().position(|&other| other == model);
        order.sort_by_key(|&index| rank(slots[index].model));
        for &index in &order {
            slots[index].sample_unless_excluded(engines, workload, observer, &mut exclusions)?;
        }
    }
    slots.retain(|slot| !exclusions.has(slot.engine, slot.model));
    skipped.extend(exclusions.skipped(workload, engines, models));
    let (controls, slots): (Vec<Slot>, Vec<Slot>) =
        slots.into_iter().partition(|slot| slot.is_aa_control);
    let twins = aa_control::pair(controls, &slots, engines, workload);
    let overhead = sampling.lap_overhead;
    let cells = slots.into_iter().map(|slot| slot.into_cell(engines, workload, overhead)).collect();
    Ok(Measured { cells, skipped, twins, rounds, clock: clock.measured() })
}

/// Pairs engines with the models they take.
fn plan(
    workload: &Workload,
    engines: &[Box<dyn Engine>],
    models: &[Model],
) -> (Vec<Slot>, Vec<Skipped>) {
    let mut slots = Vec::new();
    let mut skipped = Vec::new();
    for &model in models {
        for (index, engine) in engines.iter().enumerate() {
            match engine.refuses(model, &workload.input()) {
                None => slots.push(Slot::new(index, model, workload)),
                Some(reason) => skipped.push(Skipped {
                    engine: engine.name(),
                    model: model.to_string(),
                    dataset: workload.facts().name.clone(),
                    reason: reason.to_owned(),
                }),
            }
        }
    }
    (slots, skipped)
}

fn rounds_within(sampling: Sampling, round: Duration) -> u64 {
    let affordable = sampling.budget.as_nanos() / round.as_nanos().max(1);
    let affordable = u64::try_from(affordable).unwrap_or(u64::MAX);
    affordable.clamp(sampling.rounds_least, sampling.rounds_most)
}

/// A cell that is being measured.
struct Slot {
    engine: usize,
    model: Model,
    /// True if it only stands beside another one, see [`aa_control`].
    is_aa_control: bool,
    laps: Laps,
    /// The warm-up.
    first_pass_ns: Option<u64>,
    samples_ns: Vec<u64>,
    bursts: Vec<BurstSample>,
    /// Of the last pass.
    footprint: Option<Footprint>,
    /// Of the last pass; it was the expected one.
    answer: Option<Answer>,
}

impl Slot {
    fn new(engine: usize, model: Model, workload: &Workload) -> Self {
        let facts = workload.facts();
        let burst_bytes = Scanner::DEFAULT_BURST_BYTES as u64;
        let records_per_burst = burst_bytes * facts.records / facts.bytes;
        Self {
            engine,
            model,
            is_aa_control: false,
            laps: Laps::new(records_per_burst, facts.records),
            first_pass_ns: None,
            samples_ns: Vec::new(),
            bursts: Vec::new(),
            footprint: None,
            answer: None,
        }
    }

    /// Takes one sample, unless the cell has dropped out before.
    fn sample_unless_excluded(
        &mut self,
        engines: &mut [Box<dyn Engine>],
        workload: &Workload,
        observer: &mut dyn Observer,
        exclusions: &mut Exclusions,
    ) -> Result<()> {
        if exclusions.has(self.engine, self.model) {
            return Ok(());
        }
        let Err(error) = self.sample(engines, workload, observer) else { return Ok(()) };
        exclusions.exclude(
            (self.engine, self.model),
            engines[self.engine].as_ref(),
            error,
            observer,
        )
    }

    /// Takes one sample.
    fn sample(
        &mut self,
        engines: &mut [Box<dyn Engine>],
        workload: &Workload,
        observer: &mut dyn Observer,
    ) -> Result<()> {
        let engine = &mut engines[self.engine];
        let name = engine.name();
        let suffix = if self.is_aa_control { " (A/A control)" } else { "" };
        observer.sample(&format!("{name} {}{suffix}", self.model));
        let input = workload.input();
        let before = footprint::Before::now();
        self.laps.start();
        let start = Instant::now();
        let answer = engine.run(self.model, &input, &mut self.laps);
        let elapsed = start.elapsed();
        self.footprint = Some(before.footprint());

        let answer = answer.with_context(|| format!("{name} failed on {}", self.model))?;
        let expected = workload.expected(self.model, engine.answers());
        if answer != expected {
            let dataset = workload.facts().name.clone();
            let cell = format!("{name} {} {dataset}", self.model);
            return Err(WrongAnswer { cell, expected, answer }.into());
        }
        let duration = self.laps.pass().unwrap_or(elapsed);
        own_clock::check(duration, elapsed).with_context(|| name)?;
        self.answer = Some(answer);
        self.samples_ns.push((duration.as_nanos() as u64).max(1));
        self.bursts.extend_from_slice(self.laps.samples());
        Ok(())
    }

    /// Takes the sample of the warm-up away.
    fn end_warm_up(&mut self) {
        self.first_pass_ns = self.samples_ns.pop();
        self.bursts.clear();
    }

    fn into_cell(
        self,
        engines: &[Box<dyn Engine>],
        workload: &Workload,
        overhead: Option<LapOverhead>,
    ) -> Cell {
        let engine = &engines[self.engine];
        let facts = workload.facts();
        let fields = match self.answer {
            Some(Answer::Records { fields, .. }) => fields,
            Some(Answer::Words(_)) | None => facts.fields,
        };
        let bursts = match (engine.runs_elsewhere(), self.bursts.is_empty()) {
            (true, _) => Known::Unavailable(
                "it runs in another process, which times whole passes".to_owned(),
            ),
            (false, true) => Known::Unavailable(
                "it takes its input whole or in batches, or there is less than a burst".to_owned(),
            ),
            (false, false) => Known::Value(match overhead {
                Some(overhead) => overhead.taken_off(self.bursts),
                None => self.bursts,
            }),
        };
        // What another process does is in none of this one's accounts.
        let footprint = self.footprint.filter(|_| !engine.runs_elsewhere());
        let footprint = footprint.ok_or("it runs in another process, where nobody counts");
        let allocations = match &footprint {
            Ok(footprint) => Known::Value(footprint.heap_use.allocations as f64),
            Err(reason) => Known::Unavailable((*reason).to_owned()),
        };
        Cell::from_samples(Measurement {
            engine: engine.name(),
            backend_executed: engine.executes(),
            model: self.model.to_string(),
            dataset: facts.name.clone(),
            bytes: facts.bytes,
            records: facts.records,
            fields,
            answer: self.answer.map(|answer| answer.to_string()).unwrap_or_default(),
            first_pass_ns: self.first_pass_ns,
            samples_ns: self.samples_ns,
            burst_overhead_ns: bursts.value().and(overhead).map(LapOverhead::cost_ns),
            bursts,
            counters: footprint::counters(footprint),
            allocations_per_record: allocations.map(|count| count / facts.records as f64),
        })
    }
}

/// An engine's answer that is not the reference's.
#[derive(Debug)]
pub struct WrongAnswer {
    cell: String,
    expected: Answer,
    answer: Answer,
}

impl fmt::Display for WrongAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cell, expected, answer } = self;
        write!(formatter, "wrong answer of {cell}: {answer}; the reference has {expected}")
    }
}

impl std::error::Error for WrongAnswer {}
