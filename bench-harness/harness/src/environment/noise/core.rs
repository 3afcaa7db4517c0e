//! Watching cores: a thread on each in turn that only looks at the clock.

use std::thread;
use std::time::{Duration, Instant};

use delimark_results::Known;
use serde::Serialize;

use super::account::involuntary_switches;
use super::gaps::Gaps;
use crate::environment::{Sys, affinity};

/// Less than this shows nothing of what comes now and then. Where cores are many, some are watched.
const LOOK_LEAST: Duration = Duration::from_millis(250);

/// The time lost on one core.
#[derive(Clone, Debug, Serialize)]
pub struct CoreNoise {
    /// Its number, or why the thread was not held to one.
    pub core: Known<u64>,
    /// The time for which it was watched.
    pub seconds: f64,
    /// When the thread was kept from its work.
    pub gaps: Gaps,
    /// The gaps over the time.
    pub gaps_per_second: f64,
    /// The number of times that the kernel put something else in the thread's place.
    pub involuntary_switches: Known<u64>,
}

/// Watches each core that this process may use, in turn, for `duration` in all.
pub(super) fn watch(
    sys: &Sys,
    duration: Duration,
    gap_ns_least: u64,
    tell: &mut dyn FnMut(&str),
) -> Vec<CoreNoise> {
    let permitted = affinity::permitted();
    let most = (duration.as_nanos() / LOOK_LEAST.as_nanos()).max(1) as usize;
    let held: Vec<Result<usize, String>> = match permitted {
        Ok(cores) => spread(&cores, most).into_iter().map(Ok).collect(),
        Err(reason) => vec![Err(reason)],
    };
    let each = duration / held.len() as u32;
    let watched = held.into_iter().map(|core| {
        match &core {
            Ok(core) => tell(&format!("watching core {core}")),
            Err(_) => tell("watching the clock"),
        }
        let looker = || look(sys, core, each, gap_ns_least);
        // A thread of its own: nothing that comes later is held to the core.
        thread::scope(|scope| scope.spawn(looker).join().expect("looking at a clock goes well"))
    });
    watched.collect()
}

/// Picks at most a number of the cores, from all over the list.
fn spread(cores: &[usize], most: usize) -> Vec<usize> {
    let count = cores.len().min(most);
    (0..count).map(|index| cores[index * cores.len() / count]).collect()
}

fn look(
    sys: &Sys,
    core: Result<usize, String>,
    duration: Duration,
    gap_ns_least: u64,
) -> CoreNoise {
    let core = core.and_then(|core| affinity::hold_to(core).map(|()| core as u64));
    let switches_before = involuntary_switches(sys);
    let mut gaps = Gaps::default();
    let start = Instant::now();
    let mut previous = start;
    while previous.duration_since(start) < duration {
        let now = Instant::now();
        let gap_ns = now.duration_since(previous).as_nanos() as u64;
        if gap_ns >= gap_ns_least {
            gaps.add(gap_ns);
        }
        previous = now;
    }
    let seconds = previous.duration_since(start).as_secs_f64();
    let switches =
        involuntary_switches(sys).and_then(|after| Ok(after.saturating_sub(switches_before?)));
    CoreNoise {
        core: core.into(),
        seconds,
        gaps_per_second: gaps.count as f64 / seconds,
        gaps,
        involuntary_switches: switches.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn many_cores_are_watched_here_and_there() {
        assert_eq!(spread(&[0, 1], 20), [0, 1]);
        assert_eq!(spread(&[0, 2, 4, 6, 8, 10, 12, 14], 3), [0, 4, 10]);
        assert_eq!(spread(&[7], 1), [7]);
    }
}
