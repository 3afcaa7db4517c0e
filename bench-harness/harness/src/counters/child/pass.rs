//! The inside of the child: a pass over the lines to count, alone in the function that the tools
//! look for.

use std::hint::black_box;
use std::io;

use anyhow::{Context, Result};
use delimark_runner::model::{Answer, Model};

use crate::engine::{Engine, Laps};
use crate::workload::Input;

/// The mark by which every tool finds the counted function: only its symbol has this in it.
pub const COUNTED_FUNCTION: &str = "delimark_counted_pass";

/// Goes through the input once.
///
/// # Errors
///
/// What the engine fails with.
pub fn pass(engine: &mut dyn Engine, model: Model, input: &Input<'_>) -> Result<Answer> {
    delimark_counted_pass(engine, model, input, &mut Laps::off())
}

/// Goes through the input once, and has this process stop right before and right after it. Before
/// that it does the same with an engine that does nothing, so that whoever counts the instructions
/// between two stops knows how many of them are not the engine's.
///
/// # Errors
///
/// What the engine fails with, or there are no such stops on this system.
pub fn stepped_pass(engine: &mut dyn Engine, model: Model, input: &Input<'_>) -> Result<Answer> {
    // The compiler must not make a version of its own for either of the two.
    between_stops(black_box(&mut Nothing), model, input)?;
    between_stops(black_box(engine), model, input)
}

/// Does nothing but the pass. It returns by way of [`black_box`], since a call in last place would
/// become a jump, with which this function ends for those who count by function.
#[inline(never)]
fn delimark_counted_pass(
    engine: &mut dyn Engine,
    model: Model,
    input: &Input<'_>,
    laps: &mut Laps,
) -> Result<Answer> {
    black_box(engine.run(model, input, laps))
}

#[inline(never)]
fn between_stops(engine: &mut dyn Engine, model: Model, input: &Input<'_>) -> Result<Answer> {
    let mut laps = Laps::off();
    stop().context("this process cannot stop itself")?;
    let answer = delimark_counted_pass(engine, model, input, &mut laps);
    stop().context("this process cannot stop itself")?;
    answer
}

/// Stops this process until somebody lets it go on.
#[cfg(target_os = "linux")]
fn stop() -> io::Result<()> {
    use rustix::process::{Signal, getpid, kill_process};
    // It has one thread, so the signal has come when this returns.
    Ok(kill_process(getpid(), Signal::STOP)?)
}

/// Fails: nobody steps through a process here.
#[cfg(not(target_os = "linux"))]
fn stop() -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "stops are for ptrace, which only Linux has"))
}

/// An engine that does nothing: its count is the part between two stops that is not the engine's.
struct Nothing;

impl Engine for Nothing {
    fn name(&self) -> String {
        "nothing".to_owned()
    }

    fn refuses(&self, _model: Model, _input: &Input<'_>) -> Option<&'static str> {
        None
    }

    fn run(&mut self, _model: Model, _input: &Input<'_>, _laps: &mut Laps) -> Result<Answer> {
        Ok(Answer::Words(0))
    }
}
