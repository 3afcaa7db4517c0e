//! The limits: parts of every parser's work, each alone and as fast as it can be done here.
//!
//! - [`ReadLimit`] reads every byte: what nobody beats who looks at all of the input.
//! - [`CopyLimit`] copies the input: what nobody beats who makes a copy of it.
//! - [`MasksLimit`] finds every separator and writes down none: what a backend's search costs.
//!
//! They stand apart from the engines that they are compared with because they hand out nothing.

mod copy;
mod masks;
mod read;

use std::time::{Duration, Instant};

pub(super) use self::copy::CopyLimit;
pub(super) use self::masks::MasksLimit;
pub(super) use self::read::ReadLimit;
pub use self::read::ReadLoop;

/// Passes of a race; the fastest counts.
const RACE_PASSES: usize = 5;

/// The most bytes that a race goes over in a pass.
const RACE_BYTES: usize = 256 << 20;

/// Has candidates go over the same input in turns; returns the one with the fastest pass.
///
/// # Panics
///
/// If there is no candidate.
fn winner<T: Copy>(candidates: &[T], mut pass: impl FnMut(T)) -> T {
    let mut fastest = vec![Duration::MAX; candidates.len()];
    for _ in 0..RACE_PASSES {
        for (&candidate, fastest) in candidates.iter().zip(&mut fastest) {
            let start = Instant::now();
            pass(candidate);
            *fastest = start.elapsed().min(*fastest);
        }
    }
    let best = candidates.iter().zip(fastest).min_by_key(|(_, fastest)| *fastest);
    *best.expect("a race has candidates").0
}
