//! Puts cases to engines, column by column, and keeps what is said about each.

use rayon::prelude::*;

use super::case::Case;
use super::skips::Skips;
use super::verdict::Verdict;

/// Somebody who answers cases.
pub trait Runner: Send {
    /// Returns the number of ways in which each case is put to it.
    fn variants(&self) -> u64;

    /// Judges the engine on every case, in this order. Tells the observer of each.
    fn run(&mut self, cases: &[&Case], observer: &dyn Observer) -> Vec<Verdict>;
}

/// Is told how far the work is.
pub trait Observer: Sync {
    /// Learns that a column begins.
    fn column(&self, name: &str);

    /// Learns that a case of it is done.
    fn case_done(&self);
}

/// An engine that is to be asked, or why it cannot be.
pub struct Column {
    /// Its name, the head of its column.
    pub name: String,
    /// The options that ask nobody else.
    pub selection: String,
    /// The engine, or a sentence that says what is missing.
    pub runner: Result<Box<dyn Runner>, String>,
}

/// A column that has been worked off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnReport {
    /// Its name, the head of its column.
    pub name: String,
    /// The options that ask nobody else.
    pub selection: String,
    /// Its outcome.
    pub outcome: ColumnOutcome,
}

/// The outcome of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnOutcome {
    /// The engine was asked.
    Ran {
        /// In how many ways each case was put to it.
        variants: u64,
        /// The verdicts on the cases, in their order.
        judged: Vec<Judged>,
    },
    /// The engine is not here; a sentence says what is missing.
    Missing(String),
}

/// A verdict, and whether it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The verdict on the engine.
    pub verdict: Verdict,
    /// The reason for which a failure does not count.
    pub skip: Option<String>,
}

/// The way in which a case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// As expected.
    Passed,
    /// Nothing is wrong, and what the engine did is told, see [`Verdict::Noted`].
    Noted,
    /// Not as expected.
    Failed,
    /// Not as expected, and excused.
    Skipped,
    /// Excused for nothing.
    UnexpectedlyPassed,
    /// The engine could not be asked any more.
    NotRun,
    /// The engine was not asked, because of its host.
    LeftOut,
}

impl Judged {
    /// Returns the way in which the case counts.
    #[must_use]
    pub fn status(&self) -> Status {
        match (&self.verdict, &self.skip) {
            (Verdict::NotRun(_), _) => Status::NotRun,
            (Verdict::LeftOut(_), _) => Status::LeftOut,
            (Verdict::Failed(_), None) => Status::Failed,
            (Verdict::Failed(_), Some(_)) => Status::Skipped,
            (Verdict::Passed | Verdict::Noted(_), Some(_)) => Status::UnexpectedlyPassed,
            (Verdict::Passed, None) => Status::Passed,
            (Verdict::Noted(_), None) => Status::Noted,
        }
    }
}

/// Asks every engine on every case, as many engines at a time as there are cores.
#[must_use]
pub fn run(
    cases: &[&Case],
    columns: Vec<Column>,
    skips: &Skips,
    observer: &dyn Observer,
) -> Vec<ColumnReport> {
    let judge = |Column { name, selection, runner }| {
        let outcome = match runner {
            Err(reason) => ColumnOutcome::Missing(reason),
            Ok(mut runner) => {
                observer.column(&name);
                let verdicts = runner.run(cases, observer);
                let judged = verdicts.into_iter().zip(cases).map(|(verdict, case)| Judged {
                    verdict,
                    skip: skips.reason(&name, &case.id).map(str::to_owned),
                });
                ColumnOutcome::Ran { variants: runner.variants(), judged: judged.collect() }
            }
        };
        ColumnReport { name, selection, outcome }
    };
    // The emulated ones come last and take longest, so they begin: a bridge hands out in order.
    let columns = columns.into_iter().enumerate().rev().par_bridge();
    let judged = columns.map(|(index, column)| (index, judge(column)));
    let mut reports: Vec<(usize, ColumnReport)> = judged.collect();
    reports.sort_unstable_by_key(|(index, _)| *index);
    reports.into_iter().map(|(_, report)| report).collect()
}
