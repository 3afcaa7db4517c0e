//! The adapters in `bench-harness/engines/conformance/`: how each is started, what it needs, and
//! what to know of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use anyhow::{Context, Result};
use delimark_harness::checkout;
use serde_json::Value;

use super::external::External;
use super::run::{Column, Runner};

/// The folder of the adapters, from the root of the checkout.
const ENGINES: &str = "bench-harness/engines/conformance";

/// Somebody else's parser, with an adapter.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The name of its column.
    pub name: &'static str,
    /// A heading for it.
    pub title: &'static str,
    /// The choices of the adapter, and their consequences.
    pub choices: &'static str,
    /// The file of the adapter, from the root of the checkout.
    pub adapter: String,
    /// The way to start it here, or a sentence that says what is missing.
    pub found: Result<FoundPeer, String>,
}

/// A peer that can be asked.
#[derive(Clone, Debug)]
pub struct FoundPeer {
    /// The version of the tool or library.
    pub version: String,
    program: PathBuf,
    arguments: Vec<String>,
}

impl FoundPeer {
    /// Makes one of a program and its arguments.
    #[must_use]
    pub fn new(version: String, program: PathBuf, arguments: Vec<String>) -> Self {
        Self { version, program, arguments }
    }
}

impl Peer {
    /// Makes its column.
    #[must_use]
    pub fn column(&self, time_limit: Duration) -> Column {
        let runner = self.found.as_ref().map_err(Clone::clone).and_then(|found| {
            let program = found.program.to_string_lossy();
            let external = External::of_program(&program, &found.arguments, time_limit);
            let runner = external.map(|external| Box::new(external) as Box<dyn Runner>);
            runner.map_err(|error| format!("{error:#}"))
        });
        Column { name: self.name.to_owned(), selection: "--peers".to_owned(), runner }
    }
}

/// Finds and builds every peer; those that lack something say what.
///
/// # Errors
///
/// The working directory is in no checkout.
pub fn peers() -> Result<Vec<Peer>> {
    let root = checkout::root().context("the adapters are in a checkout of Delimark")?;
    let peer = |name, title, file: &str, choices, found| Peer {
        name,
        title,
        choices,
        adapter: format!("{ENGINES}/{file}"),
        found,
    };
    let [csv_crate, simd_csv] = crates(&root);
    Ok(vec![
        peer(
            "python-csv",
            "Python's csv module",
            "python_csv.py",
            "Quoting is off, line endings reach the module as they are, and the line limit is held \
             against the fields of a row.",
            script(&root, "python_csv.py", "python3", &["--version"], "apt install python3"),
        ),
        peer(
            "mawk",
            "The fields of mawk",
            "mawk_fields",
            "The delimiter is `FS`; a carriage return at the end of a line is taken off.",
            script(&root, "mawk_fields", "mawk", &["-W", "version"], "apt install mawk"),
        ),
        peer(
            "go-split",
            "Go's strings.Split",
            "go_split.go",
            "The input is split into lines, and each line into fields; a line that is too long is \
             rejected.",
            go(&root),
        ),
        peer(
            "csv-crate",
            "The csv crate",
            "csv_crate.rs",
            "Quoting is off; with `auto` line endings, records end as the crate lets them by \
             default.",
            csv_crate,
        ),
        peer(
            "simd-csv",
            "The simd-csv crate's zero-copy reader",
            "simd_csv.rs",
            "The quote is a byte that does not occur, since quoting cannot be turned off.",
            simd_csv,
        ),
    ])
}

/// Finds an adapter that is a script, and needs a tool.
fn script(
    root: &Path,
    file: &str,
    tool: &str,
    ask: &[&str],
    install: &str,
) -> Result<FoundPeer, String> {
    which::which(tool).map_err(|_| format!("{tool} is not installed: {install}"))?;
    let version = first_line(&output(Command::new(tool).args(ask))?);
    let program = root.join(ENGINES).join(file);
    Ok(FoundPeer::new(version_number(&version), program, Vec::new()))
}

fn go(root: &Path) -> Result<FoundPeer, String> {
    which::which("go").map_err(|_| "go is not installed: apt install golang-go".to_owned())?;
    let version = first_line(&output(Command::new("go").arg("version"))?);
    let folder = root.join("target/engines");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let program = folder.join("go_split");
    let mut build = Command::new("go");
    build.arg("build").arg("-o").arg(&program).arg(root.join(ENGINES).join("go_split.go"));
    output(&mut build)?;
    let version = version_number(version.trim_start_matches("go version go"));
    Ok(FoundPeer::new(version, program, Vec::new()))
}

/// Builds the adapters that are in Rust. Cargo knows whether they have to be built.
fn crates(root: &Path) -> [Result<FoundPeer, String>; 2] {
    let mut build = Command::new("cargo");
    build.args(["build", "--locked", "--package", "delimark-adapters"]);
    build.arg("--message-format=json").current_dir(root);
    let built = output(&mut build);
    [("csv_crate", "csv"), ("simd_csv", "simd-csv")].map(|(adapter, library)| {
        let messages = built.as_ref().map_err(Clone::clone)?;
        let program = executable(messages, adapter);
        let program = program.ok_or_else(|| format!("cargo built no {adapter}"))?;
        Ok(FoundPeer::new(locked_version(root, library)?, program, Vec::new()))
    })
}

/// Finds an adapter in what cargo says.
fn executable(messages: &Output, adapter: &str) -> Option<PathBuf> {
    let text = String::from_utf8_lossy(&messages.stdout);
    text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find_map(|message| {
        let is_it = message["target"]["name"] == adapter;
        message["executable"].as_str().filter(|_| is_it).map(PathBuf::from)
    })
}

/// Reads the version of a package off the lock file.
fn locked_version(root: &Path, package: &str) -> Result<String, String> {
    let path = root.join("Cargo.lock");
    let text = std::fs::read_to_string(&path);
    let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
    let mut lines = text.lines().skip_while(|line| *line != format!("name = \"{package}\""));
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = "));
    let version = version.map(|version| version.trim_matches('"').to_owned());
    version.ok_or_else(|| format!("{} does not have {package}", path.display()))
}

/// Runs a tool to its end.
fn output(command: &mut Command) -> Result<Output, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name} cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no reason");
    Err(format!("{name} failed ({}): {last}", output.status))
}

/// Returns the first line that a tool says, on whichever stream.
fn first_line(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned()
}

/// Returns the first word that begins with a digit.
fn version_number(line: &str) -> String {
    let is_number = |word: &&str| word.starts_with(|letter: char| letter.is_ascii_digit());
    line.split_whitespace().find(is_number).unwrap_or(line).to_owned()
}
