//! One engine measured twice as if it were two: how far apart they come out is what the run cannot
//! tell from nothing.

use serde::{Deserialize, Serialize};

use super::Results;
use crate::statistics::{Ratio, paired_ratio};

/// The samples of an engine and of its twin, taken in the same rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Twins {
    /// The engine's name.
    pub engine: String,
    /// The model's name.
    pub model: String,
    /// The data set's name.
    pub dataset: String,
    /// How long each pass of the engine took; index is round. The same samples are its cell's.
    pub engine_ns: Vec<u64>,
    /// How long each pass of its twin took.
    pub twin_ns: Vec<u64>,
}

impl Twins {
    /// How many times faster the engine came out than its twin.
    #[must_use]
    pub fn ratio(&self) -> Option<Ratio> {
        paired_ratio(&self.engine_ns, &self.twin_ns)
    }

    /// How far apart the two came out: the larger of the ratio's median and its inverse, 1 where
    /// they are alike.
    #[must_use]
    pub fn spread(&self) -> Option<f64> {
        self.ratio().map(|ratio| ratio.median.max(1.0 / ratio.median))
    }
}

impl Results {
    /// How far apart the twins of this run came out at most, a factor of 1 or above: differences
    /// within it mean nothing. Absent where no engine had a twin.
    #[must_use]
    pub fn twin_spread(&self) -> Option<f64> {
        self.twins.iter().filter_map(Twins::spread).max_by(f64::total_cmp)
    }
}
