//! Measuring with engines made for it: wrong answers, refusals, and the order of samples.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use delimark::{Backend, Scanner};
use delimark_datasets::Shape;
use delimark_harness::engine::{BurstTimer, Engine, Unsupported, all};
use delimark_harness::measure::{Observer, Sampling, WrongAnswer, measure, sweep_working_sets};
use delimark_harness::workload::{AnswerKind, GeneratedOptions, Input, Workload};
use delimark_results::Known;
use delimark_runner::model::{Answer, Model};

/// Answers what it is told to, and writes down when it was asked.
struct Scripted {
    name: &'static str,
    answer: fn(&Workload, u32) -> Answer,
    workload: Rc<Workload>,
    runs: u32,
    diary: Rc<RefCell<Vec<&'static str>>>,
}

impl Engine for Scripted {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn supports(&self, model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        match model {
            Model::Project => Err(Unsupported::model("it is scripted not to")),
            _ => Ok(()),
        }
    }

    fn run(&mut self, _model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        assert_eq!(input.bytes, self.workload.bytes());
        timer.burst(100);
        self.runs += 1;
        self.diary.borrow_mut().push(self.name);
        Ok((self.answer)(&self.workload, self.runs))
    }
}

pub(crate) struct Silent;

impl Observer for Silent {
    fn begin(&mut self, _stage: &str, _samples: u64) {}
    fn sample(&mut self, _what: &str) {}
    fn exclude(&mut self, _engine: &str, _reason: &str) {}
}

pub(crate) const SAMPLING: Sampling = Sampling {
    rounds_least: 20,
    rounds_most: 20,
    budget: Duration::ZERO,
    order_seed: 7,
    burst_overhead: None,
};

fn right(workload: &Workload, _run: u32) -> Answer {
    workload.expected(Model::Count, AnswerKind::Model)
}

fn wrong_later(workload: &Workload, run: u32) -> Answer {
    if run < 5 { right(workload, run) } else { Answer::Words(0) }
}

pub(crate) struct Stage {
    pub(crate) workload: Rc<Workload>,
    diary: Rc<RefCell<Vec<&'static str>>>,
    _folder: tempfile::TempDir,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = GeneratedOptions { shape: Shape::Short, lines: 1000, seed: 3 };
        let workload = Workload::generated(folder.path(), options, &mut |_| {}).unwrap();
        Self { workload: Rc::new(workload), diary: Rc::default(), _folder: folder }
    }

    fn engine(&self, name: &'static str, answer: fn(&Workload, u32) -> Answer) -> Box<dyn Engine> {
        let (workload, diary) = (Rc::clone(&self.workload), Rc::clone(&self.diary));
        Box::new(Scripted { name, answer, workload, runs: 0, diary })
    }
}

#[test]
fn a_wrong_answer_in_any_round_stops_the_run_and_names_the_cell() {
    let stage = Stage::new();
    let mut engines = [stage.engine("right", right), stage.engine("wrong", wrong_later)];
    let models = [Model::Count];
    let result = measure(&stage.workload, &mut engines, &models, SAMPLING, &mut Silent);
    let error = result.unwrap_err().downcast::<WrongAnswer>().unwrap().to_string();
    assert!(error.starts_with("wrong answer of wrong count short: words 0000"), "{error}");
    assert!(error.contains("the reference has 1000 records, 12000 fields"), "{error}");
}

#[test]
fn a_wrong_answer_in_the_sweep_stops_the_run_and_names_the_working_set() {
    let stage = Stage::new();
    let climb = |engine: Box<dyn Engine>| {
        let names = [engine.name()];
        let budget = Duration::from_secs(60);
        sweep_working_sets(&stage.workload, &mut [engine], &names, budget, 7, &mut Silent)
    };
    let mut engines = all(&stage.workload.input(), &[Backend::Scalar]).unwrap();
    engines.retain(|engine| engine.name() == "delimark/scalar");
    let honest = engines.remove(0);
    assert!(!climb(honest).unwrap().is_empty());

    let error = climb(Box::new(Liar)).unwrap_err().downcast::<WrongAnswer>().unwrap().to_string();
    assert!(error.starts_with("wrong answer of liar fields short in 16 KiB"), "{error}");
}

/// Has counted, but not looked.
struct Liar;

impl Engine for Liar {
    fn name(&self) -> String {
        "liar".to_owned()
    }

    fn supports(&self, _model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        Ok(())
    }

    fn run(&mut self, _model: Model, input: &Input<'_>, _timer: &mut BurstTimer) -> Result<Answer> {
        let records = input.bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        Ok(Answer::Records { records, fields: 12 * records, checksum: 0 })
    }
}

#[test]
fn rounds_interleave_engines_in_changing_order() {
    let stage = Stage::new();
    let mut engines = [stage.engine("first", right), stage.engine("second", right)];
    let models = [Model::Count];
    let measured = measure(&stage.workload, &mut engines, &models, SAMPLING, &mut Silent).unwrap();
    assert_eq!(measured.rounds, 20);
    assert!(measured.cells.iter().all(|cell| cell.samples_ns.len() == 20));
    let diary = stage.diary.borrow();
    assert_eq!(diary.len(), 2 * (1 + 20), "a warm-up and twenty rounds");
    let rounds: Vec<_> = diary[2..].chunks(2).collect();
    assert!(rounds.iter().all(|round| round.contains(&"first") && round.contains(&"second")));
    let first_leads = rounds.iter().filter(|round| round[0] == "first").count();
    assert!((1..20).contains(&first_leads), "the order changes: {first_leads} of 20");
}

/// Says how long it took, as an engine in another process does.
struct Elsewhere(Duration);

impl Engine for Elsewhere {
    fn name(&self) -> String {
        "delimark/elsewhere@node".to_owned()
    }

    fn runs_elsewhere(&self) -> bool {
        true
    }

    fn supports(&self, _model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        Ok(())
    }

    fn run(&mut self, _model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        timer.set_pass(self.0);
        self.0 += Duration::from_nanos(1);
        let counts = Scanner::new(input.dialect)?.count(input.bytes);
        Ok(Answer::Records { records: counts.records, fields: counts.fields, checksum: 0 })
    }
}

#[test]
fn an_engine_elsewhere_is_timed_by_its_own_clock_and_its_allocations_are_not_ours() {
    let stage = Stage::new();
    let mut engines: [Box<dyn Engine>; 2] =
        [Box::new(Elsewhere(Duration::from_millis(7))), stage.engine("here", right)];
    let models = [Model::Count];
    let measured = measure(&stage.workload, &mut engines, &models, SAMPLING, &mut Silent).unwrap();
    let [elsewhere, here] = measured.cells.as_slice() else { panic!("two engines, two cells") };
    assert_eq!(elsewhere.first_pass_ns, Some(7_000_000), "the first pass is the warm-up");
    assert!(elsewhere.samples_ns.iter().copied().eq(7_000_001..=7_000_020));
    let of_elsewhere = 7_000_000..=7_000_020;
    assert!(here.first_pass_ns.is_some_and(|ns| !of_elsewhere.contains(&ns)));
    let mut of_here = here.samples_ns.iter();
    assert!(of_here.all(|ns| !of_elsewhere.contains(ns)), "its time is not taken over");
    let Known::Unavailable(reason) = &elsewhere.allocations_per_record else {
        panic!("allocations in another process were counted")
    };
    assert!(reason.contains("another process"), "{reason}");
    assert!(elsewhere.bursts.value().is_none() && here.bursts.value().is_some());
}

/// Answers right, elsewhere, until it does not.
struct Mortal {
    runs_left: u32,
    last_answer: Option<Answer>,
}

impl Engine for Mortal {
    fn name(&self) -> String {
        "mortal@node".to_owned()
    }

    fn runs_elsewhere(&self) -> bool {
        true
    }

    fn supports(&self, model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        match model {
            Model::Project => Err(Unsupported::model("it never did")),
            _ => Ok(()),
        }
    }

    fn run(&mut self, _model: Model, input: &Input<'_>, _timer: &mut BurstTimer) -> Result<Answer> {
        let Some(runs_left) = self.runs_left.checked_sub(1) else {
            return self.last_answer.ok_or_else(|| anyhow::anyhow!("it died"));
        };
        self.runs_left = runs_left;
        let counts = Scanner::new(input.dialect)?.count(input.bytes);
        Ok(Answer::Records { records: counts.records, fields: counts.fields, checksum: 0 })
    }
}

#[test]
fn an_engine_elsewhere_that_fails_at_any_time_is_left_out_and_nothing_else() {
    let stage = Stage::new();
    let models = [Model::Count, Model::Project];
    for runs_left in [0, 1, 7] {
        let mortal = Mortal { runs_left, last_answer: None };
        let mut engines: [Box<dyn Engine>; 2] = [Box::new(mortal), stage.engine("right", right)];
        let mut observer = RecordingObserver::default();
        let measured =
            measure(&stage.workload, &mut engines, &models, SAMPLING, &mut observer).unwrap();
        let [right] = measured.cells.as_slice() else { panic!("one engine is left") };
        assert_eq!((right.engine.as_str(), right.samples_ns.len()), ("right", 20));
        let of_mortal = measured.skipped.iter().filter(|skipped| skipped.engine == "mortal@node");
        let reasons: Vec<_> = of_mortal.map(|skipped| skipped.reason.as_str()).collect();
        assert_eq!(reasons, ["it never did", "it failed on count: it died"]);
        assert_eq!(observer.excluded, ["mortal@node: it failed on count: it died"], "told once");
    }
}

#[test]
fn a_wrong_answer_from_elsewhere_stops_the_run() {
    let stage = Stage::new();
    let mortal = Mortal { runs_left: 3, last_answer: Some(Answer::Words(0)) };
    let mut engines: [Box<dyn Engine>; 1] = [Box::new(mortal)];
    let models = [Model::Count];
    let result = measure(&stage.workload, &mut engines, &models, SAMPLING, &mut Silent);
    assert!(result.unwrap_err().is::<WrongAnswer>());
}

/// Remembers the engines that were left out.
#[derive(Default)]
struct RecordingObserver {
    excluded: Vec<String>,
}

impl Observer for RecordingObserver {
    fn begin(&mut self, _stage: &str, _samples: u64) {}
    fn sample(&mut self, _what: &str) {}
    fn exclude(&mut self, engine: &str, reason: &str) {
        self.excluded.push(format!("{engine}: {reason}"));
    }
}

#[test]
fn a_model_that_an_engine_does_not_support_is_listed_with_the_reason() {
    let stage = Stage::new();
    let mut engines = [stage.engine("picky", right)];
    let models = [Model::Count, Model::Project];
    let measured = measure(&stage.workload, &mut engines, &models, SAMPLING, &mut Silent).unwrap();
    assert_eq!(measured.cells.len(), 1);
    let skipped = &measured.skipped[0];
    assert_eq!(
        (skipped.model.as_str(), skipped.reason.as_str()),
        ("project", "it is scripted not to")
    );
}

#[test]
fn a_data_set_that_was_tampered_with_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let options = GeneratedOptions { shape: Shape::Nginx12, lines: 1000, seed: 3 };
    let load = || Workload::generated(folder.path(), options, &mut |_| {}).unwrap();
    let hash = load().facts().sha256.clone();
    let path = folder.path().join("nginx12-1000-seed3.log");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(load().facts().sha256, hash);
}
