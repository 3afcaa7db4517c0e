//! The pairs that gates are repeated with, and those that are left out: how much noisier the
//! latter are, which the rates do not show.

use delimark_results::Arms;
use serde::Serialize;

use super::StoredGate;

/// The differences between the pairs that are drawn from and all that were measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Pool {
    /// The pairs that are drawn from: of units that measured every cell.
    pub drawn_pairs: usize,
    /// The others: of cells that were not clear when some were.
    pub left_out_pairs: usize,
    /// Of the drawn pairs of the baseline with itself, the share that is beyond the margin either
    /// way; nothing where there are none.
    pub drawn_beyond_margin: Option<f64>,
    /// The same of those that are left out.
    pub left_out_beyond_margin: Option<f64>,
}

/// Pairs that are counted.
#[derive(Clone, Copy, Default)]
struct Counts {
    pairs: usize,
    plain_pairs: usize,
    beyond_margin: usize,
}

impl Pool {
    /// Looks at all gates.
    #[must_use]
    pub fn of(gates: &[StoredGate], margin: f64) -> Self {
        let mut counts = [Counts::default(); 2];
        for gate in gates {
            for unit in &gate.units {
                let counts = &mut counts[usize::from(!unit.is_whole())];
                let is_plain = gate.scenario.slowdown.is_none();
                for arms in unit.arms.iter().flatten() {
                    counts.add(arms, is_plain, margin);
                }
            }
        }
        let [drawn, left_out] = counts;
        Self {
            drawn_pairs: drawn.pairs,
            left_out_pairs: left_out.pairs,
            drawn_beyond_margin: drawn.share_beyond_margin(),
            left_out_beyond_margin: left_out.share_beyond_margin(),
        }
    }
}

impl Counts {
    fn add(&mut self, arms: &Arms, is_plain: bool, margin: f64) {
        self.pairs += 1;
        self.plain_pairs += usize::from(is_plain);
        self.beyond_margin += usize::from(is_plain && arms.change().abs() > margin.ln_1p());
    }

    fn share_beyond_margin(self) -> Option<f64> {
        (self.plain_pairs > 0).then(|| self.beyond_margin as f64 / self.plain_pairs as f64)
    }
}
