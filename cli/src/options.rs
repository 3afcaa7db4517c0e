//! Values of options that several verbs take.

use std::num::NonZeroUsize;

/// The most threads: with more, their buffers come to more than a few dozen megabytes.
const THREADS_MAXIMUM: usize = 64;

pub(crate) fn parse_threads(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse::<NonZeroUsize>().ok();
    let number = number.filter(|number| number.get() <= THREADS_MAXIMUM);
    number.ok_or_else(|| format!("'{text}' is not a number of threads, 1 to {THREADS_MAXIMUM}"))
}
