//! Pairs of other people's engines: whole commands, which are a process a pass, and engines that
//! hold the data and time themselves.

use std::time::{Duration, Instant};

use delimark_results::Arms;
use delimark_runner::model::{Answer, Model};

use super::{Effort, Failed, NO_TIME, ORDERS, PairCell, Role, is_past};
use crate::engine::{BurstTimer, Engine, NamedEngine};
use crate::workload::{AnswerKind, Input, Workload};

/// The two sides, and the data that they are compared on.
#[derive(Clone, Copy, Debug)]
pub struct EnginePairing<'a> {
    /// The baseline and the candidate.
    pub sides: [&'a NamedEngine; 2],
    /// The data.
    pub workload: &'a Workload,
    /// True where a whole command has to write the reference's columns, and not what the
    /// baseline writes.
    pub expects_reference: bool,
}

/// The findings of a first look at a cell.
#[derive(Clone, Copy, Debug)]
pub struct EngineSurvey {
    /// The duration of a pass.
    pub pass: Duration,
    /// The answer.
    pub answer: Answer,
}

impl EnginePairing<'_> {
    /// Has a side go through a cell twice; whole commands have read all files of theirs by then.
    ///
    /// # Errors
    ///
    /// It does not, or answers differently the second time.
    pub fn survey(&self, role: Role, cell: &PairCell) -> Result<EngineSurvey, Failed> {
        let mut engine = self.enter(role, cell)?;
        let first = pass(engine.as_mut(), &self.workload.input(), role, cell)?;
        let second = pass(engine.as_mut(), &self.workload.input(), role, cell)?;
        if first.answer != second.answer {
            let (first, second) = (first.answer, second.answer);
            let problem = format!("it answers {first}, and the next time {second}");
            return Err(cell.failed(role, problem));
        }
        Ok(second)
    }

    /// Returns what both sides have to answer, where the reference knows.
    #[must_use]
    pub fn reference(&self, model: Model) -> Option<Answer> {
        let is_known = !Model::OF_COMMANDS.contains(&model) || self.expects_reference;
        is_known.then(|| self.workload.expected(model, AnswerKind::Model))
    }

    /// Has a unit measured: three new processes, or as many as there are passes; of the cells those
    /// that begin before `until`, and the first.
    ///
    /// # Errors
    ///
    /// A side did not give the right answer.
    pub fn measure_unit(
        &self,
        cells: &[(usize, &PairCell, Effort, Answer)],
        unit: usize,
        until: Option<Instant>,
    ) -> Result<Vec<(usize, Arms)>, Failed> {
        let Some((_, first, ..)) = cells.first() else { return Ok(Vec::new()) };
        let mut order = ORDERS[unit % ORDERS.len()];
        let mut engines = Vec::with_capacity(order.len());
        for role in Role::ALL {
            engines.push(self.enter(role, first)?);
        }
        let mut measured = Vec::with_capacity(cells.len());
        for &(index, cell, effort, expected) in cells {
            let mut fastest = [Duration::MAX; 3];
            for _turn in 0..effort.turns {
                for role in order {
                    let (engine, index) = (engines[role as usize].as_mut(), role as usize);
                    let turn = self.turn(engine, role, cell, effort, expected)?;
                    fastest[index] = fastest[index].min(turn);
                }
                order.reverse();
            }
            measured.push((index, Arms::of(fastest)));
            if is_past(until) {
                break;
            }
        }
        Ok(measured)
    }

    fn enter(&self, role: Role, cell: &PairCell) -> Result<Box<dyn Engine>, Failed> {
        let engine = self.side(role).enter(&self.workload.input());
        engine.map_err(|error| cell.failed(role, format!("{error:#}")))
    }

    fn side(&self, role: Role) -> &NamedEngine {
        match role {
            Role::Baseline | Role::Control => self.sides[0],
            Role::Candidate => self.sides[1],
        }
    }

    /// Returns the fastest pass of a turn. A process that stays warms up first.
    fn turn(
        &self,
        engine: &mut dyn Engine,
        role: Role,
        cell: &PairCell,
        effort: Effort,
        expected: Answer,
    ) -> Result<Duration, Failed> {
        let input = self.workload.input();
        if !self.side(role).is_whole_command() {
            pass(engine, &input, role, cell)?;
        }
        let mut fastest = Duration::MAX;
        for _pass in 0..effort.passes {
            let look = pass(engine, &input, role, cell)?;
            if look.answer != expected {
                let problem = format!("it answers {}; expected is {expected}", look.answer);
                return Err(cell.failed(role, problem));
            }
            fastest = fastest.min(look.pass);
        }
        Ok(fastest)
    }
}

/// Goes through the input once, on the engine's own clock or from outside.
fn pass(
    engine: &mut dyn Engine,
    input: &Input<'_>,
    role: Role,
    cell: &PairCell,
) -> Result<EngineSurvey, Failed> {
    let mut timer = BurstTimer::off();
    let answer = engine.run(cell.model, input, &mut timer);
    let answer = answer.map_err(|error| cell.failed(role, format!("{error:#}")))?;
    let pass = timer.pass().filter(|pass| !pass.is_zero());
    let pass = pass.ok_or_else(|| cell.failed(role, NO_TIME))?;
    Ok(EngineSurvey { pass, answer })
}
