//! Whole commands as engines: a process for each pass, from its start to its end, that takes
//! columns out of a file and writes them as text. This project's is `delimark extract`.

mod output;
pub(super) mod shell;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use delimark::Backend;
use delimark_results::EXTRACT;
use delimark_runner::model::{Access, Answer, Model};

use self::output::OutputFile;
use super::{BurstTimer, Engine, Unsupported};
use crate::runtime::Missing;
use crate::supervised::{self, TimedEnding};
use crate::workload::{ExtractedText, Input};

/// For a file of many gigabytes on a slow disk.
const EXTRACT_TIME_LIMIT: Duration = Duration::from_secs(300);

/// The bytes that a command may write beyond four times its input, which nobody needs to take
/// columns out of it; it is kept in memory.
const SPARE_OUTPUT_BYTES: u64 = 64 << 20;

/// Tells whether whole commands do a model, whatever the data.
pub(super) fn supports(model: Model) -> Result<(), Unsupported> {
    match model.access() {
        Access::Command => Ok(()),
        Access::Memory | Access::Map | Access::Reads => Err(Unsupported::foreign(
            "a whole command takes columns out of a file, and does nothing else",
        )),
    }
}

/// The task of a whole command on an input, as words of a command line.
pub(super) struct Task {
    path: String,
    delimiter: char,
    quote: Option<char>,
    /// From 1.
    columns: Vec<String>,
}

impl Task {
    /// Takes what a command has to know from the input.
    ///
    /// # Errors
    ///
    /// It cannot be said on a command line.
    pub(super) fn of(input: &Input<'_>) -> Result<Self, Missing> {
        let path = std::path::absolute(input.path).unwrap_or_else(|_| input.path.to_owned());
        let path = path.into_os_string().into_string().map_err(|path| {
            Missing::new(format!("the path {} is not UTF-8", path.to_string_lossy()))
        })?;
        let delimiter = word("delimiter", input.dialect.delimiter())?;
        let quote = input.dialect.quote().map(|quote| word("quote", quote)).transpose()?;
        let columns = input.projection.iter().map(|column| (column + 1).to_string()).collect();
        Ok(Self { path, delimiter, quote, columns })
    }

    /// Returns the texts for the places of a declaration; that of a quote is empty where nothing is
    /// quoted.
    pub(super) fn places(&self) -> [(&'static str, String); 5] {
        let dollars: Vec<String> = self.columns.iter().map(|column| format!("${column}")).collect();
        [
            ("path", self.path.clone()),
            ("delimiter", self.delimiter.to_string()),
            ("quote", self.quote.map(String::from).unwrap_or_default()),
            ("fields", self.columns.join(",")),
            ("awk_fields", dollars.join(",")),
        ]
    }
}

/// Returns a byte as a command line takes it.
fn word(what: &str, byte: u8) -> Result<char, Missing> {
    if byte.is_ascii() && byte != 0 {
        return Ok(char::from(byte));
    }
    Err(Missing::new(format!("the {what} {byte:#04x} cannot stand on a command line")))
}

/// A command that is timed from outside.
pub(super) struct WholeCommand {
    name: String,
    command: Command,
    /// The file on its standard input; none where it opens the file itself.
    stdin: Option<PathBuf>,
    /// The backend that runs in it, where that is known.
    backend: Option<Backend>,
    /// The reason where it cannot do right by the input.
    input_support: Result<(), Unsupported>,
    time_limit: Duration,
    output: OutputFile,
}

impl WholeCommand {
    /// Makes an engine of a command with all its arguments.
    ///
    /// # Errors
    ///
    /// There is no room for what it writes.
    pub(super) fn new(name: &str, command: Command, time_limit: Duration) -> Result<Self> {
        let output = OutputFile::new().context("no file for the output can be made")?;
        let name = name.to_owned();
        let (stdin, backend, input_support) = (None, None, Ok(()));
        Ok(Self { name, command, stdin, backend, input_support, time_limit, output })
    }

    /// Has it read this file on standard input.
    pub(super) fn with_stdin(self, path: &Path) -> Self {
        Self { stdin: Some(path.to_owned()), ..self }
    }

    /// Notes whether it can do right by the input.
    pub(super) fn with_input_support(self, input_support: Result<(), Unsupported>) -> Self {
        Self { input_support, ..self }
    }

    /// Makes an engine of the verb `extract` of this project's tool.
    ///
    /// # Errors
    ///
    /// The input cannot be named on a command line, or there is no room for the output.
    pub(super) fn extract(input: &Input<'_>, tool: &Path, backend: Backend) -> Result<Self> {
        let Task { path, delimiter, quote, columns } = Task::of(input)?;
        let mut command = Command::new(tool);
        command.args(["extract", "--backend", &backend.to_string(), "--delimiter"]);
        command.arg(format!("\\x{:02x}", u32::from(delimiter)));
        if let Some(quote) = quote {
            command.args(["--quote", &format!("\\x{:02x}", u32::from(quote))]);
            command.args(["--quote-escape", input.dialect.quote_escape().name()]);
            // The answer is of every line, of one with an open quote, too.
            command.args(["--ragged", "keep"]);
        }
        // One thread, as the commands beside it have.
        command.args(["--threads", "1", "--fields", &columns.join(","), "--", &path]);
        Ok(Self { backend: Some(backend), ..Self::new(EXTRACT, command, EXTRACT_TIME_LIMIT)? })
    }
}

impl Engine for WholeCommand {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn executes(&self) -> Option<String> {
        self.backend.map(|backend| backend.to_string())
    }

    fn runs_elsewhere(&self) -> bool {
        true
    }

    fn uncountable(&self) -> Option<&'static str> {
        Some("it runs in another process")
    }

    fn supports(&self, model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        supports(model).and_then(|()| self.input_support.clone())
    }

    fn run(&mut self, _model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        self.command.stdin(match &self.stdin {
            Some(path) => File::open(path)?.into(),
            None => Stdio::null(),
        });
        self.command.stdout(self.output.for_child()?);
        let output_bytes_most = output_bytes_most(input.bytes.len() as u64);
        let has_written_too_much = || Ok(self.output.length()? > output_bytes_most);
        match supervised::time(&mut self.command, self.time_limit, has_written_too_much)? {
            TimedEnding::Ended { duration, status, .. } if status.success() => {
                timer.set_pass(duration);
                let text = ExtractedText::new(&input.dialect, input.projection.len());
                Ok(self.output.answer(text)?)
            }
            TimedEnding::Ended { status, last_words, .. } => {
                let words = if last_words.is_empty() { "nothing".to_owned() } else { last_words };
                let program = std::iter::once(self.command.get_program());
                let hint = shell::hint(program.chain(self.command.get_args()));
                bail!("it ended with {status}, saying: {words}{hint}")
            }
            TimedEnding::Hung => bail!("no end within {} s", self.time_limit.as_secs_f64()),
            TimedEnding::TooMuch => {
                bail!(
                    "it wrote more than {output_bytes_most} bytes, which is more than four times \
                     its input: is there an end to it?"
                )
            }
        }
    }
}

fn output_bytes_most(input_bytes: u64) -> u64 {
    input_bytes.saturating_mul(4).saturating_add(SPARE_OUTPUT_BYTES)
}
