//! What can be wrong with a group's counts, and the rules that find it.

use super::kernel::Reading;
use super::{Event, Refusal};

/// Why there is no count.
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

/// Finds what is wrong with what a group of these events counted.
pub(super) fn judge(events: &[Event], reading: &Reading) -> Result<(), Flaw> {
    let Reading { enabled_ns, running_ns, values } = reading;
    debug_assert_eq!(events.len(), values.len(), "a value for each counter");
    if *running_ns == 0 {
        return Err(Flaw::NeverRan);
    }
    if running_ns != enabled_ns {
        let (running_ns, enabled_ns) = (*running_ns, *enabled_ns);
        return Err(Flaw::Multiplexed { running_ns, enabled_ns });
    }
    let still =
        events.iter().zip(values).find(|(event, value)| event.always_happens() && **value == 0);
    still.map_or(Ok(()), |(event, _zero)| Err(Flaw::Still(*event)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 2] = [Event::Branches, Event::BranchMisses];

    fn judged(enabled_ns: u64, running_ns: u64, values: [u64; 2]) -> Result<(), String> {
        let reading = Reading { enabled_ns, running_ns, values: values.into() };
        judge(&EVENTS, &reading).map_err(|flaw| flaw.explain(|refusal| format!("{refusal:?}")))
    }

    #[test]
    fn a_count_of_the_whole_pass_is_good() {
        assert_eq!(judged(1000, 1000, [70, 3]), Ok(()));
        assert_eq!(judged(1000, 1000, [70, 0]), Ok(()), "a pass can go without a miss");
    }

    #[test]
    fn a_part_of_the_pass_is_told_and_not_scaled() {
        for (enabled_ns, running_ns, percent) in
            [(1000, 400, "40.0"), (1000, 999, "99.9"), (1_000_000, 999_999, "99.9")]
        {
            let reason = judged(enabled_ns, running_ns, [70, 3]).unwrap_err();
            let expected = format!("shared with others and ran for {percent} % of the pass");
            assert!(reason.contains(&expected), "{reason}");
        }
        let reason = judged(1000, 0, [0, 0]).unwrap_err();
        assert!(reason.contains("never free"), "{reason}");
    }

    #[test]
    fn a_counter_that_stands_still_is_told() {
        let reason = judged(1000, 1000, [0, 0]).unwrap_err();
        assert!(reason.contains("PERF_COUNT_HW_BRANCH_INSTRUCTIONS stays at 0"), "{reason}");
    }
}
