//! The second opinion about what seems to be a regression: groups of fresh pairs, which have to
//! agree.

use delimark_results::statistics::median_interval;

use super::Group;

/// How many groups have to agree: two of the three at most that are clear one way or the other.
const AGREEING: usize = 2;

/// How many groups there are at most, those included that are not clear and have no vote.
const GROUPS: usize = 5;

/// How many pairs make a group.
const GROUP_PAIRS: usize = 12;

/// The chance that one end of a group's interval leaves out the truth: two groups would have to be
/// wrong at once, so one of them need not be as sure as a first opinion. With twelve pairs, three
/// may be disturbed.
const GROUP_TAIL: f64 = 0.1;

/// The groups of a suspect. A disturbance that made it one has to come back twice to convict it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quorum {
    groups: Vec<Group>,
    changes: Vec<f64>,
}

impl Quorum {
    /// Takes a pair; `margin` is what the suspect has to be beyond.
    pub fn take(&mut self, change: f64, margin: f64) {
        self.changes.push(change);
        if self.changes.len() == GROUP_PAIRS {
            self.groups.push(judge(&self.changes, margin));
            self.changes.clear();
        }
    }

    /// What the groups agree on; nothing while one more could decide it.
    #[must_use]
    pub fn verdict(&self) -> Option<Group> {
        let agreed = |group| self.groups.iter().filter(|&&one| one == group).count() >= AGREEING;
        let found = [Group::Slower, Group::NotSlower].into_iter().find(|&group| agreed(group));
        found.or_else(|| (self.groups.len() == GROUPS).then_some(Group::Unclear))
    }

    /// What each group says.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }
}

fn judge(changes: &[f64], margin: f64) -> Group {
    match median_interval(changes, GROUP_TAIL) {
        Some((low, _)) if low > margin => Group::Slower,
        Some((_, high)) if high < margin => Group::NotSlower,
        _ => Group::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quorum(groups: &[f64]) -> Quorum {
        let mut quorum = Quorum::default();
        for &change in groups {
            (0..GROUP_PAIRS).for_each(|_| quorum.take(change, 0.05));
        }
        quorum
    }

    #[test]
    fn two_of_three_decide() {
        assert_eq!(quorum(&[]).verdict(), None);
        assert_eq!(quorum(&[0.1]).verdict(), None);
        assert_eq!(quorum(&[0.1, 0.0]).verdict(), None);
        assert_eq!(quorum(&[0.1, 0.1]).verdict(), Some(Group::Slower));
        assert_eq!(quorum(&[0.1, 0.0, 0.1]).verdict(), Some(Group::Slower));
        assert_eq!(quorum(&[0.0, 0.1, 0.0]).verdict(), Some(Group::NotSlower));
    }

    #[test]
    fn groups_that_cannot_tell_have_no_vote() {
        let unclear = |quorum: &mut Quorum| {
            [0.0, 0.1].repeat(GROUP_PAIRS / 2).into_iter().for_each(|change| {
                quorum.take(change, 0.05);
            });
        };
        let mut quorum = quorum(&[0.1]);
        (0..3).for_each(|_| unclear(&mut quorum));
        assert_eq!(quorum.groups()[1..], [Group::Unclear; 3]);
        assert_eq!(quorum.verdict(), None);
        let mut slower = quorum.clone();
        (0..GROUP_PAIRS).for_each(|_| slower.take(0.1, 0.05));
        assert_eq!(slower.verdict(), Some(Group::Slower));
        unclear(&mut quorum);
        assert_eq!(quorum.verdict(), Some(Group::Unclear));
    }

    #[test]
    fn three_pairs_that_were_disturbed_do_not_spoil_a_group() {
        let mut quorum = Quorum::default();
        [-3.0; 3].into_iter().for_each(|change| quorum.take(change, 0.05));
        (3..GROUP_PAIRS).for_each(|_| quorum.take(0.1, 0.05));
        assert_eq!(quorum.groups(), [Group::Slower]);
    }
}
