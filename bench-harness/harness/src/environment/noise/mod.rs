//! The disturbance of measurements by this machine: time that is lost to others, and how far a loop
//! comes out from itself.

mod aa_control;
mod account;
mod core;
mod gaps;

use std::time::Duration;

use delimark_results::Known;
use serde::Serialize;

pub use self::aa_control::AaNoise;
pub use self::account::Account;
pub use self::core::CoreNoise;
pub use self::gaps::{GapClass, Gaps};
use super::{Sys, timer};

/// Gaps of less are the clock's and the processor's own.
const GAP_NS_LEAST: u64 = 1_000;

/// Losing more time than this shows in any measurement.
const LOST_SHARE_MAX: f64 = 0.01;

/// The measurements.
#[derive(Clone, Debug, Serialize)]
pub struct Noise {
    /// The verdict, in a sentence.
    pub verdict: String,
    /// Differences below this share mean nothing here, see [`AaNoise::spread`].
    pub insignificant_share: f64,
    /// The time that was lost, of all that was watched.
    pub lost_share: f64,
    /// The time that the hypervisor took from this machine's cores, of all of theirs.
    pub steal_share: Known<f64>,
    /// The time in which something that could have run had no core.
    pub cpu_pressure_share: Known<f64>,
    /// The time lost on each core that was watched.
    pub cores: Vec<CoreNoise>,
    /// A loop against itself.
    pub twins: AaNoise,
}

impl Noise {
    /// Measures for about that time: each core in turn, then a loop against itself. `tell` hears
    /// what begins.
    #[must_use]
    pub fn measure(duration: Duration, tell: &mut dyn FnMut(&str)) -> Self {
        let sys = Sys::default();
        let granularity_ns = timer::measure(&sys).granularity_ns.value().copied().unwrap_or(0);
        // A coarse clock stands still between its ticks, which is no gap.
        let gap_ns_least = GAP_NS_LEAST.max(4 * granularity_ns);
        let before = Account::read(&sys);
        let cores = core::watch(&sys, duration, gap_ns_least, tell);
        let after = Account::read(&sys);
        tell("comparing a loop with itself");
        let aa_noise = AaNoise::measure(duration / 5);
        let lost_share = lost_share(&cores);
        Self {
            verdict: verdict(&aa_noise, lost_share),
            insignificant_share: aa_noise.insignificant_share(),
            lost_share,
            steal_share: before.steal_share_until(&after),
            cpu_pressure_share: before.pressure_share_until(&after),
            cores,
            twins: aa_noise,
        }
    }
}

fn lost_share(cores: &[CoreNoise]) -> f64 {
    let lost_ns: u64 = cores.iter().map(|core| core.gaps.lost_ns).sum();
    let seconds: f64 = cores.iter().map(|core| core.seconds).sum();
    lost_ns as f64 / (seconds * 1e9)
}

fn verdict(aa_noise: &AaNoise, lost_share: f64) -> String {
    let mut verdict = format!(
        "Differences below {:.1} % mean nothing here: in {} runs of {} rounds, a loop came out as \
         far from itself.",
        aa_noise.insignificant_share() * 100.0,
        aa_noise.runs,
        AaNoise::ROUNDS,
    );
    if lost_share > LOST_SHARE_MAX {
        verdict += &format!(
            " Others took {:.1} % of the time; measure again when they are done.",
            lost_share * 100.0
        );
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_names_the_spread_and_lost_time_only_where_it_matters() {
        let aa_noise = AaNoise { bytes: 1, passes_per_sample: 1, runs: 12, spread: 1.0123 };
        let quiet = verdict(&aa_noise, 0.001);
        let told = "Differences below 1.3 % mean nothing here: in 12 runs of 9 rounds, a loop came \
                    out as far from itself.";
        assert_eq!(quiet, told);
        assert!(
            verdict(&aa_noise, 0.05)
                .ends_with("took 5.0 % of the time; measure again when they are done.")
        );
    }

    #[test]
    fn a_short_look_finds_a_share_for_everything() {
        let mut told = Vec::new();
        let noise =
            Noise::measure(Duration::from_millis(50), &mut |what| told.push(what.to_owned()));
        assert!((0.0..1.0).contains(&noise.lost_share), "{}", noise.lost_share);
        assert!(noise.insignificant_share > 0.0);
        assert!(!noise.cores.is_empty() && noise.cores.iter().all(|core| core.seconds > 0.0));
        assert_eq!(told.len(), noise.cores.len() + 1, "{told:?}");
        if cfg!(target_os = "linux") {
            assert!(noise.cores.iter().all(|core| core.involuntary_switches.value().is_some()));
        }
    }
}
