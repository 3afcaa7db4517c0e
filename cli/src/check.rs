//! `delimark check`: what is strange in logs, with the numbers of lines.

use std::fmt::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use delimark_extract::escape::Printable;
use delimark_extract::{Access, CheckReport, Checker, Finding, InputName};
use delimark_formats::{Guess, LogFormat};
use serde_json::json;

use crate::inputs::{InputArgs, explain};
use crate::log_formats::{Preset, given, parse_log_format, parse_preset};
use crate::{Exit, print, tell};

/// Say what is strange in logs, with the numbers of lines
///
/// Looks for what a count of fields cannot tell: pairs of equal lines, request lines that were cut,
/// records of HTTP/2 prefaces, negative durations, statuses that no response has, quotes that do
/// not pair, lines of another format, values cut by Varnish, times that go back by more than a
/// minute, NUL bytes, UTF-16, byte order marks, mixed line endings, a missing last newline.
///
/// Reads the FILEs, or standard input where there is none or FILE is -; gzip and zstd are
/// decompressed. Lines are equal if they are byte by byte, and no more than 1,000 lines apart.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark check access.log
  delimark check --preset haproxy-http /var/log/haproxy.log*
  delimark check --format jsonl access.log | jq 'select(.count > 9) | .kind'
  delimark check --log-format '$remote_addr|$status|$request_time' --limit 20 access.log

Exit codes:
  0  nothing strange was found
  1  something was found
  2  the command line is wrong, or a file could not be read to its end")]
pub(crate) struct Args {
    /// The format of the logs; `delimark formats` lists the names. auto guesses it for each from
    /// the first lines
    #[arg(long, value_name = "NAME", value_parser = parse_preset, default_value = "auto")]
    preset: Preset,

    /// The format of the logs, as the server's configuration has it: nginx's log_format, Apache's
    /// and lighttpd's LogFormat, HAProxy's log-format
    #[arg(
        long,
        value_name = "STRING",
        value_parser = parse_log_format,
        allow_hyphen_values = true,
        conflicts_with = "preset"
    )]
    log_format: Option<LogFormat>,

    /// Line numbers that are listed for each finding, at most
    #[arg(long, value_name = "N", default_value_t = 5)]
    limit: u16,

    /// Format of the report
    #[arg(long, value_enum, default_value = "text")]
    format: ReportFormat,

    #[command(flatten)]
    inputs: InputArgs,

    /// The logs; - is standard input
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    files: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// Lines for people
    Text,
    /// A JSON object for each finding
    Jsonl,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let format = given(Some(&args.preset), args.log_format.as_ref());
    let checker = Checker::new(format.cloned(), usize::from(args.limit))?;
    let mut exit = Exit::Success;
    for path in &args.files {
        let name = InputName::new(path);
        // A log that shrinks while it is read is no reason to stop.
        let Some(input) = args.inputs.open(&name, Access::Read) else {
            exit = Exit::Usage;
            continue;
        };
        let report = checker.check(input);
        let text = match args.format {
            ReportFormat::Text => to_text(&name, &report),
            ReportFormat::Jsonl => to_json_lines(&name, &report),
        };
        print(text.as_bytes())?;
        let of_input = match report.error() {
            Some(error) => {
                tell(format_args!("{name}: {}", explain(error)));
                Exit::Usage
            }
            None if report.findings().is_empty() => Exit::Success,
            None => Exit::Failure,
        };
        exit = exit.max(of_input);
    }
    Ok(exit)
}

/// Returns the report about an input.
fn to_text(name: &InputName, report: &CheckReport) -> String {
    let (lines, bytes) = (report.lines(), report.bytes());
    let s = if lines == 1 { "" } else { "s" };
    let mut text = format!("{name}: {lines} line{s}, {bytes} bytes\n");
    if let Some((matched, all)) = report.matched() {
        let format = report.guess().map_or_else(|| "as given".to_owned(), guessed);
        let _ = writeln!(text, "  format: {format}; {matched} of {all} lines are in it");
    }
    let findings = report.findings();
    for (index, finding) in findings.iter().enumerate() {
        write_finding(finding, &mut text);
        let advice = finding.advice();
        if findings.get(index + 1).is_none_or(|next| next.advice() != advice) {
            let _ = writeln!(text, "    {advice}");
        }
    }
    if report.findings().is_empty() && report.error().is_none() {
        text += "  nothing strange was found\n";
    }
    text
}

/// Returns an object for each finding, a line each.
fn to_json_lines(name: &InputName, report: &CheckReport) -> String {
    let file = match name {
        InputName::File(path) => path.to_string_lossy(),
        InputName::StandardInput => "-".into(),
    };
    let object = |finding: &Finding| {
        json!({
            "file": file,
            "kind": finding.kind().name(),
            "subject": finding.kind().subject(),
            "count": finding.count(),
            "first_lines": finding.first_lines(),
            "lines": report.lines(),
            "message": finding.to_string(),
            "note": finding.note(),
            "advice": finding.advice(),
        })
    };
    report.findings().iter().map(|finding| format!("{}\n", object(finding))).collect()
}

/// Says which format it is by the first lines, and how sure that is.
fn guessed(guess: &Guess) -> String {
    let [best, others @ ..] = guess.candidates() else { return String::new() };
    let (name, all) = (best.preset().name(), guess.lines());
    let lines = if best.lines() == all { "all".to_owned() } else { best.lines().to_string() };
    let mut text = format!("{name}, as {lines} of the first {all} lines");
    let as_good = others.iter().filter(|other| other.lines() == best.lines());
    let as_good: Vec<&str> = as_good.map(|other| other.preset().name()).collect();
    if !as_good.is_empty() {
        let _ = write!(text, ", which are {} as well", as_good.join(", "));
    }
    text
}

fn write_finding(finding: &Finding, text: &mut String) {
    let found = finding.to_string();
    let _ = write!(text, "  {}", Printable(found.as_bytes()));
    let numbers: Vec<String> = finding.first_lines().iter().map(u64::to_string).collect();
    if let [first, ..] = finding.first_lines() {
        let is_all = finding.first_lines().len() as u64 == finding.count();
        let _ = match (is_all, finding.count()) {
            (true, 1) => write!(text, ": line {first}"),
            (true, _) => write!(text, ": lines {}", numbers.join(", ")),
            (false, _) => write!(text, ": lines {}, ...", numbers.join(", ")),
        };
    }
    text.push('\n');
    if let (Some(note), [first, ..]) = (finding.note(), finding.first_lines()) {
        // Parts of the line are escaped in it; names of columns are as the log has them.
        let note = note.replace(char::is_control, " ");
        let _ = writeln!(text, "    line {first} at {note}");
    }
}
