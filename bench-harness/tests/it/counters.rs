//! Counters of the kernel: one that follows a script, to see what is made of refusals, shared
//! counters and missing events; and the real one, with events that any machine counts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use delimark::Backend;
use delimark_harness::counters::{
    Circumstances, CounterGroup, Event, Kernel, PerfEvent, Reading, Refusal, ThisKernel,
};
use delimark_harness::engine::{BurstTimer, Engine, Unsupported, all};
use delimark_harness::environment::Sys;
use delimark_harness::measure::{WrongAnswer, count_passes, measure};
use delimark_harness::workload::Input;
use delimark_results::{Count, Counter, Known};
use delimark_runner::model::{Answer, Model};

use crate::measure::{SAMPLING, Silent, Stage};

const BARE_METAL: Circumstances =
    Circumstances { perf_event_paranoid: Some(2), virtual_machine: false };

/// The answers of a scripted kernel. Each pass counts 1000 of everything and takes a microsecond.
#[derive(Clone, Default)]
struct Script {
    /// To whoever asks for anything.
    refusal_of_all: Option<Refusal>,
    /// To whoever asks for one of these.
    refuses: Vec<(Event, Refusal)>,
    /// The part of the microsecond that a group runs that holds this event.
    running_ns: Option<(Event, u64)>,
    /// The count of an event instead.
    counts: Option<(Event, u64)>,
    /// The calls, in order.
    diary: Rc<RefCell<Vec<String>>>,
}

impl Kernel for Script {
    fn group(&mut self) -> Result<Box<dyn CounterGroup>, Refusal> {
        match self.refusal_of_all.clone() {
            Some(refusal) => Err(refusal),
            None => Ok(Box::new(ScriptedGroup { script: self.clone(), events: Vec::new() })),
        }
    }
}

struct ScriptedGroup {
    script: Script,
    events: Vec<Event>,
}

impl ScriptedGroup {
    fn write_down(&self, what: &str) {
        self.script.diary.borrow_mut().push(format!("{what} {:?}", self.events));
    }
}

impl CounterGroup for ScriptedGroup {
    fn add(&mut self, event: Event) -> Result<(), Refusal> {
        match self.script.refuses.iter().find(|(refused, _)| *refused == event) {
            Some((_, refusal)) => Err(refusal.clone()),
            None => {
                self.events.push(event);
                Ok(())
            }
        }
    }

    fn enable(&mut self) -> Result<(), Refusal> {
        self.write_down("enable");
        Ok(())
    }

    fn disable(&mut self) -> Result<(), Refusal> {
        self.write_down("disable");
        Ok(())
    }

    fn read(&mut self) -> Result<Reading, Refusal> {
        let Script { running_ns, counts, .. } = &self.script;
        let running_ns = running_ns.filter(|(event, _)| self.events.contains(event));
        let value = |event: &Event| match counts {
            Some((other, count)) if other == event => *count,
            _ => 1000,
        };
        Ok(Reading {
            enabled_ns: 1000,
            running_ns: running_ns.map_or(1000, |(_, ns)| ns),
            values: self.events.iter().map(value).collect(),
        })
    }
}

/// Returns the counters of a pass, by the events' names.
fn counters(kernel: impl Kernel + 'static, groups: &[&[Event]]) -> BTreeMap<&'static str, Counter> {
    let mut source = PerfEvent::probe(Box::new(kernel), groups, BARE_METAL);
    let counters = source.count(&mut || {});
    let count = counters.len();
    let counters: BTreeMap<_, _> =
        counters.into_iter().map(|(event, counter)| (event.count_name(), counter)).collect();
    assert_eq!(counters.len(), count, "each event once");
    assert_eq!(count, groups.concat().len(), "each event has a count or a reason");
    counters
}

fn value(counter: &Counter) -> Option<f64> {
    counter.count().map(|count| count.value)
}

#[track_caller]
fn reason(counter: &Counter) -> &str {
    match counter {
        Counter::Unavailable { unavailable } => unavailable,
        Counter::Counted(count) => panic!("there is a count: {count:?}"),
    }
}

#[test]
fn a_kernel_with_everything_counts_a_pass_a_group() {
    let script = Script::default();
    let diary = Rc::clone(&script.diary);
    let groups = Event::all_groups();
    let mut source = PerfEvent::probe(Box::new(script), &groups, BARE_METAL);
    diary.borrow_mut().clear();
    let counters = source.count(&mut || diary.borrow_mut().push("pass".to_owned()));
    assert!(counters.iter().all(|(_, counter)| value(counter) == Some(1000.0)));
    let expected = groups.iter().flat_map(|group| {
        [format!("enable {group:?}"), "pass".to_owned(), format!("disable {group:?}")]
    });
    assert_eq!(*diary.borrow(), expected.collect::<Vec<_>>());
    let Some((_, Counter::Counted(count))) = counters.first() else { panic!("cycles come first") };
    let expected = Count {
        value: 1000.0,
        source: "perf-event".to_owned(),
        event: Some("PERF_COUNT_HW_CPU_CYCLES".to_owned()),
        window: None,
    };
    assert_eq!(*count, expected);
}

#[test]
fn a_kernel_that_does_not_count_says_why_for_each_event_and_gets_no_pass() {
    let refusal_of_all = Some(Refusal::NotPermitted("EACCES"));
    let script = Script { refusal_of_all, ..Script::default() };
    let mut source = PerfEvent::probe(Box::new(script), &Event::all_groups(), BARE_METAL);
    let counters = source.count(&mut || panic!("nobody counts this pass"));
    assert_eq!(counters.len(), 11);
    for (_, counter) in &counters {
        assert!(reason(counter).starts_with("not permitted (EACCES), although"), "{counter:?}");
    }
}

#[test]
fn a_missing_event_takes_none_of_its_group_with_it() {
    let refuses = vec![(Event::LlcLoads, Refusal::Absent("ENOENT"))];
    let counters = counters(Script { refuses, ..Script::default() }, &Event::HARDWARE);
    let missing = reason(&counters["llc_loads"]);
    assert_eq!(missing, "the processor has no counter for this event (ENOENT)");
    assert_eq!(counters.values().filter_map(value).count(), 8, "the others");
}

#[test]
fn a_kernel_with_software_events_only_is_told_from_a_missing_event() {
    let absent = |event: &Event| (*event, Refusal::Absent("ENOENT"));
    let refuses = Event::HARDWARE.concat().iter().map(absent).collect();
    let counters = counters(Script { refuses, ..Script::default() }, &Event::all_groups());
    let cycles = reason(&counters["cycles"]);
    assert_eq!(cycles, "no hardware counters that this kernel knows how to use (ENOENT)");
    assert_eq!(value(&counters["task_clock_ns"]), Some(1000.0));
    assert_eq!(value(&counters["page_faults"]), Some(1000.0));
}

#[test]
fn shared_counters_are_refused_and_never_scaled() {
    for (ns, expected) in [(400, "ran for 40.0 % of the pass"), (0, "never free")] {
        let running_ns = Some((Event::Branches, ns));
        let counters = counters(Script { running_ns, ..Script::default() }, &Event::HARDWARE);
        for name in ["branches", "branch_misses"] {
            assert!(reason(&counters[name]).contains(expected), "{:?}", counters[name]);
        }
        assert_eq!(value(&counters["cycles"]), Some(1000.0), "a group of its own");
    }
}

#[test]
fn a_counter_that_opens_and_stands_still_is_no_zero() {
    let counts = Some((Event::Instructions, 0));
    let counters = counters(Script { counts, ..Script::default() }, &Event::HARDWARE);
    assert!(reason(&counters["instructions"]).contains("PERF_COUNT_HW_INSTRUCTIONS stays at 0"));
    assert_eq!(value(&counters["cycles"]), Some(1000.0), "its neighbour counted");
    assert_eq!(value(&counters["branches"]), Some(1000.0));
    let counts = Some((Event::L1dMisses, 0));
    let counters = self::counters(Script { counts, ..Script::default() }, &Event::HARDWARE);
    assert_eq!(value(&counters["l1d_misses"]), Some(0.0), "none is a count of misses");
}

/// A kernel that changes its mind: what it answers to the probe, to the first pass, and so on. Its
/// groups are those of the processor.
struct Fickle {
    scripts: Vec<Script>,
    groups_begun: usize,
}

impl Fickle {
    fn new(scripts: impl IntoIterator<Item = Script>) -> Self {
        Self { scripts: scripts.into_iter().collect(), groups_begun: 0 }
    }
}

impl Kernel for Fickle {
    fn group(&mut self) -> Result<Box<dyn CounterGroup>, Refusal> {
        let script = self.groups_begun / Event::HARDWARE.len();
        self.groups_begun += 1;
        self.scripts[script].group()
    }
}

/// Returns the counters of each pass after the probe, by the events' names.
fn passes(scripts: Vec<Script>) -> Vec<BTreeMap<&'static str, Counter>> {
    let passes = scripts.len() - 1;
    let kernel = Fickle::new(scripts);
    let mut source = PerfEvent::probe(Box::new(kernel), &Event::HARDWARE, BARE_METAL);
    let mut count = || {
        let counters = source.count(&mut || {}).into_iter();
        counters.map(|(event, counter)| (event.count_name(), counter)).collect()
    };
    (0..passes).map(|_| count()).collect()
}

#[test]
fn what_is_wrong_with_a_pass_is_wrong_with_that_pass_alone() {
    let good = Script::default();
    let never_ran = Script { running_ns: Some((Event::Cycles, 0)), ..Script::default() };
    let shared = Script { running_ns: Some((Event::Branches, 400)), ..Script::default() };
    let still = Script { counts: Some((Event::Instructions, 0)), ..Script::default() };
    let refused = Refusal::Failed("perf_event_open: out of counters".to_owned());
    let refused = Script { refusal_of_all: Some(refused), ..Script::default() };
    for (flawed, name, expected) in [
        (never_ran, "cycles", "never free"),
        (shared, "branch_misses", "ran for 40.0 % of the pass"),
        (still, "instructions", "stays at 0"),
        (refused, "l1d_misses", "out of counters"),
    ] {
        let passes = passes(vec![good.clone(), good.clone(), flawed, good.clone()]);
        let [first, second, third] = passes.as_slice() else { panic!("three passes") };
        assert_eq!(first, third, "{expected}");
        assert!(first.values().all(|counter| value(counter) == Some(1000.0)));
        assert!(reason(&second[name]).contains(expected), "{:?}", second[name]);
    }
}

#[test]
fn counters_that_are_busy_while_they_are_tried_are_not_given_up() {
    let busy = Script { running_ns: Some((Event::Cycles, 0)), ..Script::default() };
    let still = Script { counts: Some((Event::Branches, 0)), ..Script::default() };
    for at_first in [busy, still] {
        for counters in passes(vec![at_first, Script::default()]) {
            assert!(counters.values().all(|counter| value(counter) == Some(1000.0)));
        }
    }
}

#[test]
fn an_event_that_is_refused_is_not_asked_for_again() {
    let refuses = vec![(Event::LlcLoads, Refusal::Absent("ENOENT"))];
    let at_first = Script { refuses, ..Script::default() };
    let passes = passes(vec![at_first, Script::default(), Script::default()]);
    for counters in passes {
        assert!(reason(&counters["llc_loads"]).contains("no counter for this event"));
        assert_eq!(counters.values().filter_map(value).count(), 8, "the others");
    }
}

#[test]
fn cells_are_counted_after_the_rounds_and_their_answers_are_checked() {
    let stage = Stage::new();
    let mut engines = all(&stage.workload.input(), &[Backend::Scalar]).unwrap();
    engines.retain(|engine| engine.name() == "delimark/scalar");
    engines.push(Box::new(Elsewhere));
    let models = [Model::Count];
    let measured = measure(&stage.workload, &mut engines, &models, SAMPLING, &mut Silent).unwrap();
    let mut source =
        PerfEvent::probe(Box::new(Script::default()), &Event::all_groups(), BARE_METAL);
    let mut count = |engines: &mut [Box<dyn Engine>]| {
        count_passes(&stage.workload, engines, &measured.cells, &mut source, &mut Silent)
    };
    let counted = count(&mut engines).unwrap();
    let [here, elsewhere] = counted.as_slice() else { panic!("two engines, two cells") };
    assert!(here.iter().all(|(_, counter)| value(counter) == Some(1000.0)));
    assert_eq!((here.len(), elsewhere.len()), (11, 11));
    assert!(elsewhere.iter().all(|(_, counter)| reason(counter) == "it is in another process"));

    engines[0] = Box::new(Liar);
    assert!(count(&mut engines).unwrap_err().is::<WrongAnswer>());
}

/// Counts right, but is said to be in another process.
struct Elsewhere;

impl Engine for Elsewhere {
    fn name(&self) -> String {
        "delimark/elsewhere@node".to_owned()
    }

    fn runs_elsewhere(&self) -> bool {
        true
    }

    fn uncountable(&self) -> Option<&'static str> {
        Some("it is in another process")
    }

    fn supports(&self, _model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        Ok(())
    }

    fn run(&mut self, _model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        timer.set_pass(Duration::from_millis(1));
        let counts = delimark::Scanner::new(input.dialect)?.count(input.bytes);
        Ok(Answer::Records { records: counts.records, fields: counts.fields, checksum: 0 })
    }
}

/// Answers wrong where nobody looks at the time.
struct Liar;

impl Engine for Liar {
    fn name(&self) -> String {
        "delimark/scalar".to_owned()
    }

    fn supports(&self, _model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        Ok(())
    }

    fn run(
        &mut self,
        _model: Model,
        _input: &Input<'_>,
        _timer: &mut BurstTimer,
    ) -> Result<Answer> {
        Ok(Answer::Words(0))
    }
}

#[test]
fn the_real_kernel_counts_what_any_machine_can() {
    let unknown = Known::Unavailable("it decides nothing here".to_owned());
    let circumstances = Circumstances::of(&Sys::default(), &unknown);
    let mut source = PerfEvent::probe(Box::new(ThisKernel), &Event::SOFTWARE, circumstances);
    if let Some(reason) = source.refusal(Event::TaskClock) {
        // What it says is all that can be checked where a setting or a sandbox forbids counting.
        let expected = match (cfg!(target_os = "linux"), circumstances.perf_event_paranoid) {
            (false, _) => "only Linux has",
            (true, Some(3..)) => "sudo sysctl kernel.perf_event_paranoid=2",
            (true, Some(_)) => "seccomp filter or a security module",
            (true, None) => "perf_event_paranoid cannot be read",
        };
        return assert!(reason.contains(expected), "{reason}");
    }
    let mut touch = |bytes: usize| {
        let mut pages = memmap2::MmapMut::map_anon(bytes).unwrap();
        // Huge pages would make the count depend on the machine's settings.
        #[cfg(target_os = "linux")]
        pages.advise(memmap2::Advice::NoHugePage).unwrap();
        let counters = source.count(&mut || pages.iter_mut().step_by(4096).for_each(|p| *p = 1));
        let count = |wanted| {
            let (_, counter) = counters.iter().find(|(event, _)| *event == wanted).unwrap();
            value(counter).unwrap_or_else(|| panic!("{}", reason(counter)))
        };
        (count(Event::TaskClock), count(Event::PageFaults))
    };
    let (few_ns, few_faults) = touch(16 << 12);
    let (many_ns, many_faults) = touch(1600 << 12);
    assert!((16.0..32.0).contains(&few_faults), "{few_faults} faults in 16 pages");
    assert!((1600.0..1700.0).contains(&many_faults), "{many_faults} faults in 1600 pages");
    assert!(few_ns > 0.0 && many_ns > few_ns, "{few_ns} ns and {many_ns} ns");
}
