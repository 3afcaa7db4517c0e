//! AVX-512 on an emulated CPU: a machine is booted, which takes minutes, and answers all cases in
//! one go, from a file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use delimark::Backend;
use delimark_harness::checkout;
use delimark_runner::variants::Variant;
use tempfile::NamedTempFile;

use super::case::Case;
use super::response;
use super::run::{Observer, Runner};
use super::verdict::{Failure, FailureKind, Verdict};

/// Boots the machine.
const SCRIPT: &str = "scripts/run-under-avx512";

/// Answers the cases in it; `scripts/build-runner` makes it.
const RUNNER: &str = "target/runner/x86_64/delimark-runner";

/// The variable that tells the script its time limit, and the limit unless somebody sets another.
const LIMIT_VARIABLE: &str = "RUN_UNDER_AVX512_TIMEOUT_SECONDS";
const LIMIT_SECONDS: &str = "3600";

/// With these statuses the script or the runner says that it could not do its work; any other is
/// the end of a parser.
const NO_CRASHES: [i32; 4] = [0, 2, 77, 125];

/// The reason for which some cases are left out, see [`is_beyond_emulator`].
const BEYOND_EMULATOR: &str =
    "Bochs 2.7 gets blocks of nothing but separators wrong: they need a real CPU";

/// The lines of standard error that are kept.
const LAST_LINES: usize = 4;

/// The backend that only an emulated CPU has.
const BACKEND: Backend = Backend::Avx512;

/// An emulated machine.
#[derive(Debug)]
pub struct Bochs {
    script: PathBuf,
    runner: PathBuf,
}

impl Bochs {
    /// Finds the emulator.
    ///
    /// # Errors
    ///
    /// It is not there; the sentence says what to do.
    pub fn find() -> Result<Self, String> {
        let root = checkout::root().ok_or("it is started from a checkout of Delimark")?;
        let (script, runner) = (root.join(SCRIPT), root.join(RUNNER));
        if !runner.is_file() {
            return Err(format!("{RUNNER} is not there: run scripts/build-runner"));
        }
        let check = Command::new(&script).arg("--check").output();
        match check {
            Ok(output) if output.status.success() => Ok(Self { script, runner }),
            Ok(_) => Err(format!("the emulator is not installed: run {SCRIPT} --install")),
            Err(error) => Err(format!("{SCRIPT} cannot be started: {error}")),
        }
    }

    /// Judges every case; those after one that ended the runner are not run.
    fn judge(&self, cases: &[&Case], observer: &dyn Observer) -> Vec<Verdict> {
        let Boot { answers, status, last_words } = match self.boot(cases, observer) {
            Ok(boot) => boot,
            Err(error) => {
                let reason = format!("the emulated machine cannot be used: {error}");
                return vec![Verdict::NotRun(reason); cases.len()];
            }
        };
        let end = format!("the runner ended ({status}): {last_words}");
        let is_crash = !status.code().is_some_and(|code| NO_CRASHES.contains(&code));
        let judge = |(index, case): (usize, &&Case)| match answers.get(index) {
            Some(answer) => {
                response::judge(case, BACKEND, self.variants(), std::slice::from_ref(answer))
            }
            None if index == answers.len() && is_crash => {
                Verdict::Failed(Failure::new(FailureKind::Crash, end.as_str()))
            }
            None => Verdict::NotRun(end.clone()),
        };
        cases.iter().enumerate().map(judge).collect()
    }

    /// Boots the machine, reads its answers, and returns how it ended and its last words.
    fn boot(&self, cases: &[&Case], observer: &dyn Observer) -> io::Result<Boot> {
        let input = write_cases(cases)?;
        let mut errors = tempfile::tempfile()?;
        let mut command = Command::new(&self.script);
        if std::env::var_os(LIMIT_VARIABLE).is_none() {
            command.env(LIMIT_VARIABLE, LIMIT_SECONDS);
        }
        // Its last words should be what went wrong, not where.
        command.env("RUST_BACKTRACE", "0");
        let mut child = command
            .arg("--with")
            .arg(input.path())
            .arg(&self.runner)
            .arg(BACKEND.name())
            .arg(input.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors.try_clone()?)
            .spawn()?;
        let output = child.stdout.take().expect("was asked for");
        let mut answers = Vec::new();
        for answer in BufReader::new(output).lines() {
            answers.push(answer?);
            observer.case_done();
        }
        let status = child.wait()?;
        Ok(Boot { answers, status, last_words: last_words(&mut errors)? })
    }
}

/// The outcome of a machine's boot.
struct Boot {
    answers: Vec<String>,
    status: ExitStatus,
    last_words: String,
}

impl Runner for Bochs {
    fn variants(&self) -> u64 {
        Variant::all().count() as u64
    }

    fn run(&mut self, cases: &[&Case], observer: &dyn Observer) -> Vec<Verdict> {
        let asked: Vec<&Case> =
            cases.iter().copied().filter(|case| !is_beyond_emulator(case)).collect();
        // A machine is not booted for nothing.
        let verdicts = if asked.is_empty() { Vec::new() } else { self.judge(&asked, observer) };
        let mut verdicts = verdicts.into_iter();
        let judge = |case: &&Case| match is_beyond_emulator(case) {
            true => Verdict::LeftOut(BEYOND_EMULATOR),
            false => verdicts.next().expect("each case that is asked is judged"),
        };
        cases.iter().map(judge).collect()
    }
}

/// Returns true for what Bochs 2.7 gets wrong: it compresses bytes (`vpcompressb`) to zeros where
/// all 64 of a block are wanted, against the instruction's definition.
fn is_beyond_emulator(case: &Case) -> bool {
    let is_separator = |byte: &u8| [case.request.delimiter, b'\n'].contains(byte);
    let runs = case.input.chunk_by(|left, right| is_separator(left) && is_separator(right));
    runs.map(<[u8]>::len).any(|length| length >= 64)
}

fn write_cases(cases: &[&Case]) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    for case in cases {
        let frame = case.frame();
        writeln!(file, "verify {}", frame.len())?;
        file.write_all(&frame)?;
    }
    file.flush()?;
    Ok(file)
}

/// Returns the last lines of standard error, in one.
fn last_words(errors: &mut File) -> io::Result<String> {
    let mut text = Vec::new();
    errors.rewind()?;
    errors.read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let mut lines: Vec<&str> = text.lines().rev().take(LAST_LINES).collect();
    lines.reverse();
    Ok(lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" "))
}
