//! Axes: from values to pixels through plotters' coordinates, with ticks at round values.

use std::ops::Range;

use plotters::coord::combinators::{IntoLogRange, LogCoord};
use plotters::coord::ranged1d::Ranged;
use plotters::coord::types::RangedCoordf64;

/// A linear axis that begins at 0, where lengths of bars can be compared.
pub(super) struct LinearAxis {
    scale: RangedCoordf64,
    pixels: (i32, i32),
}

impl LinearAxis {
    pub(super) fn new(maximum: f64, pixels: (i32, i32)) -> Self {
        Self { scale: (0.0..maximum).into(), pixels }
    }

    pub(super) fn at(&self, value: f64) -> i32 {
        self.scale.map(&value, self.pixels)
    }

    pub(super) fn ticks(&self) -> Vec<f64> {
        self.scale.key_points(7)
    }
}

/// A logarithmic axis, where ratios can be compared.
pub(super) struct LogAxis {
    scale: LogCoord<f64>,
    range: Range<f64>,
    pixels: (i32, i32),
}

impl LogAxis {
    /// Makes an axis: `pixels` are those of the lower and the upper end of the range, which must be
    /// above 0.
    pub(super) fn new(range: Range<f64>, pixels: (i32, i32)) -> Self {
        Self { scale: range.clone().log_scale().into(), range, pixels }
    }

    pub(super) fn at(&self, value: f64) -> i32 {
        self.scale.map(&value, self.pixels)
    }

    /// Returns the lower end of the range.
    pub(super) fn low(&self) -> f64 {
        self.range.start
    }

    /// Returns the upper end of the range.
    pub(super) fn high(&self) -> f64 {
        self.range.end
    }

    /// Returns 1, 2 and 5 times each power of ten within the range.
    pub(super) fn decimal_ticks(&self) -> Vec<f64> {
        let powers = self.range.start.log10().floor() as i32..=self.range.end.log10().ceil() as i32;
        powers
            .flat_map(|power| [1.0, 2.0, 5.0].map(|step| step * 10f64.powi(power)))
            .filter(|tick| self.range.contains(tick))
            .collect()
    }

    /// Returns the powers of four within the range, its lower end included.
    pub(super) fn binary_ticks(&self) -> Vec<f64> {
        let end = self.range.end;
        std::iter::successors(Some(self.range.start), |tick| Some(tick * 4.0))
            .take_while(|tick| *tick <= end)
            .collect()
    }
}
