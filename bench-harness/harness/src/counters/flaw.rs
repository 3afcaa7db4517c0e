//! Flaws of a group's counts, and the rules that find them.

use super::kernel::Reading;
use super::{Event, Refusal};

/// The reason for which there is no count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The kernel does not let it be counted.
    Refused(Refusal),
    /// The group was never counting.
    NeverRan,
    /// The group was counting some of the time.
    Multiplexed { running_ns: u64, enabled_ns: u64 },
    /// An event that any code makes happen did not.
    Still(Event),
}

impl Flaw {
    /// Says what is wrong; what a refusal means depends on more than is known here.
    pub(super) fn explain(&self, explain_refusal: impl FnOnce(&Refusal) -> String) -> String {
        match self {
            Self::Refused(refusal) => explain_refusal(refusal),
            Self::NeverRan => "the counters were never free: others use them, or there are fewer \
                               than asked for"
                .to_owned(),
            Self::Multiplexed { running_ns, enabled_ns } => {
                // Rounded down: it was not all of the pass.
                let per_mille = *running_ns as f64 / *enabled_ns as f64 * 1000.0;
                let percent = per_mille.floor() / 10.0;
                format!(
                    "the counters were shared with others and ran for {percent:.1} % of the pass; \
                     a scaled count would be a guess"
                )
            }
            Self::Still(event) => {
                format!("the counters open, but {} stays at 0", event.kernel_name())
            }
        }
    }
}

/// Takes the count of each event out of what their group counted, or what is wrong with it.
///
/// An event that any code makes happen and that did not spoils the zeros beside it, too: they may
/// be as little counted as its own.
pub(super) fn judge(events: &[Event], reading: &Reading) -> Vec<Result<u64, Flaw>> {
    let Reading { enabled_ns, running_ns, values } = reading;
    debug_assert_eq!(events.len(), values.len(), "a value for each counter");
    if *running_ns == 0 {
        return vec![Err(Flaw::NeverRan); events.len()];
    }
    if running_ns != enabled_ns {
        let (running_ns, enabled_ns) = (*running_ns, *enabled_ns);
        return vec![Err(Flaw::Multiplexed { running_ns, enabled_ns }); events.len()];
    }
    let mut counts = events.iter().zip(values);
    let still = counts.find(|(event, value)| event.always_happens() && **value == 0);
    let count = |&value: &u64| match still {
        Some((event, _zero)) if value == 0 => Err(Flaw::Still(*event)),
        _ => Ok(value),
    };
    values.iter().map(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 2] = [Event::Branches, Event::BranchMisses];

    type Counts = [Result<u64, String>; 2];

    fn judged(enabled_ns: u64, running_ns: u64, values: [u64; 2]) -> Counts {
        let reading = Reading { enabled_ns, running_ns, values: values.into() };
        let explain = |flaw: Flaw| flaw.explain(|refusal| format!("{refusal:?}"));
        let counts = judge(&EVENTS, &reading).into_iter().map(|count| count.map_err(explain));
        counts.collect::<Vec<_>>().try_into().expect("one for each event")
    }

    #[track_caller]
    fn check_refused(counts: Counts, expected: &str) {
        for count in counts {
            let reason = count.unwrap_err();
            assert!(reason.contains(expected), "{reason}");
        }
    }

    #[test]
    fn a_count_of_the_whole_pass_is_good() {
        assert_eq!(judged(1000, 1000, [70, 3]), [Ok(70), Ok(3)]);
        assert_eq!(judged(1000, 1000, [70, 0]), [Ok(70), Ok(0)], "a pass can go without a miss");
    }

    #[test]
    fn a_part_of_the_pass_is_told_and_not_scaled() {
        for (enabled_ns, running_ns, percent) in
            [(1000, 400, "40.0"), (1000, 999, "99.9"), (1_000_000, 999_999, "99.9")]
        {
            let expected = format!("shared with others and ran for {percent} % of the pass");
            check_refused(judged(enabled_ns, running_ns, [70, 3]), &expected);
        }
        check_refused(judged(1000, 0, [0, 0]), "never free");
    }

    #[test]
    fn a_counter_that_stands_still_is_told_and_takes_no_count_with_it() {
        let still = "PERF_COUNT_HW_BRANCH_INSTRUCTIONS stays at 0";
        check_refused(judged(1000, 1000, [0, 0]), still);
        let [branches, misses] = judged(1000, 1000, [0, 3]);
        assert!(branches.unwrap_err().contains(still));
        assert_eq!(misses, Ok(3));
    }
}
