//! A child process under `ptrace`: it cannot hang its tracer, and cannot outlive it.

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

use super::super::super::expectation::Ended;
use super::refusal::{explain, failure};
use super::watchdog::Watchdog;

/// The way in which a stopped child goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resume {
    /// To its next stop.
    Freely,
    /// By one instruction.
    Stepping,
}

/// The stop of a child with its reason, or its end.
enum Halt {
    /// It has asked for it.
    Stop,
    /// It was stepped.
    Step,
    /// For a signal, which it is to get when it goes on, or for nothing.
    Other(Option<Signal>),
    End(ExitStatus),
}

/// A child that is stopped, except while one of the methods runs. `ptrace` is for the thread that
/// has started it.
pub(super) struct Tracee {
    child: Child,
    pid: Pid,
    has_ended: bool,
    watchdog: Watchdog,
}

impl Tracee {
    /// Starts a program and stops it wherever it is.
    pub(super) fn start(command: &mut Command, time_limit: Duration) -> Result<Self, String> {
        let program = command.get_program().display().to_string();
        let mut child =
            command.spawn().map_err(|error| format!("{program} cannot be started: {error}"))?;
        let watchdog = Watchdog::watch(&mut child, time_limit)?;
        let pid = Pid::from_raw(child.id().cast_signed());
        let mut tracee = Self { child, pid, has_ended: false, watchdog };
        // From here on it ends with this process, however that ends.
        if let Err(errno) = ptrace::seize(pid, ptrace::Options::PTRACE_O_EXITKILL) {
            // Who has ended already cannot be stepped either.
            let ended = tracee.child.try_wait().ok().flatten();
            tracee.has_ended = ended.is_some();
            return Err(ended.map_or_else(|| explain(errno), |status| gone(&program, status)));
        }
        ptrace::interrupt(pid).map_err(failure)?;
        match tracee.wait()? {
            Halt::End(status) => Err(gone(&program, status)),
            Halt::Stop | Halt::Step | Halt::Other(_) => Ok(tracee),
        }
    }

    /// Gives the child all that it reads, now that somebody is there to let it go on from its
    /// stops: less than a pipe holds.
    pub(super) fn let_begin(&mut self, input: &[u8]) {
        // One that is gone is found out by waiting for it.
        let _ = self.child.stdin.take().map(|mut stdin| stdin.write_all(input));
    }

    /// Steps over one instruction.
    pub(super) fn step_once(&mut self) -> Result<(), String> {
        self.resume(Resume::Stepping, None)?;
        match self.wait()? {
            Halt::Step => Ok(()),
            Halt::Stop | Halt::Other(_) => Err("a step does not stop after it".to_owned()),
            Halt::End(status) => Err(format!("a step ended the program with {status}")),
        }
    }

    /// Has the child go on until it stops itself; returns in how many steps.
    pub(super) fn go_to_stop(&mut self, resume: Resume) -> Result<u64, String> {
        match self.go(resume)? {
            (steps, None) => Ok(steps),
            (_, Some(status)) => Err(self.ended(status).failure()),
        }
    }

    /// Has the child go on until it ends.
    pub(super) fn go_to_end(&mut self) -> Result<Ended, String> {
        match self.go(Resume::Freely)? {
            (_, None) => Err("it stopped once more than it should".to_owned()),
            (_, Some(status)) => Ok(self.ended(status)),
        }
    }

    /// Has the child go on until it stops itself or ends; returns in how many steps, and how it has
    /// ended.
    fn go(&mut self, resume: Resume) -> Result<(u64, Option<ExitStatus>), String> {
        let mut steps = 0;
        let mut signal = None;
        loop {
            self.resume(resume, signal.take())?;
            match self.wait()? {
                Halt::Stop => return Ok((steps, None)),
                Halt::Step => steps += 1,
                Halt::Other(other) => signal = other,
                Halt::End(status) => {
                    let late = self.watchdog.verdict();
                    let late = late.map(|late| format!("{late}, after {steps} steps"));
                    return late.map_or(Ok((steps, Some(status))), Err);
                }
            }
        }
    }

    fn resume(&self, resume: Resume, signal: Option<Signal>) -> Result<(), String> {
        let resumed = match resume {
            Resume::Freely => ptrace::cont(self.pid, signal),
            Resume::Stepping => ptrace::step(self.pid, signal),
        };
        match resumed {
            // It has been killed meanwhile, which waiting tells.
            Err(Errno::ESRCH) => Ok(()),
            resumed => resumed.map_err(failure),
        }
    }

    fn wait(&mut self) -> Result<Halt, String> {
        let status = loop {
            match waitpid(self.pid, None) {
                // For a signal of this process.
                Err(Errno::EINTR) => {}
                status => break status.map_err(failure)?,
            }
        };
        let halt = match status {
            WaitStatus::Stopped(_, Signal::SIGSTOP) => Halt::Stop,
            WaitStatus::Stopped(_, Signal::SIGTRAP) => Halt::Step,
            WaitStatus::Stopped(_, signal) => Halt::Other(Some(signal)),
            WaitStatus::Exited(_, code) => Halt::End(ExitStatus::from_raw(code << 8)),
            WaitStatus::Signaled(_, signal, _) => Halt::End(ExitStatus::from_raw(signal as i32)),
            _ => Halt::Other(None),
        };
        self.has_ended |= matches!(halt, Halt::End(_));
        Ok(halt)
    }

    /// Reads what the child has left in its pipes.
    fn ended(&mut self, status: ExitStatus) -> Ended {
        let mut stdout = Vec::new();
        let mut stderr = Vec::new();
        // What cannot be read was not said.
        let _ = self.child.stdout.take().map(|mut pipe| pipe.read_to_end(&mut stdout));
        let _ = self.child.stderr.take().map(|mut pipe| pipe.read_to_end(&mut stderr));
        let last_words = String::from_utf8_lossy(&stderr).trim().to_owned();
        Ended { status, stdout, last_words }
    }
}

impl Drop for Tracee {
    fn drop(&mut self) {
        if !self.has_ended {
            self.watchdog.kill();
            while !self.has_ended && self.wait().is_ok() {}
        }
    }
}

fn gone(program: &str, status: ExitStatus) -> String {
    format!("{program} ended at once with {status}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Stdio;
    use std::time::Instant;
    use std::{fs, thread};

    use super::*;

    fn sleeper(time_limit: Duration) -> Tracee {
        let mut sleep = Command::new("sleep");
        sleep.arg("600").stdin(Stdio::null());
        Tracee::start(&mut sleep, time_limit).unwrap()
    }

    #[test]
    fn a_child_that_waits_for_ever_is_ended() {
        let start = Instant::now();
        let reason = sleeper(Duration::from_millis(300)).go_to_stop(Resume::Freely).unwrap_err();
        assert_eq!(reason, "no end within 0.3 s, after 0 steps");
        assert!(start.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn a_child_goes_with_its_tracee() {
        let child = sleeper(Duration::from_secs(60));
        let entry = Path::new("/proc").join(child.pid.to_string());
        assert!(entry.exists());
        drop(child);
        assert!(!entry.exists());
    }

    /// Set where the test below is the tracer that it kills: where to write the child's number.
    const TRACER_VARIABLE: &str = "DELIMARK_TEST_OF_A_KILLED_TRACER";

    #[test]
    fn a_child_does_not_outlive_a_tracer_that_is_killed() {
        if let Some(path) = std::env::var_os(TRACER_VARIABLE) {
            let mut child = sleeper(Duration::from_secs(60));
            fs::write(path, child.pid.to_string()).unwrap();
            child.go_to_stop(Resume::Freely).unwrap();
            return;
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        let name = format!("{}::a_child_does_not_outlive_a_tracer_that_is_killed", module_path!());
        let name = name.split_once("::").expect("the crate's name comes first").1;
        let mut tracer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(TRACER_VARIABLE, file.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let number = || fs::read_to_string(file.path()).ok()?.parse::<u32>().ok();
        let child = wait_for(number).expect("the tracer starts its child");
        assert!(is_alive(child), "it goes on while its tracer does");
        tracer.kill().unwrap();
        tracer.wait().unwrap();
        wait_for(|| (!is_alive(child)).then_some(())).expect("the child goes with its tracer");
    }

    /// Asks until there is an answer, for half a minute.
    fn wait_for<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
        let start = Instant::now();
        loop {
            let answer = ask();
            if answer.is_some() || start.elapsed() > Duration::from_secs(30) {
                return answer;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns false also for a process that has ended and was not asked for its status yet.
    fn is_alive(process: u32) -> bool {
        let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // The name before the state can hold anything but this.
        let state = status.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
        state.is_some_and(|state| !['Z', 'X'].contains(&state))
    }

    #[test]
    fn what_cannot_be_stepped_is_told() {
        let start = |program: &str| {
            Tracee::start(Command::new(program).stdin(Stdio::null()), Duration::from_secs(60))
        };
        let reason = start("/no/such/program").err().unwrap();
        assert!(reason.starts_with("/no/such/program cannot be started: "), "{reason}");
    }
}
