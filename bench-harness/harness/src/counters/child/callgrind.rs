//! Counts by simulation: Valgrind's callgrind executes the child, and simulates caches and a
//! branch predictor.
//!
//! Instructions and branches are those that the processor would execute, an instruction with a
//! repeat prefix counting once a round. Misses are those of a model: two levels of cache, of the
//! sizes that this machine has, and a plain predictor. Valgrind hides instruction sets that it
//! cannot execute, AVX-512 among them.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use delimark::Backend;
use delimark_results::counter::{name, source};

use super::expectation::{Ended, Expectation};
use super::profile::Profile;
use super::{COUNTED_FUNCTION, Counts, Job, Watcher};
use crate::supervised::{self, Ending, Scratch};

/// Some hundred times what a pass over a window takes, on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// Each count with the events that add up to it: `r` are reads, `w` writes, `I1`, `D1` and `L` the
/// caches, `L` the last of them, `Bc` conditional and `Bi` indirect branches.
const COUNTS: [(&str, &[&str]); 8] = [
    (name::INSTRUCTIONS, &["Ir"]),
    (name::BRANCHES, &["Bc", "Bi"]),
    (name::BRANCH_MISSES, &["Bcm", "Bim"]),
    (name::CACHE_REFERENCES, &["I1mr", "D1mr", "D1mw"]),
    (name::CACHE_MISSES, &["ILmr", "DLmr", "DLmw"]),
    (name::LLC_LOADS, &["D1mr"]),
    (name::LLC_MISSES, &["DLmr"]),
    (name::L1D_MISSES, &["D1mr"]),
];

/// The backends with instructions that Valgrind cannot execute.
const NOT_EXECUTED: [Backend; 1] = [Backend::Avx512];

/// Valgrind, found.
#[derive(Clone, Debug)]
pub struct Callgrind {
    valgrind: PathBuf,
}

impl Callgrind {
    /// Returns the names of what it counts.
    pub fn names() -> impl Iterator<Item = &'static str> {
        COUNTS.iter().map(|&(name, _events)| name)
    }

    /// Tells whether Valgrind executes a backend's instructions.
    #[must_use]
    pub fn executes(backend: Backend) -> bool {
        !NOT_EXECUTED.contains(&backend)
    }

    /// Looks for Valgrind.
    ///
    /// # Errors
    ///
    /// It is not there: the reason, with what to install.
    pub fn find() -> Result<Self, String> {
        Self::find_in(&env::var_os("PATH").unwrap_or_default())
    }

    /// Looks for Valgrind in the folders of a path like `PATH`.
    ///
    /// # Errors
    ///
    /// It is in none of them: the reason, with what to install.
    pub fn find_in(path: &OsStr) -> Result<Self, String> {
        let found = which::which_in("valgrind", Some(path), Path::new("."));
        let valgrind = found.map_err(|_| {
            "valgrind is not in PATH; to install it: sudo apt-get install valgrind".to_owned()
        })?;
        Ok(Self { valgrind })
    }

    /// Has a child go through the window, and counts.
    ///
    /// # Errors
    ///
    /// Why there is no count.
    pub fn count(&self, job: &Job) -> Result<Counts, String> {
        let expectation = Expectation::of(job)?;
        let profile = Scratch::new("delimark-callgrind-", "")
            .map_err(|error| format!("there is no place for callgrind's profile: {error}"))?;
        let ended = self.run(job, profile.path())?;
        expectation.check(&ended).map_err(|reason| explain(&reason, &ended, &expectation))?;
        let text = fs::read_to_string(profile.path())
            .map_err(|error| format!("callgrind's profile cannot be read: {error}"))?;
        counts(job, &Profile::parse(&text)?)
    }

    fn run(&self, job: &Job, profile: &Path) -> Result<Ended, String> {
        let mut arguments: Vec<OsString> = vec![
            "--tool=callgrind".into(),
            "--quiet".into(),
            // A debugger is not waited for, so no pipes for one are left lying about.
            "--vgdb=no".into(),
            "--cache-sim=yes".into(),
            "--branch-sim=yes".into(),
            format!("--toggle-collect=*{COUNTED_FUNCTION}*").into(),
        ];
        let mut file = OsString::from("--callgrind-out-file=");
        file.push(profile);
        arguments.extend([file, job.program.clone().into()]);
        arguments.extend(job.arguments(Watcher::ByName));
        let mut command = Command::new(&self.valgrind);
        command.args(arguments).envs(job.environment());
        match supervised::run_command(&mut command, job.input(Watcher::ByName), TIME_LIMIT) {
            Ok(Ending::Ended(output)) => Ok(Ended {
                status: output.status,
                stdout: output.bytes,
                last_words: without_remarks(&output.last_words),
            }),
            Ok(Ending::Hung) => {
                Err(format!("no end within {} s under Valgrind", TIME_LIMIT.as_secs()))
            }
            Ok(Ending::TooMuch { bytes }) => Err(format!("the pass printed over {bytes} bytes")),
            Err(error) => Err(format!("{} cannot be started: {error}", self.valgrind.display())),
        }
    }
}

/// Returns what a child said, without Valgrind's remarks about this machine's caches.
fn without_remarks(lines: &[String]) -> String {
    let lines = lines.iter().filter(|line| !line.starts_with("--")).map(String::as_str);
    lines.collect::<Vec<_>>().join(" ")
}

/// Takes the sums out of a profile.
fn counts(job: &Job, profile: &Profile) -> Result<Counts, String> {
    if profile.sum(&["Ir"]).is_none_or(|instructions| instructions == 0) {
        return Err(format!(
            "callgrind found no function {COUNTED_FUNCTION}: the program has no symbols"
        ));
    }
    let counted = |&(name, events): &(&'static str, &[&str])| {
        let sum = profile.sum(events)?;
        Some((name, job.count(sum, source::CALLGRIND, events.join("+"))))
    };
    Ok(COUNTS.iter().filter_map(counted).collect())
}

/// Says what Valgrind has to do with it that a pass did not end well.
fn explain(reason: &str, ended: &Ended, expectation: &Expectation) -> String {
    if has_illegal_instruction(ended) {
        return format!("Valgrind cannot execute one of its instructions; {reason}");
    }
    match expectation.backend() {
        Some(backend) if !ended.status.success() && backend.is_available() => {
            format!("Valgrind hides instruction sets that it cannot execute; {reason}")
        }
        _ => format!("under Valgrind, {reason}"),
    }
}

#[cfg(unix)]
fn has_illegal_instruction(ended: &Ended) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&ended.status) == Some(libc::SIGILL)
}

/// Returns false: there is no Valgrind here.
#[cfg(not(unix))]
fn has_illegal_instruction(_ended: &Ended) -> bool {
    false
}
