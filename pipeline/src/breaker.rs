//! Circuit breakers: a column whose values often are not of its type is taken as text for a while,
//! so that its lines are kept.
//!
//! ```text
//!            too many mismatches within the window
//!   closed ------------------------------------------> open
//!     ^                                                |  ^
//!     | enough values fit              cool-down over  |  | one does not fit
//!     '------------------- half-open <-----------------'  |
//!                             '---------------------------'
//! ```
//!
//! The crates `failsafe` and `recloser` guard calls: they judge failures in a row, or their share
//! among calls, by the clock of the system. Here mismatches count within a time, many at once, and
//! the clock is given.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use serde::Serialize;

/// The choices of a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerOptions {
    /// The mismatches of a column that open its breaker.
    pub mismatches: u64,
    /// The time within which they count.
    pub window: Duration,
    /// The time that a breaker is open before values are tried again.
    pub cool_down: Duration,
    /// The values that have to fit before it closes.
    pub probes: u64,
}

impl Default for BreakerOptions {
    fn default() -> Self {
        Self {
            mismatches: 3,
            window: Duration::from_secs(60),
            cool_down: Duration::from_secs(300),
            probes: 100,
        }
    }
}

/// The state of a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakerState {
    /// Values have the column's type.
    Closed,
    /// Values are text.
    Open,
    /// Values have the column's type again, to see whether they fit.
    HalfOpen,
}

impl BreakerState {
    /// Returns the name in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

impl fmt::Display for BreakerState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Tells the time, as the time since some moment that stays the same.
pub trait Clock: Send {
    /// Returns the time; it never goes back.
    fn now(&self) -> Duration;
}

/// The clock of the system, which goes on whatever is set.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A change from one state of a breaker to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The state before.
    pub from: BreakerState,
    /// The state after.
    pub to: BreakerState,
    /// The mismatches that led to it, or the values that fit.
    pub count: u64,
}

/// The breaker of one column.
#[derive(Clone, Debug)]
pub struct Breaker {
    options: BreakerOptions,
    state: Inner,
}

#[derive(Clone, Debug)]
enum Inner {
    /// With the mismatches of the last time, and when they were met.
    Closed(VecDeque<(Duration, u64)>),
    /// With the time at which it began.
    Open(Duration),
    /// With the values that fit so far.
    HalfOpen(u64),
}

impl Breaker {
    /// Makes a breaker that is closed.
    #[must_use]
    pub fn new(options: BreakerOptions) -> Self {
        Self { options, state: Inner::Closed(VecDeque::new()) }
    }

    /// Returns the state.
    #[must_use]
    pub fn state(&self) -> BreakerState {
        match self.state {
            Inner::Closed(_) => BreakerState::Closed,
            Inner::Open(_) => BreakerState::Open,
            Inner::HalfOpen(_) => BreakerState::HalfOpen,
        }
    }

    /// Tells whether values are taken as text.
    #[must_use]
    pub fn is_lenient(&self) -> bool {
        self.state() == BreakerState::Open
    }

    /// Lets an open breaker try again after its cool-down.
    pub fn wake(&mut self, now: Duration) -> Option<Transition> {
        let Inner::Open(since) = self.state else {
            return None;
        };
        let is_over = now.saturating_sub(since) >= self.options.cool_down;
        is_over.then(|| self.turn(Inner::HalfOpen(0), 0))
    }

    /// Counts values that were read by the column's type, and those of them that are not of it. An
    /// open breaker counts nothing.
    pub fn count(&mut self, now: Duration, fitting: u64, mismatches: u64) -> Option<Transition> {
        let options = self.options;
        match &mut self.state {
            Inner::Closed(recent) => {
                if mismatches == 0 {
                    return None;
                }
                recent.retain(|(then, _)| now.saturating_sub(*then) < options.window);
                recent.push_back((now, mismatches));
                let count = recent.iter().map(|(_, count)| count).sum();
                (count >= options.mismatches).then(|| self.turn(Inner::Open(now), count))
            }
            Inner::Open(_) => None,
            Inner::HalfOpen(_) if mismatches > 0 => Some(self.turn(Inner::Open(now), mismatches)),
            Inner::HalfOpen(fit) => {
                *fit += fitting;
                let fit = *fit;
                let closed = || self.turn(Inner::Closed(VecDeque::new()), fit);
                (fit >= options.probes).then(closed)
            }
        }
    }

    fn turn(&mut self, to: Inner, count: u64) -> Transition {
        let from = self.state();
        self.state = to;
        Transition { from, to: self.state(), count }
    }
}

#[cfg(test)]
mod tests {
    use super::BreakerState::{Closed, HalfOpen, Open};
    use super::*;

    const OPTIONS: BreakerOptions = BreakerOptions {
        mismatches: 3,
        window: Duration::from_secs(60),
        cool_down: Duration::from_secs(300),
        probes: 100,
    };

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn opened() -> Breaker {
        let mut breaker = Breaker::new(OPTIONS);
        breaker.count(at(0), 10, 3);
        assert_eq!(breaker.state(), Open);
        breaker
    }

    fn half_opened() -> Breaker {
        let mut breaker = opened();
        breaker.wake(at(300));
        assert_eq!(breaker.state(), HalfOpen);
        breaker
    }

    #[test]
    fn closed_it_opens_at_the_last_of_the_mismatches() {
        let mut breaker = Breaker::new(OPTIONS);
        assert_eq!(breaker.count(at(0), 1000, 0), None);
        assert_eq!(breaker.count(at(1), 1000, 2), None);
        let opens = Transition { from: Closed, to: Open, count: 3 };
        assert_eq!(breaker.count(at(60), 1000, 1), Some(opens));
        assert!(breaker.is_lenient());
    }

    #[test]
    fn closed_it_forgets_what_is_older_than_the_window() {
        let mut breaker = Breaker::new(OPTIONS);
        for second in [0, 30, 60, 90, 120] {
            assert_eq!(breaker.count(at(second), 0, 1), None, "second {second}");
        }
        let opens = Transition { from: Closed, to: Open, count: 3 };
        assert_eq!(breaker.count(at(149), 0, 1), Some(opens));
    }

    #[test]
    fn open_it_waits_for_the_cool_down() {
        let mut breaker = opened();
        assert_eq!(breaker.count(at(1), 0, 1000), None);
        assert_eq!(breaker.wake(at(299)), None);
        let wakes = Transition { from: Open, to: HalfOpen, count: 0 };
        assert_eq!(breaker.wake(at(300)), Some(wakes));
        assert!(!breaker.is_lenient());
        assert_eq!(breaker.wake(at(1000)), None);
    }

    #[test]
    fn half_open_it_closes_after_enough_values_that_fit() {
        let mut breaker = half_opened();
        assert_eq!(breaker.count(at(300), 99, 0), None);
        let closes = Transition { from: HalfOpen, to: Closed, count: 100 };
        assert_eq!(breaker.count(at(300), 1, 0), Some(closes));
        assert_eq!(breaker.count(at(301), 0, 2), None, "the mismatches from before are forgotten");
    }

    #[test]
    fn half_open_it_opens_at_one_mismatch() {
        let mut breaker = half_opened();
        let opens = Transition { from: HalfOpen, to: Open, count: 1 };
        assert_eq!(breaker.count(at(310), 1000, 1), Some(opens));
        assert_eq!(breaker.wake(at(609)), None, "the cool-down begins again");
        assert!(breaker.wake(at(610)).is_some());
    }
}
