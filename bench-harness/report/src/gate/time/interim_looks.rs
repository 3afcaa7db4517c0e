//! When a trial looks at its pairs, and how sure it has to be each time.

use delimark_results::statistics::median_interval;

/// The fewest pairs that anything is said about.
const FIRST_PAIRS: usize = 12;

/// The growth of the number of pairs from one look to the next.
const GROWTH: f64 = 1.5;

/// The numbers of pairs at which a trial looks, fixed before it begins.
///
/// Whoever looks often enough sees anything. So the error that a gate allows itself is spent: it is
/// cut in equal parts for the cells, as Bonferroni does, which holds however much cells have in
/// common, and each cell's part over its looks, 1/2, 1/6, 1/12, 1/20 and so on of it, which all
/// together is 1 however many looks there will be. Holm's procedure would gain little: it needs all
/// cells at once, and they are decided one by one.
#[derive(Clone, Debug, PartialEq)]
pub struct InterimLooks {
    /// The error at one end of an interval for one cell over all looks.
    tail: f64,
    pairs: Vec<usize>,
}

impl InterimLooks {
    /// The number of looks: the last is at far more pairs than any budget allows.
    const COUNT: usize = 16;

    /// Plans the looks for this number of cells.
    #[must_use]
    pub fn new(error: f64, cells: usize) -> Self {
        let tail = error / 2.0 / cells.max(1) as f64;
        let mut looks = Self { tail, pairs: Vec::new() };
        for look in 0..Self::COUNT {
            let grown = looks
                .pairs
                .last()
                .map_or(FIRST_PAIRS, |&last| (last as f64 * GROWTH).ceil() as usize);
            let needed = fewest_pairs(looks.tail_at(look));
            looks.pairs.push(grown.max(needed));
        }
        looks
    }

    /// Returns the pairs at each look.
    #[must_use]
    pub fn pairs(&self) -> &[usize] {
        &self.pairs
    }

    /// Returns the look that is planned at this number of pairs, if any.
    #[must_use]
    pub fn at(&self, pairs: usize) -> Option<usize> {
        self.pairs.iter().position(|&planned| planned == pairs)
    }

    /// Returns the look of a trial that has to end at this number of pairs: the next planned one.
    #[must_use]
    pub fn next(&self, pairs: usize) -> usize {
        self.pairs.partition_point(|&planned| planned < pairs)
    }

    /// Returns the chance at one look that one end of a cell's interval leaves out the truth.
    #[must_use]
    pub fn tail_at(&self, look: usize) -> f64 {
        self.tail / ((look + 1) * (look + 2)) as f64
    }

    /// Returns the interval of the median at a look; nothing where there are too few samples for
    /// it.
    pub(super) fn interval(&self, samples: &[f64], look: usize) -> Option<(f64, f64)> {
        median_interval(samples, self.tail_at(look))
    }
}

/// The fewest pairs for which an interval can exist at all: all of them are on one side of the true
/// median with a chance of 1 / 2^n.
fn fewest_pairs(tail: f64) -> usize {
    (-tail.log2()).ceil() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_looks_together_spend_what_there_is() {
        let looks = InterimLooks::new(0.05, 10);
        let spent: f64 = (0..InterimLooks::COUNT).map(|look| looks.tail_at(look)).sum();
        assert!(spent <= 0.05 / 2.0 / 10.0, "{spent}");
        let of_endless = InterimLooks::new(0.05, 1);
        let spent: f64 = (0..1_000_000).map(|look| of_endless.tail_at(look)).sum();
        assert!((spent - 0.025).abs() < 1e-6, "{spent}");
    }

    #[test]
    fn there_is_an_interval_at_every_look() {
        for cells in [1, 12, 100] {
            let looks = InterimLooks::new(0.05, cells);
            assert!(looks.pairs().is_sorted(), "{looks:?}");
            for (look, &pairs) in looks.pairs().iter().enumerate() {
                let samples: Vec<f64> = (0..pairs).map(|sample| sample as f64).collect();
                assert!(looks.interval(&samples, look).is_some(), "{cells} cells, look {look}");
                assert_eq!((looks.at(pairs), looks.next(pairs)), (Some(look), look));
            }
        }
    }
}
