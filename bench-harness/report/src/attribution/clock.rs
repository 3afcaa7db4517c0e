//! By which clock time becomes cycles where the processor counted none: the one that was measured
//! in the run, or else the one that the processor states.

use delimark_results::{Environment, Known, MeasuredClock};

use super::thresholds::CLOCK_SPREAD;
use crate::number_format::{interval, number};

/// A clock to estimate cycles by.
#[derive(Clone, Debug, PartialEq)]
pub enum EstimateClock<'a> {
    /// The one that was measured between the samples.
    Measured(&'a MeasuredClock),
    /// The one that the processor states, which the real one may differ from.
    Base {
        /// Cycles a second.
        hertz: f64,
        /// The reason that the measured one is not taken.
        because: String,
    },
}

impl EstimateClock<'_> {
    /// Cycles a second.
    #[must_use]
    pub const fn hertz(&self) -> f64 {
        match self {
            Self::Measured(clock) => clock.hertz,
            Self::Base { hertz, .. } => *hertz,
        }
    }

    /// Returns a few words for a legend.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Measured(_) => "the measured clock",
            Self::Base { .. } => "the base clock",
        }
    }

    /// Says which clock it is, how fast, and why no better one.
    #[must_use]
    pub fn describe(&self) -> String {
        let ghz = |hertz: f64| hertz / 1e9;
        match self {
            Self::Measured(clock) => format!(
                "the clock that was measured in the rounds, {} GHz ({} in {} looks)",
                number(ghz(clock.hertz)),
                interval(ghz(clock.hertz_least), ghz(clock.hertz_most)),
                clock.looks
            ),
            Self::Base { hertz, because } => format!(
                "the base clock, {} GHz, and the real one may be faster (no measured clock is \
                 taken: {because})",
                number(ghz(*hertz))
            ),
        }
    }
}

/// Chooses the clock to estimate cycles by.
///
/// # Errors
///
/// The reason why there is none.
pub fn estimate_clock(environment: &Environment) -> Result<EstimateClock<'_>, &str> {
    let because = match &environment.cpu.measured_clock {
        Known::Unavailable(reason) => reason.clone(),
        Known::Value(clock) if clock.hertz_most > CLOCK_SPREAD * clock.hertz_least => format!(
            "its looks are {} GHz, too far apart for one figure",
            interval(clock.hertz_least / 1e9, clock.hertz_most / 1e9)
        ),
        Known::Value(clock) => return Ok(EstimateClock::Measured(clock)),
    };
    match &environment.cpu.base_clock {
        Known::Value(clock) => Ok(EstimateClock::Base { hertz: clock.hertz, because }),
        Known::Unavailable(reason) => Err(reason),
    }
}
