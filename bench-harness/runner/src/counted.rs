//! A pass that tools count from outside, alone in the function that they look for.

use std::hint::black_box;

use delimark_runner::model::Answer;

use crate::session::{Session, Task};

/// Goes through the input once.
///
/// # Errors
///
/// Those of [`Session::pass`].
pub(crate) fn pass(session: &mut Session, task: Task<'_>) -> Result<Answer, String> {
    delimark_counted_pass(Some(session), task)
}

/// Goes through the input once, and has this process stop right before and right after it. Before
/// that it does the same with nothing to go through: what is between those stops is their own.
///
/// # Errors
///
/// Those of [`Session::pass`], or there are no such stops on this system.
pub(crate) fn stepped_pass(session: &mut Session, task: Task<'_>) -> Result<Answer, String> {
    // The compiler must not make a version of its own for either of the two.
    between_stops(black_box(None), task)?;
    between_stops(black_box(Some(session)), task)
}

/// Nothing but the pass, which tools find by this name. It returns by way of [`black_box`], since a
/// call in last place would become a jump, with which this function ends for those who count by
/// function.
#[inline(never)]
fn delimark_counted_pass(session: Option<&mut Session>, task: Task<'_>) -> Result<Answer, String> {
    black_box(session.map_or(Ok(Answer::Words(0)), |session| session.pass(task)))
}

#[inline(never)]
fn between_stops(session: Option<&mut Session>, task: Task<'_>) -> Result<Answer, String> {
    stop()?;
    let answer = delimark_counted_pass(session, task);
    stop()?;
    answer
}

/// Stops this process until somebody lets it go on.
#[cfg(target_os = "linux")]
fn stop() -> Result<(), String> {
    use rustix::process::{Signal, getpid, kill_process};
    // It has one thread, so the signal has come when this returns.
    kill_process(getpid(), Signal::STOP).map_err(|error| error.to_string())
}

/// Fails: nobody steps through a process here.
#[cfg(not(target_os = "linux"))]
fn stop() -> Result<(), String> {
    Err("stops are for ptrace, which only Linux has".to_owned())
}
