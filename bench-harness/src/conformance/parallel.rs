//! Work on all cores, apart since two kinds of runners share it.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Maps items, each on whatever core is free, in their order; so are the results.
pub(super) fn map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let queue = Mutex::new(items.into_iter().enumerate());
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    // Taking an item cannot leave the queue half changed, whoever panicked.
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let worker = || {
        let mut done = Vec::new();
        while let Some((index, item)) = next() {
            done.push((index, work(item)));
        }
        done
    };
    let mut done = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        let results = workers.into_iter().map(thread::ScopedJoinHandle::join);
        results.flat_map(|result| result.expect("no work panics")).collect::<Vec<_>>()
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let expected: Vec<u32> = (0..1000).map(|item| item * 2).collect();
        assert_eq!(map((0..1000).collect(), |item: u32| item * 2), expected);
        assert!(map(Vec::new(), |item: u32| item).is_empty());
    }
}
