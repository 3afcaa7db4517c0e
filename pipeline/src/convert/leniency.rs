//! The columns that are text at the moment, decided group by group in the order of the lines.
//!
//! Workers convert groups ahead of their turn, by what was decided when they began. At its turn a
//! group that was converted in another way, or in which a breaker opens, is converted again: so the
//! rows do not depend on which thread was first.

use std::sync::{Arc, Mutex, PoisonError};

use crate::breaker::{Breaker, BreakerOptions, BreakerState, Clock, Transition};
use crate::events::{Event, Events};
use crate::schema::TableSchema;

/// The indices of the columns that are text instead of their type.
pub(super) type Lenient = Arc<[usize]>;

/// The columns that are text by the last decision, for workers to begin with.
#[derive(Clone, Debug, Default)]
pub(super) struct Guess(Arc<Mutex<Lenient>>);

impl Guess {
    pub(super) fn get(&self) -> Lenient {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, lenient: &Lenient) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(lenient);
    }
}

/// The breakers of all columns.
pub(super) struct Breakers {
    /// None for a column that is not better off as text.
    breakers: Vec<Option<Breaker>>,
    names: Vec<String>,
    clock: Box<dyn Clock>,
    lenient: Lenient,
    guess: Guess,
}

/// The values of a group, column by column.
#[derive(Clone, Debug, Default)]
pub(super) struct ValueCounts {
    /// The values that are of their column's type.
    pub(super) fitting: Vec<u64>,
    /// The values that are not.
    pub(super) mismatches: Vec<u64>,
}

/// The place of a group: the name of its input, and the number of its first line.
#[derive(Clone, Copy, Debug)]
pub(super) struct GroupPlace<'p> {
    pub(super) input: &'p str,
    pub(super) line_number: u64,
}

impl Breakers {
    pub(super) fn new(
        schema: &TableSchema,
        options: BreakerOptions,
        clock: Box<dyn Clock>,
        guess: Guess,
    ) -> Self {
        let can_be_lenient = schema.can_be_lenient();
        let breaker = |can: bool| can.then(|| Breaker::new(options));
        Self {
            breakers: can_be_lenient.into_iter().map(breaker).collect(),
            names: schema.columns().iter().map(|column| column.name.clone()).collect(),
            clock,
            lenient: Lenient::default(),
            guess,
        }
    }

    /// Returns the columns that are text in the next group, before it is looked at.
    pub(super) fn before(&mut self, place: GroupPlace<'_>, events: &mut dyn Events) -> Lenient {
        let now = self.clock.now();
        self.change(place, events, |_, breaker| breaker.wake(now))
    }

    /// Counts the values of a group that was converted by the last decision, and returns the
    /// columns that are text in it after all.
    pub(super) fn after(
        &mut self,
        place: GroupPlace<'_>,
        counts: &ValueCounts,
        events: &mut dyn Events,
    ) -> Lenient {
        let now = self.clock.now();
        let count = |counts: &[u64], index: usize| counts.get(index).copied().unwrap_or(0);
        self.change(place, events, |index, breaker| {
            let (fitting, mismatches) =
                (count(&counts.fitting, index), count(&counts.mismatches, index));
            breaker.count(now, fitting, mismatches)
        })
    }

    fn change(
        &mut self,
        place: GroupPlace<'_>,
        events: &mut dyn Events,
        mut change: impl FnMut(usize, &mut Breaker) -> Option<Transition>,
    ) -> Lenient {
        let mut has_changed = false;
        for (index, breaker) in self.breakers.iter_mut().enumerate() {
            let transition = breaker.as_mut().and_then(|breaker| change(index, breaker));
            let Some(Transition { from, to, count }) = transition else { continue };
            has_changed |= from == BreakerState::Open || to == BreakerState::Open;
            events.take(&Event::Breaker {
                input: place.input.to_owned(),
                line_number: place.line_number,
                column: self.names[index].clone(),
                from,
                to,
                count,
            });
        }
        if has_changed {
            let is_lenient =
                |breaker: &Option<Breaker>| breaker.as_ref().is_some_and(Breaker::is_lenient);
            let open = self.breakers.iter().enumerate().filter(|(_, breaker)| is_lenient(breaker));
            self.lenient = open.map(|(index, _)| index).collect();
            self.guess.set(&self.lenient);
        }
        Arc::clone(&self.lenient)
    }
}
