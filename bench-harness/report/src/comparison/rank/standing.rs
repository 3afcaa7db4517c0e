//! The order of the engines: geometric means, their intervals, and who shares a rank.
//!
//! All ratios are of medians, those that the table of a run shows, so the best of a cell has 1 and
//! the order does not depend on who that is. An interval comes from drawing whole rounds, the same
//! for all cells of a file: what disturbed a round hit all of its engines.

use delimark_results::Cell;
use delimark_results::statistics::{Ratio, bootstrap, confidence_interval, geometric_mean, median};

use super::grid::Column;
use super::{MeanRatio, Standing};
use crate::comparison::Source;

/// A cell that all engines have.
struct Race<'a> {
    file: usize,
    /// By engine; index is round.
    samples_ns: Vec<&'a [u64]>,
    /// The engine with the lowest median.
    fastest: usize,
}

impl<'a> Race<'a> {
    /// Takes the cells of all engines; nothing where one is missing.
    fn new(column: &Column<'a>, engines: &[&str]) -> Option<Self> {
        let cells: Vec<&Cell> =
            engines.iter().map(|engine| column.cell(engine)).collect::<Option<_>>()?;
        let samples_ns: Vec<&[u64]> = cells.into_iter().map(|cell| &*cell.samples_ns).collect();
        let medians = samples_ns.iter().map(|samples| median_of(samples.iter()));
        let (fastest, _) = medians.enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        Some(Self { file: column.file, samples_ns, fastest })
    }

    /// Returns each engine's time over the fastest's, in these rounds.
    fn ratios(&self, rounds: &[usize]) -> Vec<f64> {
        let of_engine = |samples: &&[u64]| median_of(rounds.iter().map(|&round| &samples[round]));
        let medians: Vec<f64> = self.samples_ns.iter().map(of_engine).collect();
        medians.iter().map(|ns| ns / medians[self.fastest]).collect()
    }
}

fn median_of<'a>(samples_ns: impl Iterator<Item = &'a u64>) -> f64 {
    median(&samples_ns.map(|&ns| ns as f64).collect::<Vec<_>>())
}

/// The engines that are ranked, in the cells that all of them have.
pub(super) struct Field<'a> {
    engines: Vec<&'a str>,
    races: Vec<Race<'a>>,
    /// The number of rounds, by file.
    rounds: Vec<usize>,
}

impl<'a> Field<'a> {
    pub(super) fn new(sources: &[Source], columns: &[&Column<'a>], engines: &[&'a str]) -> Self {
        Self {
            engines: engines.to_vec(),
            races: columns.iter().filter_map(|column| Race::new(column, engines)).collect(),
            rounds: sources.iter().map(|source| source.results.rounds as usize).collect(),
        }
    }

    /// Puts the engines in order, best first. Those whose difference from the first of a rank is
    /// none, or within the spread that the runs found between an engine and itself, share it.
    pub(super) fn standings(&self, spread: f64) -> Vec<Standing> {
        let all: Vec<Vec<usize>> =
            self.rounds.iter().map(|&rounds| (0..rounds).collect()).collect();
        let ratios: Vec<Vec<f64>> =
            self.races.iter().map(|race| race.ratios(&all[race.file])).collect();
        let means = self.means(&all);
        let resamples = bootstrap(|random| {
            let draw = |&rounds: &usize| -> Vec<usize> {
                (0..rounds).map(|_| random.below(rounds as u64) as usize).collect()
            };
            self.means(&self.rounds.iter().map(draw).collect::<Vec<_>>())
        });
        let is_apart = |first: usize, other: usize| {
            self.ratio(&means, &resamples, first, other).is_significant_beyond(spread)
        };
        let mut order: Vec<usize> = (0..self.engines.len()).collect();
        order.sort_by(|&a, &b| means[a].total_cmp(&means[b]));
        let ranks = ranks(&order, is_apart);
        let standing = |(&engine, rank): (&usize, usize)| {
            let drawn: Vec<f64> = resamples.iter().map(|means| means[engine]).collect();
            let (low, high) = confidence_interval(&drawn);
            let ratios: Vec<f64> = ratios.iter().map(|ratios| ratios[engine]).collect();
            Standing {
                rank,
                engine: self.engines[engine].to_owned(),
                mean_ratio: MeanRatio { mean: means[engine], low, high },
                cells_won: ratios.iter().filter(|&&ratio| ratio <= 1.0).count(),
                ratios,
            }
        };
        order.iter().zip(ranks).map(standing).collect()
    }

    /// Returns the geometric mean of each engine's ratios, in these rounds of each file.
    fn means(&self, rounds: &[Vec<usize>]) -> Vec<f64> {
        let ratios: Vec<Vec<f64>> =
            self.races.iter().map(|race| race.ratios(&rounds[race.file])).collect();
        let mean = |engine: usize| {
            let of_engine: Vec<f64> = ratios.iter().map(|ratios| ratios[engine]).collect();
            geometric_mean(&of_engine).expect("samples and so their ratios are above 0")
        };
        (0..self.engines.len()).map(mean).collect()
    }

    /// Returns the rounds of the file with the fewest.
    fn rounds_least(&self) -> usize {
        let rounds = self.races.iter().map(|race| self.rounds[race.file]);
        rounds.min().expect("there is a cell to rank over")
    }

    /// Returns the factor by which one engine is faster than another over all cells.
    fn ratio(&self, means: &[f64], resamples: &[Vec<f64>], one: usize, other: usize) -> Ratio {
        let ratio = |means: &[f64]| means[other] / means[one];
        let drawn: Vec<f64> = resamples.iter().map(|means| ratio(means)).collect();
        let (low, high) = confidence_interval(&drawn);
        Ratio { median: ratio(means), low, high, rounds: self.rounds_least() }
    }
}

/// Numbers the engines from 1: whoever is not apart from the first of a rank shares it, and the
/// next rank counts all before it.
fn ranks(order: &[usize], is_apart: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut ranks = Vec::with_capacity(order.len());
    let mut first = 0;
    for (index, &engine) in order.iter().enumerate() {
        if is_apart(order[first], engine) {
            first = index;
        }
        ranks.push(first + 1);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::ranks;

    #[test]
    fn whoever_is_not_apart_from_the_first_shares_its_rank() {
        // 3 is apart from 0 and not from 2, and is compared with 0, the first of that rank.
        let is_apart = |one: usize, other: usize| other - one > 2;
        assert_eq!(ranks(&[0, 1, 2, 3, 4, 9], is_apart), [1, 1, 1, 4, 4, 6]);
        assert!(ranks(&[], is_apart).is_empty());
    }
}
