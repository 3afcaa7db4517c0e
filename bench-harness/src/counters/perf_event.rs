//! Counts by the kernel's groups of counters: a pass for each group, and a reason for each event
//! without a count.

use std::hint::black_box;

use super::flaw::{Flaw, judge};
use super::kernel::{CounterGroup, Kernel, Reading};
use super::{Circumstances, Event, Refusal};
use crate::results::counter::source;
use crate::results::{Count, Counter};

/// Takes a millisecond or so: enough for any counter to move.
const LOOP_ROUNDS: u64 = 1_000_000;

/// The counters that a kernel lets this program have.
pub struct PerfEvent {
    kernel: Box<dyn Kernel>,
    circumstances: Circumstances,
    /// The groups, of events that counted a short loop.
    groups: Vec<Vec<Event>>,
    /// The other events, and why they cannot be counted.
    refused: Vec<(Event, String)>,
}

impl PerfEvent {
    /// Has each group count a short loop. An event that does not is never asked for again; those
    /// beside it are.
    #[must_use]
    pub fn probe(
        kernel: Box<dyn Kernel>,
        groups: &[&[Event]],
        circumstances: Circumstances,
    ) -> Self {
        let mut source = Self { kernel, circumstances, groups: Vec::new(), refused: Vec::new() };
        let mut flawed = Vec::new();
        for group in groups {
            let mut counting = Vec::new();
            for (event, outcome) in count_group(source.kernel.as_mut(), group, &mut run_loop) {
                match outcome {
                    Ok(_count) => counting.push(event),
                    Err(flaw) => flawed.push((event, flaw)),
                }
            }
            source.groups.extend((!counting.is_empty()).then_some(counting));
        }
        // Only now is it known whether the processor counts anything.
        let explain = |(event, flaw): (Event, Flaw)| (event, source.explain(event, &flaw));
        source.refused = flawed.into_iter().map(explain).collect();
        source
    }

    /// Why an event cannot be counted; nothing if it can.
    #[must_use]
    pub fn refusal(&self, event: Event) -> Option<&str> {
        let refused = self.refused.iter().find(|(refused, _reason)| *refused == event);
        refused.map(|(_event, reason)| reason.as_str())
    }

    /// Every event that [`count`](Self::count) has a count or a reason for.
    pub fn events(&self) -> impl Iterator<Item = Event> {
        let refused = self.refused.iter().map(|(event, _reason)| *event);
        refused.chain(self.groups.iter().flatten().copied())
    }

    /// Counts passes, one for each group that counts at all.
    pub fn count(&mut self, pass: &mut dyn FnMut()) -> Vec<(Event, Counter)> {
        let refused = self.refused.iter().cloned();
        let mut counters: Vec<(Event, Counter)> = refused
            .map(|(event, unavailable)| (event, Counter::Unavailable { unavailable }))
            .collect();
        let kernel = self.kernel.as_mut();
        let outcomes: Vec<Outcome> =
            self.groups.iter().flat_map(|group| count_group(kernel, group, pass)).collect();
        for (event, outcome) in outcomes {
            let counter = match outcome {
                Ok(value) => counted(event, value),
                Err(flaw) => Counter::Unavailable { unavailable: self.explain(event, &flaw) },
            };
            counters.push((event, counter));
        }
        counters
    }

    fn explain(&self, event: Event, flaw: &Flaw) -> String {
        let counts_others = self.groups.iter().flatten().any(|event| event.is_hardware());
        flaw.explain(|refusal| {
            if event.is_hardware() && counts_others {
                self.circumstances.explain_event(refusal)
            } else {
                self.circumstances.explain(refusal)
            }
        })
    }
}

fn counted(event: Event, value: u64) -> Counter {
    Counter::Counted(Count {
        value: value as f64,
        source: source::PERF_EVENT.to_owned(),
        event: Some(event.kernel_name().to_owned()),
        window: None,
    })
}

type Outcome = (Event, Result<u64, Flaw>);

/// Counts a pass by those events that the kernel lets into one group.
fn count_group(kernel: &mut dyn Kernel, events: &[Event], pass: &mut dyn FnMut()) -> Vec<Outcome> {
    let all = |events: &[Event], flaw: Flaw| {
        events.iter().map(|&event| (event, Err(flaw.clone()))).collect::<Vec<_>>()
    };
    let mut group = match kernel.group() {
        Ok(group) => group,
        Err(refusal) => return all(events, Flaw::Refused(refusal)),
    };
    let mut members = Vec::new();
    let mut outcomes = Vec::new();
    for &event in events {
        match group.add(event) {
            Ok(()) => members.push(event),
            Err(refusal) => outcomes.push((event, Err(Flaw::Refused(refusal)))),
        }
    }
    if members.is_empty() {
        return outcomes;
    }
    let reading = read_around(group.as_mut(), pass).map_err(Flaw::Refused);
    match reading.and_then(|reading| judge(&members, &reading).map(|()| reading.values)) {
        Ok(values) => outcomes.extend(members.into_iter().zip(values.into_iter().map(Ok))),
        Err(flaw) => outcomes.extend(all(&members, flaw)),
    }
    outcomes
}

fn read_around(group: &mut dyn CounterGroup, pass: &mut dyn FnMut()) -> Result<Reading, Refusal> {
    group.enable()?;
    pass();
    group.disable()?;
    group.read()
}

fn run_loop() {
    for round in 0..LOOP_ROUNDS {
        black_box(round);
    }
}
