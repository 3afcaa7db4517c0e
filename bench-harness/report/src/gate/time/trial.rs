//! A trial: takes units as they are measured, and says which cells it still needs.

use std::fmt;

use delimark_results::Arms;

use super::extremes::{Extremes, PAIRS_LEAST};
use super::{
    Confirmation, Control, Doubt, EveryPair, InterimLooks, Repeat, TimeFinding, TimeJudgment,
    TimeRules,
};

/// The judging of several cells at once, in two stages: all cells until each is clear, then those
/// that seem to be slower, again. Between them is a third one where cells have hardly any pairs.
///
/// It has no clock: whoever measures tells it with [`end_stage`](Self::end_stage) that the time for
/// a stage is over. Units that were measured once can be given to any number of trials.
#[derive(Clone, Debug)]
pub struct Trial {
    rules: TimeRules,
    looks: InterimLooks,
    cells: Vec<Cell>,
    stage: Stage,
}

/// The stage of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// All cells that are not clear yet.
    Sampling,
    /// The cells with fewer pairs than can show anything, one after the other, past the budget.
    Extended,
    /// The suspected regressions.
    Confirming,
    /// Nothing more.
    Over,
}

#[derive(Clone, Debug, Default)]
struct Cell {
    changes: Vec<f64>,
    controls: Vec<f64>,
    /// The intervals at the last look.
    interval: Option<(f64, f64)>,
    control: Option<Control>,
    /// The margin of the last look, as a logarithm.
    margin: Option<f64>,
    state: State,
    confirmation: Confirmation,
    extremes: Extremes,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum State {
    #[default]
    Open,
    Suspected,
    Settled(TimeFinding),
}

impl Trial {
    /// Begins, with this number of cells.
    #[must_use]
    pub fn new(rules: TimeRules, cells: usize) -> Self {
        let looks = InterimLooks::new(rules.error, cells);
        Self { rules, looks, cells: vec![Cell::default(); cells], stage: Stage::Sampling }
            .advanced()
    }

    /// The stage of a trial.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Returns the cells that the next unit has to measure; none when the trial is over.
    #[must_use]
    pub fn wants(&self) -> Vec<usize> {
        let are = |state: State| {
            (0..self.cells.len()).filter(move |&index| self.cells[index].state == state)
        };
        match self.stage {
            Stage::Sampling => are(State::Open).collect(),
            // The slowest so far is the first to be sure of: one regression decides.
            Stage::Extended => {
                let slowness = |index: &usize| {
                    self.cells[*index].extremes.least_change().unwrap_or(f64::NEG_INFINITY)
                };
                let slowest = are(State::Open).max_by(|a, b| slowness(a).total_cmp(&slowness(b)));
                slowest.into_iter().collect()
            }
            Stage::Confirming => are(State::Suspected).collect(),
            Stage::Over => Vec::new(),
        }
    }

    /// Adds what a unit measured: each cell that was wanted, by its index.
    ///
    /// # Panics
    ///
    /// There is no such cell.
    pub fn add(&mut self, unit: &[(usize, Arms)]) {
        for &(index, arms) in unit {
            let cell = &mut self.cells[index];
            match (self.stage, &cell.state) {
                (Stage::Sampling, State::Open) => {
                    cell.add(arms);
                    if let Some(look) = self.looks.at(cell.changes.len()) {
                        cell.look(&self.rules, &self.looks, look);
                    }
                }
                (Stage::Extended, State::Open) => {
                    cell.add(arms);
                    if !cell.is_scant() {
                        cell.last_look(&self.rules, &self.looks);
                    }
                }
                (Stage::Confirming, State::Suspected) => cell.confirm(arms, &self.rules),
                _ => {}
            }
        }
        self.advance();
    }

    /// Ends the present stage, since its time is over: what is not clear by now will not be.
    pub fn end_stage(&mut self) {
        for cell in &mut self.cells {
            match (self.stage, &cell.state) {
                (Stage::Sampling, State::Open) if cell.is_scant() => {}
                (Stage::Sampling | Stage::Extended, State::Open) => {
                    cell.last_look(&self.rules, &self.looks);
                }
                (Stage::Confirming, State::Suspected) => {
                    cell.state = State::Settled(cell.at_the_end(Doubt::NotRepeated, &self.rules));
                }
                _ => {}
            }
        }
        self.stage = self.stage.next();
        self.advance();
    }

    /// Returns the findings for each cell, in their order; what is not settled yet is not clear.
    #[must_use]
    pub fn judgments(&self) -> Vec<TimeJudgment> {
        self.cells.iter().map(|cell| cell.judgment(&self.rules)).collect()
    }

    /// Returns the findings alone: for thousands of trials.
    pub fn findings(&self) -> impl Iterator<Item = TimeFinding> + '_ {
        self.cells.iter().map(Cell::finding)
    }

    fn advance(&mut self) {
        while self.stage != Stage::Over && self.wants().is_empty() {
            self.stage = self.stage.next();
        }
    }

    fn advanced(mut self) -> Self {
        self.advance();
        self
    }
}

impl Stage {
    /// When a stage has to end, as a share of the time for all: a quarter is kept for the second
    /// opinion. Cells that got hardly any pairs in it are worth as much time once more.
    #[must_use]
    pub const fn budget_share(self) -> f64 {
        match self {
            Self::Sampling => 0.75,
            Self::Extended => 2.0,
            Self::Confirming | Self::Over => 1.0,
        }
    }

    const fn next(self) -> Self {
        match self {
            Self::Sampling => Self::Extended,
            Self::Extended => Self::Confirming,
            Self::Confirming | Self::Over => Self::Over,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Sampling => "measuring",
            Self::Extended => "measuring past the budget",
            Self::Confirming => "measuring again what seems slower",
            Self::Over => "done",
        })
    }
}

impl Cell {
    /// Adds a pair.
    fn add(&mut self, arms: Arms) {
        self.changes.push(arms.change());
        self.controls.push(arms.control());
        self.extremes.add(arms);
    }

    /// Tells whether there are fewer pairs than can show anything.
    fn is_scant(&self) -> bool {
        self.changes.len() < PAIRS_LEAST
    }

    /// Judges the pairs by the margin that was asked for.
    fn look(&mut self, rules: &TimeRules, looks: &InterimLooks, look: usize) {
        self.interval = looks.interval(&self.changes, look);
        let control = looks.interval(&self.controls, look);
        self.control = control.map(|(low, high)| Control { low, high });
        let (Some((low, high)), Some(control)) = (self.interval, self.control) else { return };
        self.margin = Some(rules.log_margin());
        if control.differs(rules) {
            return;
        }
        if low > control.margin(rules) {
            self.margin = Some(control.margin(rules));
            self.state = State::Suspected;
        } else if high < -control.margin(rules) {
            self.state = State::Settled(TimeFinding::Improvement);
        } else if high < rules.log_margin() && !self.may_be_improvement(rules) {
            self.state = State::Settled(TimeFinding::Same);
        }
    }

    /// Tells whether more pairs may show an improvement: the median is beyond the margin below, and
    /// the interval reaches over it.
    fn may_be_improvement(&self, rules: &TimeRules) -> bool {
        delimark_results::statistics::median(&self.changes) < -rules.log_margin()
    }

    /// Judges what there is when no more will come.
    fn last_look(&mut self, rules: &TimeRules, looks: &InterimLooks) {
        self.look(rules, looks, looks.next(self.changes.len()));
        if self.state != State::Open {
            return;
        }
        let finding = match (self.interval, self.control) {
            (Some(interval), Some(control)) if !control.differs(rules) => {
                self.with_raised_margin(interval, control, rules)
            }
            (Some(_), Some(_)) => self.at_the_end(Doubt::ControlDiffers, rules),
            _ => self.at_the_end(Doubt::TooFewPairs, rules),
        };
        self.state = State::Settled(finding);
    }

    /// Returns what becomes of a doubt where no more pairs will come: there is none about a
    /// candidate that was far slower in each of them.
    fn at_the_end(&self, doubt: Doubt, rules: &TimeRules) -> TimeFinding {
        let extremes = &self.extremes;
        let is_slower = match doubt {
            Doubt::TooFewPairs | Doubt::NotRepeated => extremes.show_slower(rules),
            // The pairs are enough, and something is wrong with them.
            _ => extremes.are_far_slower(rules),
        };
        match doubt {
            _ if is_slower => TimeFinding::Regression,
            Doubt::TooFewPairs if extremes.are_slower(rules) => {
                TimeFinding::Inconclusive { doubt: Doubt::SlowerSoFar }
            }
            doubt => TimeFinding::Inconclusive { doubt },
        }
    }

    fn with_raised_margin(
        &mut self,
        (low, high): (f64, f64),
        control: Control,
        rules: &TimeRules,
    ) -> TimeFinding {
        if high < 0.0 && self.may_be_improvement(rules) {
            return TimeFinding::Improvement;
        }
        if high < rules.log_margin() {
            return TimeFinding::Same;
        }
        match control.raised_margin(rules) {
            Some(margin) if high < margin => {
                self.margin = Some(margin);
                TimeFinding::Same
            }
            _ if low > rules.log_margin() => self.at_the_end(Doubt::WithinControl, rules),
            _ => doubt(Doubt::Noise),
        }
    }

    /// Adds a pair of a suspected regression.
    fn confirm(&mut self, arms: Arms, rules: &TimeRules) {
        self.extremes.add(arms);
        self.confirmation.add(arms.change(), self.margin.unwrap_or_else(|| rules.log_margin()));
        let finding = match self.confirmation.verdict() {
            None => return,
            Some(Repeat::Slower) => TimeFinding::Regression,
            Some(Repeat::NotSlower) => TimeFinding::Same,
            Some(Repeat::Unclear) => doubt(Doubt::NotConfirmed),
        };
        self.state = State::Settled(finding);
    }

    fn finding(&self) -> TimeFinding {
        match &self.state {
            State::Settled(finding) => finding.clone(),
            State::Suspected => doubt(Doubt::NotRepeated),
            State::Open => doubt(Doubt::TooFewPairs),
        }
    }

    fn judgment(&self, rules: &TimeRules) -> TimeJudgment {
        let asked = rules.log_margin();
        let margins = [asked, self.margin.unwrap_or(asked)];
        let groups = self.confirmation.repeats().to_vec();
        let Self { changes, interval, control, .. } = self;
        let every_pair = self.every_pair();
        TimeJudgment::new(self.finding(), changes, *interval, *control, margins, groups, every_pair)
    }

    /// Returns the pairs that showed a regression without the confirmation.
    fn every_pair(&self) -> Option<EveryPair> {
        let is_confirmed = self.confirmation.verdict() == Some(Repeat::Slower);
        let is_regression = self.state == State::Settled(TimeFinding::Regression);
        let least_change =
            self.extremes.least_change().filter(|_| is_regression && !is_confirmed)?;
        Some(EveryPair { pairs: self.extremes.pairs(), least_ratio: least_change.exp() })
    }
}

fn doubt(doubt: Doubt) -> TimeFinding {
    TimeFinding::Inconclusive { doubt }
}
