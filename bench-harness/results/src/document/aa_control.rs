//! The A/A control, one engine measured twice as if it were two: differences within its spread mean
//! nothing.

use serde::{Deserialize, Serialize};

use super::Results;
use crate::statistics::{Ratio, paired_ratio};

/// The samples of an engine and of its second self, taken in the same rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AaControl {
    /// The engine's name.
    pub engine: String,
    /// The model's name.
    pub model: String,
    /// The data set's name.
    pub dataset: String,
    /// The time of each pass of the engine; index is round. The same samples are its cell's.
    pub engine_ns: Vec<u64>,
    /// The time of each pass of its second self.
    pub twin_ns: Vec<u64>,
}

impl AaControl {
    /// Returns how many times faster the engine came out than its second self.
    #[must_use]
    pub fn ratio(&self) -> Option<Ratio> {
        paired_ratio(&self.engine_ns, &self.twin_ns)
    }

    /// Returns how far apart the two may have come out: the end of the ratio's interval that is
    /// farther from 1, as a factor of 1 or above. The median of so few ratios may lie near 1 by
    /// chance.
    #[must_use]
    pub fn spread(&self) -> Option<f64> {
        self.ratio().map(|ratio| ratio.high.max(1.0 / ratio.low))
    }
}

impl Results {
    /// Returns how far apart any engine came out from itself in this run, a factor of 1 or above:
    /// differences within it mean nothing. Absent where no engine was measured twice.
    #[must_use]
    pub fn aa_spread(&self) -> Option<f64> {
        self.twins.iter().filter_map(AaControl::spread).max_by(f64::total_cmp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(engine_ns: [u64; 8], twin_ns: [u64; 8]) -> f64 {
        let text = String::new;
        let (engine_ns, twin_ns) = (engine_ns.into(), twin_ns.into());
        let twins =
            AaControl { engine: text(), model: text(), dataset: text(), engine_ns, twin_ns };
        twins.spread().expect("the rounds correspond")
    }

    #[test]
    fn the_spread_is_the_far_end_of_the_interval_and_not_its_median() {
        let even = [100; 8];
        assert_eq!(spread(even, even), 1.0);
        // The middle two are alike, so the median is 1; the interval reaches up to 1.1, or down.
        let scattered = [99, 99, 99, 100, 100, 110, 110, 110];
        let up = spread(even, scattered);
        assert!((1.09..=1.1).contains(&up), "{up}");
        let down = spread(scattered, even);
        assert!((1.09..=1.1).contains(&down), "{down}");
    }
}
