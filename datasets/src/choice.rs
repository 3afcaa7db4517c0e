//! A weighted choice from a fixed table, as every table of the generator is one.

use crate::random::Random;

/// Picks from a table in proportion to integer weights.
///
/// The heaviest items stand first: the search is linear and ends early.
pub(crate) struct Choice<T: 'static> {
    table: &'static [(u32, T)],
    total: u64,
}

impl<T: Copy> Choice<T> {
    /// Adds up the weights, at compile time where the table is a static.
    pub(crate) const fn new(table: &'static [(u32, T)]) -> Self {
        let mut total = 0;
        let mut index = 0;
        while index < table.len() {
            // `u64::from` is not const.
            total += table[index].0 as u64;
            index += 1;
        }
        assert!(total > 0, "a choice needs a weight");
        Self { table, total }
    }

    /// Picks an item with one draw.
    #[inline]
    pub(crate) fn pick(&self, random: &mut Random) -> T {
        let mut ticket = random.below(self.total);
        for &(weight, item) in self.table {
            match ticket.checked_sub(u64::from(weight)) {
                Some(rest) => ticket = rest,
                None => return item,
            }
        }
        unreachable!("a ticket is below the sum of the weights")
    }

    /// Lists the items, so that tests can go through them all.
    #[cfg(test)]
    pub(crate) fn items(&self) -> impl Iterator<Item = T> {
        self.table.iter().map(|&(_, item)| item)
    }
}
