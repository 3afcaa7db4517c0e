//! Engines that time themselves, compared with the harness's clock: a pass cannot have taken longer
//! than from its request to its answer. That it took less proves nothing: the way there is not
//! timed.

use std::fmt;
use std::time::Duration;

/// The distance that two clocks of a machine may have over one pass: some tick only every 16 ms.
const TICK: Duration = Duration::from_millis(16);

/// And what one may run faster than the other.
const FASTER_MOST: f64 = 0.01;

/// A pass that took longer than there was time for.
#[derive(Debug)]
pub(super) struct ImpossibleTime {
    claimed: Duration,
    seen: Duration,
}

/// Compares what an engine says of a pass with what the harness saw of it.
pub(super) fn check(claimed: Duration, seen: Duration) -> Result<(), ImpossibleTime> {
    if claimed <= seen.mul_f64(1.0 + FASTER_MOST) + TICK {
        Ok(())
    } else {
        Err(ImpossibleTime { claimed, seen })
    }
}

impl fmt::Display for ImpossibleTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [claimed_ms, seen_ms] = [self.claimed, self.seen].map(|time| time.as_secs_f64() * 1e3);
        write!(
            formatter,
            "by its own clock a pass took {claimed_ms:.1} ms, but the answer was here within \
             {seen_ms:.1} ms"
        )
    }
}

impl std::error::Error for ImpossibleTime {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_is_invalid() {
        let check = |claimed_ms, seen_ms| {
            check(Duration::from_millis(claimed_ms), Duration::from_millis(seen_ms)).is_ok()
        };
        assert!(check(0, 5000));
        assert!(check(16, 1), "a coarse clock");
        assert!(check(10_050, 10_000), "a fast clock");
        assert!(!check(18, 1));
        assert!(!check(10_200, 10_000));
    }
}
