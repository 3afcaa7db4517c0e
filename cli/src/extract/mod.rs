//! `delimark extract`: takes fields out of logs, as `cut` does, for daily work.

mod formats;
mod options;
mod outputs;

use std::io::{self, ErrorKind::BrokenPipe};

use anyhow::bail;
use delimark::{Dialect, RaggedPolicy, Scanner};
use delimark_extract::{
    Access, ExtractError, Extractor, Input, InputName, LineCounts, LineRules, Opening, Sinks,
    Waiting, oldest_first,
};
use delimark_formats::LogFormat;

use self::formats::Formats;
pub(crate) use self::options::Args;
use self::options::LongLines;
use self::outputs::Outputs;
use crate::inputs::explain;
use crate::progress_line::{Messages, ProgressLine};
use crate::{Exit, tell};

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    check(args)?;
    let dialect = dialect(args)?;
    let scanner = match args.backend {
        Some(backend) => Scanner::with_backend(dialect, backend),
        None => Scanner::new(dialect),
    }?;
    let mut formats = Formats::new(args, dialect.delimiter())?;
    let rules = line_rules(args, formats.log_format());
    let names = input_names(args);
    let access = if args.read { Access::Read } else { Access::Map };
    let Outputs { mut standard, mut ragged, files } = outputs::open(args, &names)?;
    let line = ProgressLine::new(true);
    let mut messages = Messages { line: line.clone(), writer: Waiting::new(io::stderr()) };
    let sinks = Sinks {
        output: &mut standard,
        messages: &mut messages,
        ragged_lines: ragged.as_mut().map(|file| file as _),
    };
    let mut extractor = Extractor::new(scanner, rules, args.threads, sinks);

    let _watch = line.watch(extractor.progress());
    let mut exit = Exit::Success;
    for name in &names {
        let of_input = match line.suspend(|| args.inputs.open(name, access)) {
            Some(input) => {
                // It may have become an output since they were compared.
                files.check_input(name, input.identity())?;
                extract(&mut extractor, name, input, &mut formats, &line)?
            }
            None => Exit::Usage,
        };
        match (exit, of_input) {
            // What went wrong before is not forgotten over a ragged line.
            (Exit::Success, Exit::Failure) => return Ok(Exit::Failure),
            (_, Exit::Failure) => return Ok(exit),
            (_, Exit::Success) => {}
            (_, Exit::Usage) => exit = Exit::Usage,
        }
    }
    Ok(exit)
}

fn input_names(args: &Args) -> Vec<InputName> {
    let names = args.files.iter().map(|path| InputName::new(path)).collect();
    if args.oldest_first { oldest_first(names) } else { names }
}

/// Extracts from one input and says what is wrong with it; fails where the others would, too.
fn extract(
    extractor: &mut Extractor<'_>,
    name: &InputName,
    input: Input,
    formats: &mut Formats<'_>,
    line: &ProgressLine,
) -> anyhow::Result<Exit> {
    // It may have something to say.
    let mut choose = |opening: Opening<'_>| Ok(line.suspend(|| formats.choose(name, opening))?);
    let result = extractor.extract(name, input, &mut choose);
    let counts = extractor.counts();
    if let Some(left_out) = left_out(counts) {
        let is_kept = formats.keeps_ragged_lines() && counts.too_long > 0;
        let note = if is_kept { "; --ragged-output has none of those too long" } else { "" };
        line.suspend(|| tell(format_args!("{name}: {left_out}{note}")));
    }
    match result {
        Ok(()) => Ok(Exit::Success),
        Err(error) if error.has_reader_left() => Err(io::Error::from(BrokenPipe).into()),
        Err(error) if error.is_final() => Err(error.into()),
        Err(error) => {
            let exit = if error.is_ragged() { Exit::Failure } else { Exit::Usage };
            let (explained, advice) = (explain(&error), advice(&error));
            line.suspend(|| tell(format_args!("{name}: {explained}{advice}")));
            Ok(exit)
        }
    }
}

/// Says how many lines were left out that should not have been there.
fn left_out(counts: LineCounts) -> Option<String> {
    let LineCounts { lines, ragged, too_long, comments } = counts;
    if ragged + too_long == 0 {
        return None;
    }
    let comment = if comments == 1 { "comment" } else { "comments" };
    let kinds = [(ragged, "ragged"), (too_long, "too long"), (comments, comment)];
    let kinds = kinds.iter().filter(|(count, _)| *count > 0);
    let kinds: Vec<String> = kinds.map(|(count, kind)| format!("{count} {kind}")).collect();
    Some(format!("left out {} of {lines} lines", kinds.join(", ")))
}

/// Returns the option that gets around an error.
fn advice(error: &ExtractError) -> &'static str {
    if error.is_line_too_long() {
        "; --line-limit sets another, --long-lines report leaves it out"
    } else if error.is_not_utf8() {
        "; JSON needs it: --invalid-utf8 replace goes on"
    } else if error.is_truncated() {
        "; --read takes such files as they come"
    } else {
        ""
    }
}

/// Refuses options that do not go together.
fn check(args: &Args) -> anyhow::Result<()> {
    let has_format = args.preset.is_some() || args.log_format.is_some();
    let is_default = args.ragged == RaggedPolicy::Report && args.ragged_output.is_none();
    if !is_default && args.columns.is_none() && args.quote.is_none() && !has_format {
        bail!("--ragged and --ragged-output need --columns, --quote, --preset or --log-format");
    }
    if has_format && matches!(args.ragged, RaggedPolicy::Keep | RaggedPolicy::Rest) {
        let policy = args.ragged;
        bail!("--ragged {policy} has no meaning with a log format: it is report or error");
    }
    if args.decode && !has_format {
        bail!("--decode needs --preset or --log-format, which say how values are escaped");
    }
    Ok(())
}

/// Returns the dialect, where no log format brings its own.
fn dialect(args: &Args) -> anyhow::Result<Dialect> {
    let delimiter = if args.whitespace { b' ' } else { args.delimiter };
    let mut dialect = Dialect::new(delimiter)?
        .with_ragged(args.ragged)
        .with_line_ending(args.line_ending)
        .with_line_limit(args.line_limit.0)?;
    if let Some(columns) = args.columns {
        dialect = dialect.with_columns(columns)?;
    }
    if let Some(quote) = args.quote {
        dialect = dialect.with_quote(quote, args.quote_escape)?;
    }
    Ok(dialect)
}

fn line_rules(args: &Args, log_format: Option<&LogFormat>) -> LineRules {
    LineRules {
        comment: args.comment.as_ref().map(|comment| comment.0.clone()),
        squeezes_blanks: args.whitespace,
        reports_long_lines: args.long_lines == LongLines::Report,
        has_header: args.header,
        needs_first_lines: match log_format {
            Some(log_format) => log_format.has_directives(),
            None => args.preset.is_some(),
        },
    }
}
