//! The study: results of many machines, and the one page that compares them. Texts go in and texts
//! come out; the verb reads and writes the files.

use delimark_results::Catalog;
use jiff::Timestamp;

mod check;
mod contribution;
mod data;
mod engines;
mod page;
mod path;
mod pinned;
mod predictions;
mod values;

pub use self::contribution::{Contribution, Refusal};
pub use self::path::path_of;
pub use self::pinned::pinned_answer;
pub use self::predictions::{Predictions, PredictionsError};

/// Results that are fit to be compared, in the order of their paths.
#[derive(Debug)]
pub struct Study {
    contributions: Vec<Contribution>,
}

impl Study {
    /// Takes results that have been read, each with its path, as of a time; they may have engines
    /// of this catalog.
    ///
    /// # Errors
    ///
    /// What is wrong with which file, all of it: results that are not of a full run of a clean
    /// build, that were changed since, on data that are not pinned, with answers that are not the
    /// right ones, of engines that nobody has or this machine cannot run, or at a path that is not
    /// theirs.
    pub fn new(
        mut contributions: Vec<Contribution>,
        now: Timestamp,
        catalog: &Catalog,
    ) -> Result<Self, Vec<Refusal>> {
        contributions.sort_by(|a, b| a.path.cmp(&b.path));
        let alone = contributions.iter().flat_map(|contribution| {
            let Contribution { path, results, .. } = contribution;
            let reasons = check::flaws(contribution, now, catalog);
            let reasons = reasons.into_iter().chain(path::flaw(path, results));
            reasons.map(|reason| Refusal { path: path.clone(), reason })
        });
        let mut refusals: Vec<Refusal> = alone.collect();
        refusals.extend(path::repetitions(&contributions));
        refusals.sort_by(|a, b| a.path.cmp(&b.path));
        if refusals.is_empty() { Ok(Self { contributions }) } else { Err(refusals) }
    }

    /// Returns what the study is made of.
    #[must_use]
    pub fn contributions(&self) -> &[Contribution] {
        &self.contributions
    }

    /// Makes the page: one file that needs no other, the same from the same files.
    #[must_use]
    pub fn page(&self, predictions: Option<&Predictions>) -> String {
        page::render(&data::Days::new(&self.contributions), predictions)
    }
}
