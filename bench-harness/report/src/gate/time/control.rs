//! The control: a second process of the baseline in each unit, which shows what the machine makes
//! of no difference at all.

use serde::Serialize;

use super::TimeRules;

/// The factor by which a margin may be raised before it is another one than was asked for.
const RAISED_MOST: f64 = 2.0;

/// The share of the margin by which the control may differ from itself.
const DIFFERENCE_MOST: f64 = 0.5;

/// The control's interval for a cell. Logarithms of ratios, as all numbers here.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Control {
    /// The lower end of the interval of its median.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Control {
    /// Returns the smallest difference that means something: what is within the control's own
    /// interval may be none.
    #[must_use]
    pub fn floor(&self) -> f64 {
        self.low.abs().max(self.high.abs())
    }

    /// Tells whether the baseline differs from itself, by so much that a comparison would show it:
    /// then nothing that was compared in this way means anything.
    #[must_use]
    pub fn differs(&self, rules: &TimeRules) -> bool {
        let most = DIFFERENCE_MOST * rules.log_margin();
        self.low > most || self.high < -most
    }

    /// Returns the margin that a regression has to be beyond.
    #[must_use]
    pub fn margin(&self, rules: &TimeRules) -> f64 {
        rules.log_margin().max(self.floor())
    }

    /// The margin that a candidate may be judged by where nothing could be decided by the one that
    /// was asked for; nothing where it would be another one altogether.
    #[must_use]
    pub fn raised_margin(&self, rules: &TimeRules) -> Option<f64> {
        let (asked, floor) = (rules.log_margin(), self.floor());
        (floor > asked && floor <= RAISED_MOST * asked).then_some(floor)
    }
}
