//! The kernel's accounts of who else had the processor; what counts is how they grow.

use std::time::Instant;

use delimark_results::Known;

use crate::environment::Sys;
use crate::environment::sys::Found;

/// The accounts at some time.
#[derive(Debug)]
pub struct Account {
    at: Instant,
    ticks: Found<Ticks>,
    pressure_us: Found<u64>,
}

/// The time of all cores by its use, in the kernel's ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ticks {
    stolen: u64,
    all: u64,
}

impl Account {
    /// Reads the accounts as they are now.
    #[must_use]
    pub fn read(sys: &Sys) -> Self {
        Self { at: Instant::now(), ticks: ticks(sys), pressure_us: pressure_us(sys) }
    }

    /// Returns the time that the hypervisor has taken until another account, of all cores' time.
    pub(super) fn steal_share_until(&self, later: &Self) -> Known<f64> {
        let share = || {
            let (before, after) = (self.ticks.clone()?, later.ticks.clone()?);
            match after.all.saturating_sub(before.all) {
                0 => Err("the kernel's account of the cores has not moved".to_owned()),
                all => Ok(after.stolen.saturating_sub(before.stolen) as f64 / all as f64),
            }
        };
        share().into()
    }

    /// Returns the time until another account in which something waited for a core.
    #[must_use]
    pub fn pressure_share_until(&self, later: &Self) -> Known<f64> {
        let share = || {
            let (before, after) = (self.pressure_us.clone()?, later.pressure_us.clone()?);
            let elapsed_us = later.at.duration_since(self.at).as_secs_f64() * 1e6;
            Ok(after.saturating_sub(before) as f64 / elapsed_us)
        };
        share().into()
    }
}

fn ticks(sys: &Sys) -> Found<Ticks> {
    // user nice system idle iowait irq softirq steal; what follows is in the first two.
    const STEAL: usize = 7;
    let path = "/proc/stat";
    let text = sys.text(path)?;
    let columns = text.lines().find_map(|line| line.strip_prefix("cpu "));
    let columns: Option<Vec<u64>> = columns.and_then(|columns| {
        columns.split_whitespace().take(STEAL + 1).map(|ticks| ticks.parse().ok()).collect()
    });
    match columns {
        Some(columns) if columns.len() > STEAL => {
            Ok(Ticks { stolen: columns[STEAL], all: columns.iter().sum() })
        }
        _ => Err(format!("{path} tells no steal")),
    }
}

fn pressure_us(sys: &Sys) -> Found<u64> {
    let path = "/proc/pressure/cpu";
    let text = sys.text(path)?;
    text.lines()
        .find_map(|line| line.strip_prefix("some ")?.split_once("total=")?.1.parse().ok())
        .ok_or_else(|| format!("{path} tells no total"))
}

/// Reads how often the thread that asks has been put aside for another.
pub(super) fn involuntary_switches(sys: &Sys) -> Found<u64> {
    let path = "/proc/thread-self/status";
    let text = sys.text(path)?;
    text.lines()
        .find_map(|line| line.strip_prefix("nonvoluntary_ctxt_switches:")?.trim().parse().ok())
        .ok_or_else(|| format!("{path} counts no switches"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::environment::sys::fake;

    #[test]
    fn shares_are_of_what_was_added() {
        let at = Instant::now();
        let account = |seconds, stolen, all, pressure_us| Account {
            at: at + Duration::from_secs(seconds),
            ticks: Ok(Ticks { stolen, all }),
            pressure_us: Ok(pressure_us),
        };
        let (before, after) = (account(0, 10, 1000, 5_000_000), account(2, 30, 1400, 5_500_000));
        assert_eq!(before.steal_share_until(&after), Known::Value(0.05));
        assert_eq!(before.pressure_share_until(&after), Known::Value(0.25));
        assert!(before.steal_share_until(&before).value().is_none(), "nothing was added");
    }

    #[test]
    fn the_kernels_files_are_read() {
        let (_folder, sys) = fake(&[
            ("/proc/stat", "cpu  1 2 3 4 5 6 7 8 900 900\ncpu0 1 1 1 1 1 1 1 1 0 0\n"),
            ("/proc/pressure/cpu", "some avg10=0.00 avg60=1.00 avg300=0.50 total=1234\n"),
            ("/proc/thread-self/status", "Name:\tx\nnonvoluntary_ctxt_switches:\t17\n"),
        ]);
        assert_eq!(ticks(&sys), Ok(Ticks { stolen: 8, all: 36 }));
        assert_eq!(pressure_us(&sys), Ok(1234));
        assert_eq!(involuntary_switches(&sys), Ok(17));
    }

    #[test]
    fn what_they_do_not_tell_has_a_reason() {
        let (_folder, sys) = fake(&[("/proc/stat", "cpu  1 2 3 4\n"), ("/proc/pressure/cpu", "")]);
        assert_eq!(ticks(&sys), Err("/proc/stat tells no steal".to_owned()));
        assert_eq!(pressure_us(&sys), Err("/proc/pressure/cpu tells no total".to_owned()));
        assert!(involuntary_switches(&sys).is_err_and(|reason| reason.contains("cannot be read")));
    }
}
