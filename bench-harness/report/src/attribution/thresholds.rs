//! From where on a figure counts as a cause, each with the reason why there: all in one place, so
//! that they can be doubted together.

use std::ops::RangeInclusive;

/// The share of the read limit from which a cell is bound by reading: what is left to gain by a
/// better parser is then less than a fourth of its speed.
pub const READ_SHARE: f64 = 0.80;

/// Branch misses in 64 bytes of input from which they can be a cause: at some 15 cycles each they
/// cost 1.5 cycles, when a fast backend takes 10 to 20 a block.
pub const BRANCH_MISSES_PER_BLOCK: f64 = 0.1;

/// The share of branches that are missed below which they are predicted well, however many they
/// are: ordinary code is at a few in a thousand.
pub const BRANCH_MISS_RATIO: f64 = 0.01;

/// The price of one branch miss, cycles: the depth of the front end of current x86 and ARM cores,
/// 11 to 20.
pub const BRANCH_MISS_CYCLES: f64 = 15.0;

/// The share of the cycles that branch misses must cost to be a cause; less is within what one
/// layout of the code differs from the next by.
pub const BRANCH_TIME_SHARE: f64 = 0.10;

/// The factor over the branch misses of its backend from which on an engine's are a cause:
/// predictors, and what stood before in their tables, move a count by less.
pub const MORE_BRANCH_MISSES: f64 = 1.25;

/// The share of the time that an engine takes longer than its backend which its further branch
/// misses have to cost to be the cause, at [`BRANCH_MISS_CYCLES`] each, which is the least that one
/// costs. The handicap's branch on a Sapphire Rapids, 40 MB, least of 15 passes: 10.6 ns a block
/// from memory where a foreseen one takes 2.2, 7.6 and 3.1 from the cache. At half a miss a block
/// that is 65 and 35 cycles each: misses that are all of the time between the two are 23 % of it at
/// the least price. A sixth is then most of it; a fourth found no cause there.
pub const BRANCH_PART_OF_MORE_TIME: f64 = 0.16;

/// The share of a file model's time from which bringing in the file outweighs the scan.
pub const INPUT_SHARE: f64 = 0.5;

/// The share of a cell's misses that the step before may have for the step after to be at fault.
pub const STEP_BEFORE_SHARE: f64 = 0.5;

/// Instructions a cycle below which a core mostly waits: current ones retire 4 to 6, and code as
/// regular as a scanner's 2 to 4.
pub const LOW_IPC: f64 = 1.2;

/// Instructions a cycle from which a core is busy, so that only fewer instructions are faster.
pub const HIGH_IPC: f64 = 3.0;

/// Instructions a cycle above which an estimate is no evidence: the widest current cores retire 8.
pub const RETIRED_MOST: f64 = 8.0;

/// The factor by which the fastest look at the clock may be faster than the slowest for their
/// median to stand for all: a boost that comes and goes moves a clock by less than a tenth, and
/// more is a look that somebody disturbed.
pub const CLOCK_SPREAD: f64 = 1.1;

/// The share of loads that reach the last level of cache and miss it from which it does not help:
/// with less than a third, most loads are answered before memory.
pub const LLC_MISS_RATIO: f64 = 0.3;

/// Last-level misses in 64 bytes of input below which their ratio is one of small numbers: a miss
/// costs some 200 cycles, so this many cost 10.
pub const LLC_MISSES_PER_LINE: f64 = 0.05;

/// The price of an extra pass over memory, in passes of `limit/copy`: less where the copy warms the
/// cache for the scan, more where it is no copy of the best kind. Where the lines that it touches
/// were counted, there is no upper end.
pub const COPY_PASSES: RangeInclusive<f64> = 0.5..=1.5;

/// First-level misses in 64 bytes of input that an extra pass has at least: one, less what happened
/// to be in the cache.
pub const EXTRA_LINES: f64 = 0.5;

/// The factor over the instructions there up to which the time does not lie in them: a copy by
/// vectors takes a tenth of what a scan takes.
pub const SAME_INSTRUCTIONS: f64 = 1.25;

/// The share of the additional instructions that may be branches before they are no ordinary code:
/// a string instruction counts as one of each for every byte where it is simulated.
pub const STRING_BRANCHES: f64 = 0.9;

/// The distance that two sources may count the same apart: they go over other windows of the data,
/// in which lines are a little longer or shorter.
pub const SOURCES_APART: f64 = 0.05;

/// The share of the ideal speed with several threads from which a scan counts as scaling: 1.7 times
/// the speed of one with two. And the share of what threads gain that only compute, from which it
/// has as much as the machine gives.
pub const SCALES: f64 = 0.85;

/// The factor by which a scan may scale better than reading alone and still be bound as reading is.
pub const SCALES_LIKE: f64 = 1.15;

/// The share of the read limit with as many threads below which memory has room for the scan, so
/// that it is not bound as reading is: a half may be lost to stores and to late prefetching.
pub const SCALES_NEAR: f64 = 0.5;

/// The factor by which the slowest sample of the faster kind has to be faster than the fastest of
/// the slower one: a thread that shares a core has some two thirds of its speed, while clocks that
/// rise and fall move it by less than a tenth.
pub const KINDS_APART: f64 = 1.2;
