//! A trial: takes units as they are measured, and says which cells it still needs.

use std::fmt;

use super::{Arms, Control, Doubt, Group, Looks, Quorum, TimeFinding, TimeJudgment, TimeRules};

/// The judging of several cells at once, in two stages: all cells until each is clear, then those
/// that seem to be slower, again.
///
/// It has no clock: whoever measures tells it with [`end_stage`](Self::end_stage) that the time for
/// a stage is over. Units that were measured once can be given to any number of trials.
#[derive(Clone, Debug)]
pub struct Trial {
    rules: TimeRules,
    looks: Looks,
    cells: Vec<Cell>,
    stage: Stage,
}

/// What is being measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// All cells that are not clear yet.
    Sampling,
    /// Those that seem to be slower.
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
    /// What the last look was judged by, as a logarithm.
    margin: Option<f64>,
    state: State,
    quorum: Quorum,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum State {
    #[default]
    Open,
    Suspect,
    Settled(TimeFinding),
}

impl Trial {
    /// Begins, with so many cells.
    #[must_use]
    pub fn new(rules: TimeRules, cells: usize) -> Self {
        let looks = Looks::new(rules.error, cells);
        Self { rules, looks, cells: vec![Cell::default(); cells], stage: Stage::Sampling }
            .advanced()
    }

    /// What is being measured.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The cells that the next unit has to measure; none when the trial is over.
    #[must_use]
    pub fn wants(&self) -> Vec<usize> {
        let is_wanted = |cell: &Cell| match self.stage {
            Stage::Sampling => cell.state == State::Open,
            Stage::Confirming => cell.state == State::Suspect,
            Stage::Over => false,
        };
        (0..self.cells.len()).filter(|&index| is_wanted(&self.cells[index])).collect()
    }

    /// Takes what a unit measured: each cell that was wanted, by its index.
    ///
    /// # Panics
    ///
    /// There is no such cell.
    pub fn take(&mut self, unit: &[(usize, Arms)]) {
        for &(index, arms) in unit {
            let cell = &mut self.cells[index];
            match (self.stage, &cell.state) {
                (Stage::Sampling, State::Open) => {
                    cell.changes.push(arms.change());
                    cell.controls.push(arms.control());
                    if let Some(look) = self.looks.at(cell.changes.len()) {
                        cell.look(&self.rules, &self.looks, look);
                    }
                }
                (Stage::Confirming, State::Suspect) => cell.confirm(arms, &self.rules),
                _ => {}
            }
        }
        self.advance();
    }

    /// Ends the present stage, since its time is over: what is not clear by now will not be.
    pub fn end_stage(&mut self) {
        for cell in &mut self.cells {
            match (self.stage, &cell.state) {
                (Stage::Sampling, State::Open) => cell.last_look(&self.rules, &self.looks),
                (Stage::Confirming, State::Suspect) => {
                    cell.state = State::Settled(doubt(Doubt::NotRepeated));
                }
                _ => {}
            }
        }
        self.advance();
    }

    /// What the trial finds for each cell, in their order; what is not settled yet is not clear.
    #[must_use]
    pub fn judgments(&self) -> Vec<TimeJudgment> {
        self.cells.iter().map(|cell| cell.judgment(&self.rules)).collect()
    }

    /// The findings alone: for thousands of trials.
    pub fn findings(&self) -> impl Iterator<Item = TimeFinding> + '_ {
        self.cells.iter().map(Cell::finding)
    }

    fn advance(&mut self) {
        if self.stage == Stage::Sampling && self.wants().is_empty() {
            self.stage = Stage::Confirming;
        }
        if self.stage == Stage::Confirming && self.wants().is_empty() {
            self.stage = Stage::Over;
        }
    }

    fn advanced(mut self) -> Self {
        self.advance();
        self
    }
}

impl Stage {
    /// When a stage has to end, as a share of the time for all: a quarter is kept for the second
    /// opinion.
    #[must_use]
    pub const fn budget_share(self) -> f64 {
        match self {
            Self::Sampling => 0.75,
            Self::Confirming | Self::Over => 1.0,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Sampling => "measuring",
            Self::Confirming => "measuring again what seems slower",
            Self::Over => "done",
        })
    }
}

impl Cell {
    /// Judges the pairs by the margin that was asked for.
    fn look(&mut self, rules: &TimeRules, looks: &Looks, look: usize) {
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
            self.state = State::Suspect;
        } else if high < -control.margin(rules) {
            self.state = State::Settled(TimeFinding::Improvement);
        } else if high < rules.log_margin() && !self.may_be_improvement(rules) {
            self.state = State::Settled(TimeFinding::Same);
        }
    }

    /// Tells whether more pairs may show an improvement: the median is beyond the margin below, and
    /// the interval reaches over it.
    fn may_be_improvement(&self, rules: &TimeRules) -> bool {
        crate::statistics::median(&self.changes) < -rules.log_margin()
    }

    /// Judges what there is when no more will come.
    fn last_look(&mut self, rules: &TimeRules, looks: &Looks) {
        self.look(rules, looks, looks.next(self.changes.len()));
        if self.state != State::Open {
            return;
        }
        let finding = match (self.interval, self.control) {
            (Some(interval), Some(control)) if !control.differs(rules) => {
                self.with_raised_margin(interval, control, rules)
            }
            (Some(_), Some(_)) => doubt(Doubt::ControlDiffers),
            _ => doubt(Doubt::TooFewPairs),
        };
        self.state = State::Settled(finding);
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
            _ if low > rules.log_margin() => doubt(Doubt::WithinControl),
            _ => doubt(Doubt::Noise),
        }
    }

    /// Takes a pair of a suspect.
    fn confirm(&mut self, arms: Arms, rules: &TimeRules) {
        self.quorum.take(arms.change(), self.margin.unwrap_or_else(|| rules.log_margin()));
        let finding = match self.quorum.verdict() {
            None => return,
            Some(Group::Slower) => TimeFinding::Regression,
            Some(Group::NotSlower) => TimeFinding::Same,
            Some(Group::Unclear) => doubt(Doubt::NotConfirmed),
        };
        self.state = State::Settled(finding);
    }

    fn finding(&self) -> TimeFinding {
        match &self.state {
            State::Settled(finding) => finding.clone(),
            State::Suspect => doubt(Doubt::NotRepeated),
            State::Open => doubt(Doubt::TooFewPairs),
        }
    }

    fn judgment(&self, rules: &TimeRules) -> TimeJudgment {
        let asked = rules.log_margin();
        let margins = [asked, self.margin.unwrap_or(asked)];
        let groups = self.quorum.groups().to_vec();
        let Self { changes, interval, control, .. } = self;
        TimeJudgment::new(self.finding(), changes, *interval, *control, margins, groups)
    }
}

fn doubt(doubt: Doubt) -> TimeFinding {
    TimeFinding::Inconclusive { doubt }
}
