//! Counts by the kernel's groups of counters: a pass for each group, and a reason for each event
//! without a count.

use delimark_results::counter::source;
use delimark_results::{Count, Counter};

use super::flaw::{Flaw, judge};
use super::kernel::{CounterGroup, Kernel, Reading};
use super::{Circumstances, Event, Refusal};

/// The counters that a kernel lets this program have.
pub struct PerfEvent {
    kernel: Box<dyn Kernel>,
    circumstances: Circumstances,
    /// The groups, of events that the kernel lets in.
    groups: Vec<Vec<Event>>,
    /// The other events, and why they cannot be counted.
    refused: Vec<(Event, String)>,
}

impl PerfEvent {
    /// Opens each group once. An event that the kernel refuses is never asked for again; those
    /// beside it are. Whether a group counts shows in each pass: others may want the counters in
    /// one and not in the next.
    #[must_use]
    pub fn probe(
        kernel: Box<dyn Kernel>,
        groups: &[&[Event]],
        circumstances: Circumstances,
    ) -> Self {
        let mut source = Self { kernel, circumstances, groups: Vec::new(), refused: Vec::new() };
        let mut refused = Vec::new();
        for group in groups {
            let (open, refusals) = OpenGroup::open(source.kernel.as_mut(), group);
            refused.extend(refusals);
            source.groups.extend(open.map(|open| open.events));
        }
        // Only now is it known whether the processor lets anything be counted.
        let explain = |(event, refusal)| (event, source.explain(event, &Flaw::Refused(refusal)));
        source.refused = refused.into_iter().map(explain).collect();
        source
    }

    /// Returns the reason for which an event cannot be counted; none if it can.
    #[must_use]
    pub fn refusal(&self, event: Event) -> Option<&str> {
        let refused = self.refused.iter().find(|(refused, _reason)| *refused == event);
        refused.map(|(_event, reason)| reason.as_str())
    }

    /// Returns every event that [`count`](Self::count) has a count or a reason for.
    pub fn events(&self) -> impl Iterator<Item = Event> {
        let refused = self.refused.iter().map(|(event, _reason)| *event);
        refused.chain(self.groups.iter().flatten().copied())
    }

    /// Counts passes, one for each group that can be opened. What is wrong with a group in its pass
    /// is the reason for that pass alone.
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
    let (open, refusals) = OpenGroup::open(kernel, events);
    let refused = refusals.into_iter().map(|(event, refusal)| (event, Err(Flaw::Refused(refusal))));
    let mut outcomes: Vec<Outcome> = refused.collect();
    if let Some(open) = open {
        outcomes.extend(open.count(pass));
    }
    outcomes
}

/// A group, and the events that the kernel has let into it: one at least.
struct OpenGroup {
    group: Box<dyn CounterGroup>,
    events: Vec<Event>,
}

impl OpenGroup {
    /// Opens a group of as many of the events as the kernel lets in; those that it does not come
    /// back with its refusals.
    fn open(kernel: &mut dyn Kernel, events: &[Event]) -> (Option<Self>, Vec<(Event, Refusal)>) {
        let mut group = match kernel.group() {
            Ok(group) => group,
            Err(refusal) => {
                return (None, events.iter().map(|&event| (event, refusal.clone())).collect());
            }
        };
        let mut members = Vec::new();
        let mut refusals = Vec::new();
        for &event in events {
            match group.add(event) {
                Ok(()) => members.push(event),
                Err(refusal) => refusals.push((event, refusal)),
            }
        }
        let open = (!members.is_empty()).then_some(Self { group, events: members });
        (open, refusals)
    }

    fn count(mut self, pass: &mut dyn FnMut()) -> Vec<Outcome> {
        let counts = match read_around(self.group.as_mut(), pass) {
            Ok(reading) => judge(&self.events, &reading),
            Err(refusal) => vec![Err(Flaw::Refused(refusal)); self.events.len()],
        };
        self.events.into_iter().zip(counts).collect()
    }
}

fn read_around(group: &mut dyn CounterGroup, pass: &mut dyn FnMut()) -> Result<Reading, Refusal> {
    group.enable()?;
    pass();
    group.disable()?;
    group.read()
}
