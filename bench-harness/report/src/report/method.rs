//! "How to read this": what the numbers are and what they are not; but for the clock the same in
//! every report.

use delimark_results::statistics::MINIMUM_ROUNDS;
use delimark_results::{Cell, Known, Results};

use super::verdict::BAR_NS_PER_RECORD;
use super::view::View;
use crate::attribution::estimate_clock;
use crate::attribution::thresholds::{
    BRANCH_MISS_CYCLES, BRANCH_MISS_RATIO, BRANCH_MISSES_PER_BLOCK, BRANCH_PART_OF_MORE_TIME,
    BRANCH_TIME_SHARE, HIGH_IPC, LLC_MISS_RATIO, LLC_MISSES_PER_LINE, LOW_IPC, MORE_BRANCH_MISSES,
    READ_SHARE, RETIRED_MOST, SOURCES_APART,
};
use crate::number_format::{number, percent};

/// Writes the paragraphs, each with the words it opens with.
pub(super) fn paragraphs(view: &View<'_>) -> [(&'static str, String); 17] {
    let significance = format!(
        "Where that interval includes 1, or reaches into the A/A spread, or there are fewer than \
         {MINIMUM_ROUNDS} rounds, the difference is marked as not significant."
    );
    [
        ("Models.", MODELS.to_owned()),
        ("Rounds.", ROUNDS.to_owned()),
        ("Medians and intervals.", MEDIANS.to_owned()),
        ("Percentiles.", PERCENTILES.to_owned()),
        ("The clock.", clock(view.results)),
        ("First passes.", FIRST_PASSES.to_owned()),
        ("Engines elsewhere.", ELSEWHERE.to_owned()),
        ("The bar.", format!("The bar to beat, {BAR_NS_PER_RECORD} ns a line at P99, {BAR}")),
        ("Ratios.", format!("{RATIOS} {significance}")),
        ("A/A.", AA_CONTROL.to_owned()),
        ("The read limit.", LIMIT.to_owned()),
        ("Other limits.", LIMITS.to_owned()),
        ("Counters.", counters(view.results)),
        ("What bounds it.", bounds()),
        ("Threads.", THREADS.to_owned()),
        ("Small working sets flatter.", WORKING_SETS.to_owned()),
        ("Allocations.", ALLOCATIONS.to_owned()),
    ]
}

/// Describes the clock: its step, the price of a reading, and what is done about that.
fn clock(results: &Results) -> String {
    let subtracted = match overheads(&results.cells) {
        None => "Nothing was taken off the bursts for it.".to_owned(),
        Some(overhead) => format!(
            "Each burst holds one reading: {overhead} ns were taken off it. Of whole passes \
             nothing is taken off."
        ),
    };
    match &results.environment.timer {
        Known::Unavailable(reason) => {
            format!("What it costs to read is not known: {reason}. {subtracted}")
        }
        Known::Value(timer) => {
            let granularity = match &timer.granularity_ns {
                Known::Value(step) => format!("It goes in steps of {step} ns"),
                Known::Unavailable(reason) => format!("Its steps are not known ({reason})"),
            };
            let cost = number(timer.cost_ns);
            format!("{granularity}, and a reading costs {cost} ns. {subtracted}")
        }
    }
}

/// Tells what was taken off the bursts, as a range where it was not the same for all.
fn overheads(cells: &[Cell]) -> Option<String> {
    let overheads = || cells.iter().filter_map(|cell| cell.burst_overhead_ns);
    let (low, high) = (overheads().min()?, overheads().max()?);
    Some(if low == high { low.to_string() } else { format!("{low} to {high}") })
}

fn bounds() -> String {
    format!(
        "From {} of the read limit on, a cell counts as bound by memory. Below, the steps of the \
         scan are given, and then what the counts show. Branch misses: from \
         {BRANCH_MISSES_PER_BLOCK} in a block of 64 bytes, {} of the branches and, at \
         {BRANCH_MISS_CYCLES} cycles each, {} of the time; simulated ones are named from an IPC \
         of {HIGH_IPC:.1} on but are not the cause, since a real predictor beats the simulated \
         one and a busy core leaves little time to wait. Waiting: below an IPC of {LOW_IPC}, for \
         memory where {} of the last-level loads miss, {LLC_MISSES_PER_LINE} or more in a line. \
         The number of instructions: from an IPC of {HIGH_IPC:.1}. From an estimated IPC above \
         {RETIRED_MOST}, which no core reaches, nothing is concluded, nor from sources whose \
         instructions are more than {} apart. An engine built on a backend is slower by its \
         branches where it has {MORE_BRANCH_MISSES} times the backend's misses and they cost {} \
         of the time between the two. Times outrank counts, and what is simulated or estimated \
         is called so. Where a figure is missing, nothing is concluded.",
        percent(READ_SHARE),
        percent(BRANCH_MISS_RATIO),
        percent(BRANCH_TIME_SHARE),
        percent(LLC_MISS_RATIO),
        percent(SOURCES_APART),
        percent(BRANCH_PART_OF_MORE_TIME)
    )
}

/// Explains the counts, and by which clock cycles are estimated.
fn counters(results: &Results) -> String {
    let estimate = match estimate_clock(&results.environment) {
        Ok(clock) => format!("cycles are estimated as the median time by {}", clock.describe()),
        Err(reason) => format!("cycles cannot be estimated either: {reason}"),
    };
    format!("{COUNTERS} {estimate}. {LAST_LEVEL}")
}

const MODELS: &str = "Each has a defined answer that is compared with the reference's before a \
    time counts. count: records and fields. index: every field boundary; the answer is counts and \
    a sum of positions. fields: every field handed to a consumer as a slice; the answer folds the \
    length and first byte of each. project: 3 columns handed over. file-map and file-read: as \
    fields, from a path, input included. file-scan, which threads share: as file-map, mapped \
    before the clock starts. extract: 3 columns of a file written as text by a whole command; the \
    answer is the text's hash.";

const ROUNDS: &str = "Every round runs every engine once, in a seeded random order, so that drift \
    of the machine hits all alike. All samples are kept.";

const MEDIANS: &str = "ns/record and GB/s are the median of whole passes, one a round; a GB is \
    10^9 bytes. The range beside a number is the 95 % interval of that median, by the percentile \
    bootstrap with 2,000 resamples.";

const PERCENTILES: &str = "P50, P99 and P99.9 are over bursts of about 64 KiB: the time of each \
    burst over its records, in ns. No clock can time one record of a few tens of nanoseconds.";

const FIRST_PASSES: &str = "The pass before the rounds, of each engine and model: caches and \
    branch predictor are cold, and a runtime may still have to compile. It is in no median.";

const ELSEWHERE: &str = "What stands after an @ is another process with the same data in its \
    memory: node and deno are V8, bun is JavaScriptCore, wasmtime is Cranelift, wasmi interprets, \
    spidermonkey, go and python are what they say. Its own clock is read right around the one call \
    of a pass, so that the way to it does not count. Behind @command is a process for each pass, \
    timed from its start to its end. The modules are compiled before the first call, under V8 by \
    the optimising compiler alone (--no-liftoff, --no-wasm-lazy-compilation); JavaScriptCore and \
    SpiderMonkey go over to theirs during the first calls, JavaScriptCore at once \
    (BUN_JSC_threshold...). Peers under Node make a string of the bytes, one character a \
    byte, in each pass.";

const BAR: &str = "was published for lines of 12 fields, on other hardware, as a P99 over lines. \
    Ours is over bursts: each is a mean over hundreds of lines, in which one slow line hardly \
    shows. So the two are not the same measure, and the distance between them is a hint, not a \
    ratio.";

const RATIOS: &str = "A ÷ B says how many times faster A is than B: the median of the ratios of \
    the two within each round, with its own interval.";

const LIMIT: &str = "limit/read streams the bytes and folds them, in up to eight parts side by \
    side, with whichever loop was fastest before the run: what a parser that looks at \
    every byte cannot be expected to beat. An engine near it is bound by memory, not by its code.";

const LIMITS: &str = "limit/copy copies all bytes into memory that is there already. limit/masks \
    searches as a backend does and writes no position. The time of a cell is divided by them: \
    reading is what limit/read takes, search what limit/masks takes beyond it, emission what the \
    model index takes beyond that, and the consumer the rest. limit/read and limit/masks go over \
    several parts at once, which keeps more lines of memory under way; positions are found in one \
    place after the other. So emission is the work of writing them and what one place waits for \
    memory longer.";

const AA_CONTROL: &str = "Of the backends that were measured in this process, the one that a \
    scanner prefers is measured as if it were two engines. How far the two come out apart is what \
    a run finds between equals: the far end of the interval of their ratio, the farthest of all \
    models, is the A/A spread. No smaller difference counts.";

const COUNTERS: &str = "Each is of one pass in user mode, apart from the timed ones, with the name \
    of what counted: perf-event is the processor; callgrind simulates caches and a branch \
    predictor, neither of them this processor's; single-step counts the instructions of a pass one \
    by one. IPC, instructions a cycle, is measured where the processor counted both; where it did \
    not,";

const LAST_LEVEL: &str =
    "LLC is the last level of cache, and which event that is differs between vendors.";

const THREADS: &str = "The file is cut at newlines into as many parts as there are threads, each \
    with a scanner of its own; results come in order. What a thread writes has cache lines of its \
    own, and once more has not: the two together show what false sharing costs. In the same \
    rounds the threads only compute: independent steps, which keep a multiplier busy and gain \
    nothing from a second thread on the same core, and dependent ones, which wait for each other \
    and gain wherever two threads run at the same time. What independent steps gain is what the \
    machine gives; a scan is compared with it round by round. On a shared core it can have more \
    than all of it, since a scan waits now and then.";

const WORKING_SETS: &str = "On a few tens of kilobytes that repeat, the branch predictor learns \
    the input by heart: the left end of the working-set sweep can show several times the speed \
    that new data get, and can rank engines wrongly.";

const ALLOCATIONS: &str =
    "Heap allocations over records, after warm-up, by an allocator that counts.";
