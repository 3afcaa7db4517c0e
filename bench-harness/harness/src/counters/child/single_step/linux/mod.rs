//! Linux: where the child is stepped, and what comes of it.

mod refusal;
mod tracee;
mod watchdog;

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use delimark_results::counter::{name, source};

use self::tracee::{Resume, Tracee};
use super::super::expectation::Expectation;
use super::super::{Counts, Job, Watcher};

/// A virtual machine steps 30,000 times a second and more.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// The time that a single step may take.
const TRIAL_TIME_LIMIT: Duration = Duration::from_secs(5);

/// The event's name in results.
const EVENT: &str = "PTRACE_SINGLESTEP";

/// The folders of a system's programs, whatever this program's path is.
const SYSTEM_PATH: &str = "/usr/bin:/bin";

/// Steps over one instruction of a program that never waits.
pub(super) fn try_out() -> Result<(), String> {
    let mut yes = Command::new(endless_program()?);
    yes.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Tracee::start(&mut yes, TRIAL_TIME_LIMIT)?.step_once()
}

/// Finds a program that goes on until somebody ends it.
fn endless_program() -> Result<PathBuf, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = [path.as_os_str(), OsStr::new(SYSTEM_PATH)].into_iter().find_map(|path| {
        // A relative place in the path would be anybody's.
        which::which_in("yes", Some(path), "/").ok()
    });
    found.ok_or_else(|| {
        format!(
            "there is no yes in PATH or in {SYSTEM_PATH} to try a step on; to install it: sudo \
             apt-get install coreutils"
        )
    })
}

pub(super) fn count(job: &Job) -> Result<Counts, String> {
    let expectation = Expectation::of(job)?;
    let mut command = Command::new(&job.program);
    command.args(job.arguments(Watcher::ByStops)).envs(job.environment());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());

    let mut child = Tracee::start(&mut command, TIME_LIMIT)?;
    child.let_begin(&job.input(Watcher::ByStops));
    child.go_to_stop(Resume::Freely)?;
    let of_stops = child.go_to_stop(Resume::Stepping)?;
    child.go_to_stop(Resume::Freely)?;
    let of_all = child.go_to_stop(Resume::Stepping)?;
    expectation.check(&child.go_to_end()?)?;
    let instructions = of_all.saturating_sub(of_stops);
    if instructions == 0 {
        return Err(format!("{of_all} steps are no more than the stops alone take"));
    }
    let count = job.count(instructions, source::SINGLE_STEP, EVENT.to_owned());
    Ok(vec![(name::INSTRUCTIONS, count)])
}
