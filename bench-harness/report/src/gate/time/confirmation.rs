//! The second opinion on a suspected regression: groups of fresh pairs, which have to agree.

use delimark_results::statistics::median_interval;

use super::Repeat;

/// The groups that have to agree: two of the three at most that are clear one way or the other.
const AGREEING: usize = 2;

/// The most groups there are, those included that are not clear and have no vote.
const REPEATS: usize = 5;

/// The pairs of a group.
const REPEAT_PAIRS: usize = 12;

/// The chance that one end of a group's interval leaves out the truth: two groups would have to be
/// wrong at once, so one of them need not be as sure as a first opinion. With twelve pairs, three
/// may be disturbed.
const REPEAT_TAIL: f64 = 0.1;

/// The groups of fresh pairs of a suspected regression. A disturbance has to come back twice to
/// confirm it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Confirmation {
    repeats: Vec<Repeat>,
    changes: Vec<f64>,
}

impl Confirmation {
    /// Adds a pair; `margin` is what the suspected regression has to be beyond.
    pub fn add(&mut self, change: f64, margin: f64) {
        self.changes.push(change);
        if self.changes.len() == REPEAT_PAIRS {
            self.repeats.push(repeat_of(&self.changes, margin));
            self.changes.clear();
        }
    }

    /// Returns what the groups agree on; nothing while one more could decide it.
    #[must_use]
    pub fn verdict(&self) -> Option<Repeat> {
        let agreed = |repeat| self.repeats.iter().filter(|&&one| one == repeat).count() >= AGREEING;
        let found = [Repeat::Slower, Repeat::NotSlower].into_iter().find(|&repeat| agreed(repeat));
        found.or_else(|| (self.repeats.len() == REPEATS).then_some(Repeat::Unclear))
    }

    /// Returns the finding of each group.
    #[must_use]
    pub fn repeats(&self) -> &[Repeat] {
        &self.repeats
    }
}

fn repeat_of(changes: &[f64], margin: f64) -> Repeat {
    match median_interval(changes, REPEAT_TAIL) {
        Some((low, _)) if low > margin => Repeat::Slower,
        Some((_, high)) if high < margin => Repeat::NotSlower,
        _ => Repeat::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confirmation(repeats: &[f64]) -> Confirmation {
        let mut confirmation = Confirmation::default();
        for &change in repeats {
            (0..REPEAT_PAIRS).for_each(|_| confirmation.add(change, 0.05));
        }
        confirmation
    }

    #[test]
    fn two_of_three_decide() {
        assert_eq!(confirmation(&[]).verdict(), None);
        assert_eq!(confirmation(&[0.1]).verdict(), None);
        assert_eq!(confirmation(&[0.1, 0.0]).verdict(), None);
        assert_eq!(confirmation(&[0.1, 0.1]).verdict(), Some(Repeat::Slower));
        assert_eq!(confirmation(&[0.1, 0.0, 0.1]).verdict(), Some(Repeat::Slower));
        assert_eq!(confirmation(&[0.0, 0.1, 0.0]).verdict(), Some(Repeat::NotSlower));
    }

    #[test]
    fn groups_that_cannot_tell_have_no_vote() {
        let unclear = |confirmation: &mut Confirmation| {
            [0.0, 0.1].repeat(REPEAT_PAIRS / 2).into_iter().for_each(|change| {
                confirmation.add(change, 0.05);
            });
        };
        let mut confirmation = confirmation(&[0.1]);
        (0..3).for_each(|_| unclear(&mut confirmation));
        assert_eq!(confirmation.repeats()[1..], [Repeat::Unclear; 3]);
        assert_eq!(confirmation.verdict(), None);
        let mut slower = confirmation.clone();
        (0..REPEAT_PAIRS).for_each(|_| slower.add(0.1, 0.05));
        assert_eq!(slower.verdict(), Some(Repeat::Slower));
        unclear(&mut confirmation);
        assert_eq!(confirmation.verdict(), Some(Repeat::Unclear));
    }

    #[test]
    fn three_pairs_that_were_disturbed_do_not_spoil_a_group() {
        let mut confirmation = Confirmation::default();
        [-3.0; 3].into_iter().for_each(|change| confirmation.add(change, 0.05));
        (3..REPEAT_PAIRS).for_each(|_| confirmation.add(0.1, 0.05));
        assert_eq!(confirmation.repeats(), [Repeat::Slower]);
    }
}
