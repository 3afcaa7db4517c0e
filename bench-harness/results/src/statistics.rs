//! Medians, quantiles, bootstrap intervals and paired ratios: pure arithmetic, apart from all
//! measuring so that every number of a report can be checked by hand.

use delimark_datasets::Random;
use serde::Serialize;

/// The number of resamples that the bootstrap draws; more moves an interval's ends by under 1 %.
const RESAMPLES: usize = 2_000;

/// Starts the bootstrap's random stream: fixed, so that the same samples give the same report.
const BOOTSTRAP_SEED: u64 = 0x00de_1a3a_2c00_0001;

/// The share of resampled medians that an interval holds, cut evenly at both ends.
const CONFIDENCE: f64 = 0.95;

/// The fewest rounds for which a 95 % interval of a median can exist: all of n samples lie on
/// one side of the true median with a chance of 2 / 2^n, which is below 5 % from n = 6 on.
pub const MINIMUM_ROUNDS: usize = 6;

/// A median with the interval that holds the true one with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The median of the samples.
    pub median: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Estimate {
    /// Applies a rising function to the median and both ends.
    #[must_use]
    pub fn map(self, function: impl Fn(f64) -> f64) -> Self {
        Self { median: function(self.median), low: function(self.low), high: function(self.high) }
    }

    /// Divides `amount` by the estimate, which turns a duration into a rate.
    #[must_use]
    pub fn into_rate(self, amount: f64) -> Self {
        Self { median: amount / self.median, low: amount / self.high, high: amount / self.low }
    }
}

/// The speed of one engine over another's, compared round by round.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// The median of the rounds' ratios.
    pub median: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end of its 95 % interval.
    pub high: f64,
    /// The number of rounds that were compared.
    pub rounds: usize,
}

impl Ratio {
    /// Tells whether the rounds show a difference: there are enough of them, and the interval
    /// does not include 1.
    #[must_use]
    pub fn is_significant(&self) -> bool {
        self.is_significant_beyond(1.0)
    }

    /// Tells whether the rounds show a difference of more than a factor, 1 or above: one by which
    /// the same run found an engine to differ from itself is no difference.
    #[must_use]
    pub fn is_significant_beyond(&self, spread: f64) -> bool {
        self.rounds >= MINIMUM_ROUNDS && (self.low > spread || self.high < 1.0 / spread)
    }
}

/// A ratio with the verdict whether it is a difference at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The speed of the one over the other's.
    pub ratio: Ratio,
    /// True if that is more than the run's noise.
    pub is_significant: bool,
}

impl Comparison {
    /// Compares two engines by their durations in each round, where the rounds correspond; see
    /// [`paired_ratio`] and [`Ratio::is_significant_beyond`].
    #[must_use]
    pub fn of(a: &[u64], b: &[u64], spread: f64) -> Option<Self> {
        let ratio = paired_ratio(a, b)?;
        Some(Self { ratio, is_significant: ratio.is_significant_beyond(spread) })
    }
}

/// Returns the median: the middle value, or the mean of the two middle ones.
///
/// # Panics
///
/// Panics if there is no sample.
#[must_use]
pub fn median(samples: &[f64]) -> f64 {
    quantile(&sorted(samples), 0.5)
}

/// Returns the value below which the share `probability` of the samples lies, interpolated
/// linearly between the two nearest ones: type 7 of Hyndman and Fan, the default of R and NumPy.
///
/// # Examples
///
/// ```
/// # use delimark_results::statistics::quantile;
/// assert_eq!(quantile(&[10.0, 20.0, 30.0, 40.0], 0.5), 25.0);
/// assert_eq!(quantile(&[10.0, 20.0, 30.0, 40.0], 0.9), 37.0);
/// ```
///
/// # Panics
///
/// Panics if there is no sample or `probability` is not within 0 to 1. `sorted` must rise.
#[must_use]
pub fn quantile(sorted: &[f64], probability: f64) -> f64 {
    assert!(!sorted.is_empty(), "a quantile needs at least one sample");
    assert!((0.0..=1.0).contains(&probability), "{probability} is not within 0 to 1");
    let position = probability * (sorted.len() - 1) as f64;
    let below = sorted[position.floor() as usize];
    let above = sorted[position.ceil() as usize];
    below + (above - below) * position.fract()
}

/// Computes a statistic of 2,000 resamples; `draw` draws one of them.
///
/// The random stream starts at a fixed seed, so that the same samples give the same report.
pub fn bootstrap<T>(mut draw: impl FnMut(&mut Random) -> T) -> Vec<T> {
    let mut random = Random::new(BOOTSTRAP_SEED);
    (0..RESAMPLES).map(|_| draw(&mut random)).collect()
}

/// Returns the ends of the 95 % interval of a statistic, from what resamples gave: the percentile
/// bootstrap.
///
/// # Panics
///
/// Panics if there is no value.
#[must_use]
pub fn confidence_interval(values: &[f64]) -> (f64, f64) {
    let values = sorted(values);
    let tail = (1.0 - CONFIDENCE) / 2.0;
    (quantile(&values, tail), quantile(&values, 1.0 - tail))
}

/// Returns the median with its 95 % interval, see [`bootstrap`] and [`confidence_interval`].
///
/// One sample has no spread, so its interval is the sample itself.
///
/// # Panics
///
/// Panics if there is no sample.
#[must_use]
pub fn estimate_median(samples: &[f64]) -> Estimate {
    let mut resample = Resample::of(samples);
    let (low, high) = confidence_interval(&bootstrap(|random| resample.draw_median(random)));
    Estimate { median: median(samples), low, high }
}

/// Returns the interval of the median that leaves out the true one with a chance of `tail` at most
/// at either end, whatever the samples are distributed like; nothing where there are too few
/// samples for one.
///
/// It ends at two of the samples: the k-th from either end is beyond the true median where fewer
/// than k samples are on that side of it, each with a chance of one half. For a decision at a small
/// tail this is the interval to take, since the percentile bootstrap's is too short there: with 16
/// samples and a tail of 0.0007 it begins at the third smallest, which the true median is below
/// with a chance of 0.002.
///
/// # Examples
///
/// ```
/// # use delimark_results::statistics::median_interval;
/// let samples = [3.0, 1.0, 2.0, 6.0, 5.0, 4.0, 8.0, 7.0];
/// assert_eq!(median_interval(&samples, 0.05), Some((2.0, 7.0)));
/// assert_eq!(median_interval(&samples, 0.01), Some((1.0, 8.0)));
/// assert_eq!(median_interval(&samples, 0.001), None);
/// ```
#[must_use]
pub fn median_interval(samples: &[f64], tail: f64) -> Option<(f64, f64)> {
    let count = samples.len();
    // The chance that k samples are on one side, as a logarithm: it may be too small for a number.
    let mut log_chance = -(count as f64) * f64::ln(2.0);
    let mut chance_of_fewer = 0.0;
    let mut rank = 0;
    while rank < count / 2 {
        chance_of_fewer += log_chance.exp();
        if chance_of_fewer > tail {
            break;
        }
        log_chance += ((count - rank) as f64 / (rank + 1) as f64).ln();
        rank += 1;
    }
    let sorted = sorted(samples);
    (rank > 0).then(|| (sorted[rank - 1], sorted[count - rank]))
}

/// The source of resamples. None is ever sorted: how often it has each of the sorted samples
/// says where its median is, and reports draw millions.
struct Resample {
    sorted: Vec<f64>,
    /// The rank of each sample among the sorted ones.
    ranks: Vec<usize>,
    /// The number of times that the resample has each of the sorted samples.
    counts: Vec<usize>,
}

impl Resample {
    fn of(samples: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..samples.len()).collect();
        order.sort_unstable_by(|&one, &other| samples[one].total_cmp(&samples[other]));
        let mut ranks = vec![0; samples.len()];
        for (rank, &index) in order.iter().enumerate() {
            ranks[index] = rank;
        }
        Self { sorted: sorted(samples), ranks, counts: vec![0; samples.len()] }
    }

    fn draw_median(&mut self, random: &mut Random) -> f64 {
        self.counts.fill(0);
        let length = self.ranks.len();
        for _ in 0..length {
            let index = random.below(length as u64) as usize;
            self.counts[self.ranks[index]] += 1;
        }
        f64::midpoint(self.at((length - 1) / 2), self.at(length / 2))
    }

    /// Returns the value at an index of the resample, were it sorted.
    fn at(&self, index: usize) -> f64 {
        let mut before = 0;
        for (value, count) in self.sorted.iter().zip(&self.counts) {
            before += count;
            if before > index {
                return *value;
            }
        }
        unreachable!("a resample is as long as what it is drawn from")
    }
}

/// Returns how many times faster `a` is than `b`: the median of `b[i] / a[i]` over the rounds.
///
/// Both are durations in nanoseconds, and index is round: what disturbed one round hit both
/// engines, and a ratio within the round cancels it. Where the rounds do not correspond (the
/// lengths differ, or there are none) there is no ratio.
#[must_use]
pub fn paired_ratio(a: &[u64], b: &[u64]) -> Option<Ratio> {
    if a.len() != b.len() || a.is_empty() || a.contains(&0) {
        return None;
    }
    let ratios: Vec<f64> = a.iter().zip(b).map(|(&a, &b)| b as f64 / a as f64).collect();
    let Estimate { median, low, high } = estimate_median(&ratios);
    Some(Ratio { median, low, high, rounds: ratios.len() })
}

/// Returns how many times faster `a` is than `b` by their medians, for durations of which no round
/// corresponds to one of the other's: each has resamples of its own.
///
/// It has as many rounds as the shorter of the two. Without samples, or with one that is not above
/// 0, there is no ratio.
#[must_use]
pub fn unpaired_ratio(a: &[f64], b: &[f64]) -> Option<Ratio> {
    let rounds = a.len().min(b.len());
    if rounds == 0 || a.iter().chain(b).any(|&sample| sample <= 0.0) {
        return None;
    }
    let (mut of_a, mut of_b) = (Resample::of(a), Resample::of(b));
    let ratios = bootstrap(|random| of_b.draw_median(random) / of_a.draw_median(random));
    let (low, high) = confidence_interval(&ratios);
    Some(Ratio { median: median(b) / median(a), low, high, rounds })
}

/// Returns the geometric mean, the one that treats 2 times faster and 2 times slower alike, or
/// nothing if there are no values or one is not above 0.
#[must_use]
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() || values.iter().any(|&value| value <= 0.0) {
        return None;
    }
    let sum: f64 = values.iter().map(|value| value.ln()).sum();
    Some((sum / values.len() as f64).exp())
}

fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}
