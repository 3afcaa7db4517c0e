//! "How to read this": what the numbers are and what they are not, the same in every report.

use super::verdict::BAR_NS_PER_RECORD;
use crate::statistics::MINIMUM_ROUNDS;

/// Paragraphs, each with the words it opens with.
pub(super) fn paragraphs() -> [(&'static str, String); 11] {
    let significance = format!(
        "Where that interval includes 1, or there are fewer than {MINIMUM_ROUNDS} rounds, the \
         difference is marked as not significant."
    );
    [
        ("Models.", MODELS.to_owned()),
        ("Rounds.", ROUNDS.to_owned()),
        ("Medians and intervals.", MEDIANS.to_owned()),
        ("Percentiles.", PERCENTILES.to_owned()),
        ("First passes.", FIRST_PASSES.to_owned()),
        ("Engines elsewhere.", ELSEWHERE.to_owned()),
        ("The bar.", format!("The bar to beat, {BAR_NS_PER_RECORD} ns a line at P99, {BAR}")),
        ("Ratios.", format!("{RATIOS} {significance}")),
        ("The read limit.", LIMIT.to_owned()),
        ("Small working sets flatter.", WORKING_SETS.to_owned()),
        ("Allocations.", ALLOCATIONS.to_owned()),
    ]
}

const MODELS: &str = "Each has a defined answer that is compared with the reference's before a \
    time counts. count: records and fields. index: every field boundary; the answer is counts and \
    a sum of positions. fields: every field handed to a consumer as a slice; the answer folds the \
    length and first byte of each. project: 3 columns handed over. file-map and file-read: as \
    fields, from a path, input included.";

const ROUNDS: &str = "Every round runs every engine once, in a seeded random order, so that drift \
    of the machine hits all alike. All samples are kept.";

const MEDIANS: &str = "ns/record and GB/s are the median of whole passes, one a round; a GB is \
    10^9 bytes. The range beside a number is the 95 % interval of that median, by the percentile \
    bootstrap with 2,000 resamples.";

const PERCENTILES: &str = "P50, P99 and P99.9 are over bursts of about 64 KiB: the time of each \
    burst over its records, in ns. No clock can time one record of a few tens of nanoseconds.";

const FIRST_PASSES: &str = "The pass before the rounds, of each engine and model: caches and \
    branch predictor are cold, and a runtime may still have to compile. It is in no median.";

const ELSEWHERE: &str = "What stands behind an @ is another process with the same data in its \
    memory: node is V8, wasmtime is Cranelift. Its own clock is read right around the one call of \
    a pass, so that the way to it does not count. The modules are compiled before the first call, \
    under V8 by the optimising compiler alone (--no-liftoff, --no-wasm-lazy-compilation). \
    peer/js-split@node makes a string of the bytes, one character a byte, in each pass.";

const BAR: &str = "was published for lines of 12 fields, on other hardware, as a P99 over lines. \
    Ours is over bursts: each is a mean over hundreds of lines, in which one slow line hardly \
    shows. So the two are not the same measure, and the distance between them is a hint, not a \
    ratio.";

const RATIOS: &str = "A ÷ B says how many times faster A is than B: the median of the ratios of \
    the two within each round, with its own interval.";

const LIMIT: &str = "limit/read streams the bytes and folds them, in up to eight parts side by \
    side, with whichever loop was fastest before the run: what a parser that looks at \
    every byte cannot be expected to beat. An engine near it is bound by memory, not by its code.";

const WORKING_SETS: &str = "On a few tens of kilobytes that repeat, the branch predictor learns \
    the input by heart: the left end of the ladder can show several times the speed that new data \
    get, and can rank engines wrongly.";

const ALLOCATIONS: &str =
    "Heap allocations over records, after warm-up, by an allocator that counts.";
