//! The stages `drop` and `sample`: lines that go no further, because they are told to.

use std::ops::Range;

use regex::bytes::Regex;
use toml::Spanned;

use super::work::{Slot, SlotKind, Slots, Work};
use super::{Outcome, Stage};
use crate::config::{DropConfig, Misplaced, SampleConfig};

/// Drops lines that all conditions hold for.
#[derive(Debug)]
pub(super) struct Drop {
    source: Option<Slot>,
    value: Option<Vec<u8>>,
    expression: Option<Regex>,
    longer_than: Option<usize>,
}

impl Drop {
    pub(super) fn new(
        config: &DropConfig,
        slots: &mut Slots,
        span: Range<usize>,
    ) -> Result<Self, Misplaced> {
        let DropConfig { source, value, expression, longer_than } = config;
        if source.is_none() && value.is_none() && expression.is_none() && longer_than.is_none() {
            let message = "drop needs one of: source, value, expression, longer_than; without any \
                           it would drop every line";
            return Err(Misplaced::at(span, message));
        }
        Ok(Self {
            source: source.as_deref().map(|name| slots.slot(SlotKind::Field, name)),
            value: value.as_ref().map(|value| value.as_bytes().to_vec()),
            expression: expression.as_ref().map(compile).transpose()?,
            longer_than: *longer_than,
        })
    }

    fn holds(&self, text: &[u8]) -> bool {
        self.value.as_ref().is_none_or(|value| value == text)
            && self.expression.as_ref().is_none_or(|expression| expression.is_match(text))
            && self.longer_than.is_none_or(|length| text.len() > length)
    }
}

impl Stage for Drop {
    fn apply(&mut self, work: &mut Work, outcome: &mut Outcome) {
        for row in work.kept_rows() {
            if work.value(self.source, row).is_some_and(|text| self.holds(text)) {
                work.is_kept[row] = false;
                outcome.dropped += 1;
            }
        }
    }
}

/// Keeps a share of the lines, spread evenly.
#[derive(Debug)]
pub(super) struct Sample {
    rate: f64,
    /// The share of a line that is owed.
    due: f64,
}

impl Sample {
    pub(super) fn new(config: &SampleConfig) -> Result<Self, Misplaced> {
        let rate = *config.rate.get_ref();
        if !(0.0..=1.0).contains(&rate) {
            let message = format!("a rate of {rate} is not between 0 and 1");
            return Err(Misplaced::at(config.rate.span(), message));
        }
        Ok(Self { rate, due: 0.0 })
    }
}

impl Stage for Sample {
    fn apply(&mut self, work: &mut Work, outcome: &mut Outcome) {
        for row in work.kept_rows() {
            self.due += self.rate;
            // A hair below one, since a tenth ten times is less than one.
            if self.due >= 1.0 - 1e-9 {
                self.due -= 1.0;
            } else {
                work.is_kept[row] = false;
                outcome.dropped += 1;
            }
        }
    }
}

/// Compiles an expression, or says what is wrong with it.
pub(super) fn compile(text: &Spanned<String>) -> Result<Regex, Misplaced> {
    Regex::new(text.get_ref()).map_err(|error| {
        let message = format!("'{}' is no expression: {error}", text.get_ref());
        Misplaced::at(text.span(), message)
    })
}
