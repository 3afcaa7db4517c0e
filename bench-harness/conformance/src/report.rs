//! The outcome of a whole run: counts for the matrix, and the verdict.

use super::case::{Case, Class};
use super::run::{ColumnOutcome, ColumnReport, Judged, Status};
use super::selector::Selector;
use super::suite::Suite;
use super::verdict::{Failure, Verdict};

/// A run of a suite.
#[derive(Debug)]
pub struct Report<'a> {
    /// The suite that the cases are from.
    pub suite: &'a Suite,
    /// The cases that were put to each column.
    pub cases: &'a [&'a Case],
    /// The columns, those that could not run included.
    pub columns: &'a [ColumnReport],
    /// The backends that have to have run every case.
    pub expected: &'a [Selector],
    /// True where cases may fail, since that is what the run is to show.
    pub tolerates_failures: bool,
}

/// The numbers of cases by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseCounts {
    /// As expected; those of the next two as well.
    pub passed: u64,
    /// Of these, those where it is noted what was done: free ones, and rejections that may be
    /// crashes.
    pub noted: u64,
    /// Of these, those that a failure would have been excused for.
    pub unexpectedly_passed: u64,
    /// Not as expected.
    pub failed: u64,
    /// Not as expected, and excused.
    pub skipped: u64,
    /// Not executed, though they should have been.
    pub not_run: u64,
    /// Not executed, because the host cannot.
    pub left_out: u64,
}

impl CaseCounts {
    /// Returns the number of cases that were executed.
    #[must_use]
    pub fn executed(&self) -> u64 {
        self.passed + self.failed + self.skipped
    }

    /// Returns the number of all cases.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.executed() + self.not_run + self.left_out
    }

    fn add(&mut self, status: Status) {
        match status {
            Status::Passed => self.passed += 1,
            Status::Noted => {
                self.passed += 1;
                self.noted += 1;
            }
            Status::UnexpectedlyPassed => {
                self.passed += 1;
                self.unexpectedly_passed += 1;
            }
            Status::Failed => self.failed += 1,
            Status::Skipped => self.skipped += 1,
            Status::NotRun => self.not_run += 1,
            Status::LeftOut => self.left_out += 1,
        }
    }
}

impl ColumnReport {
    /// Returns the verdict on each case, or none where the engine is missing.
    #[must_use]
    pub fn judged(&self) -> &[Judged] {
        match &self.outcome {
            ColumnOutcome::Ran { judged, .. } => judged,
            ColumnOutcome::Missing(_) => &[],
        }
    }

    /// Returns the reason for which the engine is missing, if it is.
    #[must_use]
    pub fn missing(&self) -> Option<&str> {
        match &self.outcome {
            ColumnOutcome::Ran { .. } => None,
            ColumnOutcome::Missing(reason) => Some(reason),
        }
    }

    /// Returns the number of ways in which each case was put to the engine.
    #[must_use]
    pub fn variants(&self) -> u64 {
        match &self.outcome {
            ColumnOutcome::Ran { variants, .. } => *variants,
            ColumnOutcome::Missing(_) => 0,
        }
    }
}

impl<'a> Report<'a> {
    /// Returns a column's cases with the verdict on each.
    pub fn judged(&self, column: &'a ColumnReport) -> impl Iterator<Item = (&'a Case, &'a Judged)> {
        self.cases.iter().copied().zip(column.judged())
    }

    /// Returns the failures of a column that count.
    pub fn failures(
        &self,
        column: &'a ColumnReport,
    ) -> impl Iterator<Item = (&'a Case, &'a Failure)> {
        self.judged(column).filter_map(|(case, judged)| match (&judged.verdict, judged.status()) {
            (Verdict::Failed(failure), Status::Failed) => Some((case, failure)),
            _ => None,
        })
    }

    /// Counts a column's cases, of one file or of all.
    #[must_use]
    pub fn case_counts(&self, column: &'a ColumnReport, file: Option<usize>) -> CaseCounts {
        let mut counts = CaseCounts::default();
        let cases =
            self.judged(column).filter(|(case, _)| file.is_none_or(|file| case.file == file));
        cases.for_each(|(_, judged)| counts.add(judged.status()));
        counts
    }

    /// Counts the cases of all columns.
    #[must_use]
    pub fn total(&self) -> CaseCounts {
        let mut total = CaseCounts::default();
        let judged = self.columns.iter().flat_map(ColumnReport::judged);
        judged.for_each(|judged| total.add(judged.status()));
        total
    }

    /// Counts how often a case was put to an engine, each variant counted.
    #[must_use]
    pub fn executions(&self) -> u64 {
        let of = |column| self.case_counts(column, None).executed() * column.variants();
        self.columns.iter().map(of).sum()
    }

    /// Lists what does not make the run a failure but should be looked into, a sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.columns.iter().filter_map(|column| self.wordy_rejections(column)).collect()
    }

    /// Tells of rejections without an answer that left words on standard error.
    fn wordy_rejections(&self, column: &'a ColumnReport) -> Option<String> {
        let noted = |(case, judged): (&'a Case, &'a Judged)| match &judged.verdict {
            Verdict::Noted(what) if case.class == Class::Reject => Some((&case.id, what)),
            _ => None,
        };
        let mut notes = self.judged(column).filter_map(noted);
        let (id, what) = notes.next()?;
        let rejections = plural(1 + notes.count() as u64, "rejection");
        Some(format!("{}: {rejections} may be crashes, first {id}: {what}", column.name))
    }

    /// Lists everything that makes the run a failure, a sentence each.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let total = self.total();
        let mut faults = Vec::new();
        if total.executed() == 0 {
            faults.push("no case was executed".to_owned());
        }
        if total.failed > 0 && !self.tolerates_failures {
            faults.push(format!("{} of {} failed", total.failed, plural(total.all(), "case")));
        }
        if total.not_run > 0 {
            faults.push(format!("{} could not be executed", plural(total.not_run, "case")));
        }
        faults.extend(self.expected.iter().filter_map(|selector| self.unmet(selector)));
        faults
    }

    /// Returns the reason for which an expected backend does not count as run.
    fn unmet(&self, selector: &Selector) -> Option<String> {
        let all = self.cases.len() as u64;
        let is_met = |column| {
            let CaseCounts { not_run, left_out, .. } = self.case_counts(column, None);
            column.missing().is_none() && not_run == 0 && left_out < all
        };
        let fitting = || self.columns.iter().filter(|column| selector.fits(&column.name));
        if fitting().any(is_met) {
            return None;
        }
        let reasons: Vec<String> = fitting()
            .map(|column| match column.missing() {
                Some(reason) => format!("{}: {reason}", column.name),
                None => {
                    let executed = self.case_counts(column, None).executed();
                    format!("{}: {executed} of {}", column.name, plural(all, "case"))
                }
            })
            .collect();
        let reasons = match &reasons[..] {
            [] => "nothing here has it, or it was not asked for".to_owned(),
            reasons => reasons.join("; "),
        };
        Some(format!("{selector} was expected to run all cases, and did not ({reasons})"))
    }
}

/// Returns a number with what it counts.
#[must_use]
pub fn plural(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
