//! The study: results of many machines, held against each other, and the one page that compares
//! them. Texts go in and texts come out; the verb reads and writes the files.

use crate::results::Results;

mod answers;
mod check;
mod data;
mod engines;
mod page;
mod place;
mod predictions;
mod values;

pub use self::place::place;
pub use self::predictions::{Predictions, PredictionsError};

/// Results that are fit to be compared, in the order of their places.
#[derive(Debug)]
pub struct Study {
    contributions: Vec<Contribution>,
}

/// One file of the study.
#[derive(Debug)]
pub struct Contribution {
    /// Its path within the folder of machines, with slashes.
    pub place: String,
    /// What it holds.
    pub results: Results,
}

/// A file that the study does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its path within the folder of machines.
    pub place: String,
    /// What is wrong with it, and what to do.
    pub reason: String,
}

impl Study {
    /// Takes results that have been read, each with its place.
    ///
    /// # Errors
    ///
    /// What is wrong with which file, all of it: results that are not of a full run of a clean
    /// build, of an engine or data set that nobody knows, with answers that contradict each other,
    /// or in a place that is not theirs.
    pub fn new(mut contributions: Vec<Contribution>) -> Result<Self, Vec<Refusal>> {
        contributions.sort_by(|a, b| a.place.cmp(&b.place));
        let alone = contributions.iter().flat_map(|Contribution { place, results }| {
            let reasons = check::flaws(results).into_iter().chain(place::flaw(place, results));
            reasons.map(|reason| Refusal { place: place.clone(), reason })
        });
        let mut refusals: Vec<Refusal> = alone.collect();
        refusals.extend(place::repetitions(&contributions));
        refusals.extend(answers::contradictions(&contributions));
        refusals.sort_by(|a, b| a.place.cmp(&b.place));
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
