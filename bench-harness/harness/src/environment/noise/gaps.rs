//! The times in which a thread that only looks at the clock was kept from it.

use serde::Serialize;

/// The starts of the histogram's classes, nanoseconds; the first holds all that is shorter, too.
const CLASSES_FROM_NS: [u64; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// Gaps by their length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gaps {
    /// Their number.
    pub count: u64,
    /// All of them together.
    pub lost_ns: u64,
    /// The longest; 0 where there was none.
    pub longest_ns: u64,
    /// Their distribution, a class for each power of ten.
    pub histogram: [GapClass; CLASSES_FROM_NS.len()],
}

/// The gaps of a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct GapClass {
    /// The shortest that belong here.
    pub from_ns: u64,
    /// Their number.
    pub count: u64,
}

impl Default for Gaps {
    fn default() -> Self {
        let histogram = CLASSES_FROM_NS.map(|from_ns| GapClass { from_ns, count: 0 });
        Self { count: 0, lost_ns: 0, longest_ns: 0, histogram }
    }
}

impl Gaps {
    /// Adds one.
    pub(super) fn add(&mut self, gap_ns: u64) {
        self.count += 1;
        self.lost_ns += gap_ns;
        self.longest_ns = self.longest_ns.max(gap_ns);
        let longer = self.histogram.iter().take_while(|class| class.from_ns <= gap_ns).count();
        self.histogram[longer.saturating_sub(1)].count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Gaps;

    #[test]
    fn gaps_are_counted_in_their_class() {
        let mut gaps = Gaps::default();
        for gap_ns in [1_500, 9_999, 10_000, 2_000_000, 70_000_000] {
            gaps.add(gap_ns);
        }
        assert_eq!((gaps.count, gaps.longest_ns), (5, 70_000_000));
        assert_eq!(gaps.lost_ns, 72_021_499);
        assert_eq!(gaps.histogram.map(|class| class.count), [2, 1, 0, 1, 1]);
    }
}
