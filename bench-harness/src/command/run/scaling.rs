//! The numbers of threads that a run tries, if it does at all.

use std::num::NonZeroUsize;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use delimark::Backend;
use delimark_harness::measure::{SCALING_BESIDE, Scaled, Scaling, measure_scaling};
use delimark_harness::workload::Workload;
use delimark_results::READ_LIMIT;
use delimark_results::statistics::MINIMUM_ROUNDS;
use delimark_runner::model::Model;

use super::{Args, ORDER_SEED};
use crate::command::progress::Progress;

/// Measures with threads, if the model that this stands beside is wanted, and an engine that can.
pub(super) fn measure(
    args: &Args,
    workload: &Workload,
    backends: &[Backend],
    models: &[Model],
    progress: &mut Progress,
) -> Result<Scaled> {
    let is_wanted = |name: &str| args.engines.as_ref().is_none_or(|filter| filter.is_match(name));
    // Backends stand from the slowest to the fastest.
    let backend = backends.last().copied().unwrap_or_else(Backend::best);
    let scaling = Scaling {
        threads: threads(&args.threads, thread::available_parallelism().ok()),
        backend,
        with_backend: is_wanted(&format!("delimark/{backend}")),
        with_read_limit: is_wanted(READ_LIMIT),
        // No interval exists for fewer; more, where processors are of two kinds by turns.
        rounds: MINIMUM_ROUNDS as u64..=if args.quick { 9 } else { 25 },
        budget: Duration::from_secs(if args.quick { 5 } else { 30 }),
        order_seed: ORDER_SEED,
    };
    if !models.contains(&SCALING_BESIDE) || !(scaling.with_backend || scaling.with_read_limit) {
        return Ok(Scaled::default());
    }
    measure_scaling(workload, &scaling, progress)
}

/// Returns the numbers of threads that were asked for, or the powers of two up to the cores, and as
/// many as there are; each once, ascending.
fn threads(wanted: &[u16], cores: Option<NonZeroUsize>) -> Vec<NonZeroUsize> {
    let cores = cores.unwrap_or(NonZeroUsize::MIN);
    let mut threads: Vec<NonZeroUsize> = match wanted {
        [] => std::iter::successors(Some(NonZeroUsize::MIN), |threads| {
            threads.checked_mul(NonZeroUsize::MIN.saturating_add(1))
        })
        .take_while(|&threads| threads < cores)
        .chain([cores])
        .collect(),
        wanted => wanted.iter().filter_map(|&threads| NonZeroUsize::new(threads.into())).collect(),
    };
    threads.sort_unstable();
    threads.dedup();
    threads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_and_all_cores_are_tried_unless_numbers_are_given() {
        let numbers = |wanted: &[u16], cores| -> Vec<usize> {
            threads(wanted, NonZeroUsize::new(cores)).into_iter().map(NonZeroUsize::get).collect()
        };
        assert_eq!(numbers(&[], 1), [1]);
        assert_eq!(numbers(&[], 2), [1, 2]);
        assert_eq!(numbers(&[], 6), [1, 2, 4, 6]);
        assert_eq!(numbers(&[], 0), [1], "nobody knows how many there are");
        assert_eq!(numbers(&[3, 1, 3], 2), [1, 3]);
    }
}
