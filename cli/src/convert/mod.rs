//! `delimark convert`: turns logs into files of typed columns.

mod dead_letters;
mod events;
mod latency;
mod opened;
mod options;
mod outputs;
mod sample;
mod schemas;
mod table;

use std::io;
use std::num::NonZeroUsize;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, anyhow, bail};
use delimark_extract::escape::Printable;
use delimark_extract::{Access, InputName, Progress};
use delimark_formats::LogFormat;
use delimark_pipeline::{
    ConvertCounts, ConvertError, ConvertInput, ConvertOptions, Converter, Metadata, Output,
    OutputFormat, Rolling, SchemaFile, SinkError, SystemClock, WrittenFile, WrittenSchema,
};

use self::dead_letters::Letters;
use self::events::Told;
use self::opened::Opened;
pub(crate) use self::options::Args;
use self::options::OnBadLine;
use crate::log_formats::{given, guess_format, with_directive};
use crate::progress_line::ProgressLine;
use crate::{Exit, print, tell};

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let output_format = args.output_format()?;
    let names: Vec<InputName> = args.files.iter().map(|path| InputName::new(path)).collect();
    let output = args.output.as_deref().filter(|_| !args.print_schema);
    let output = output.map(|path| outputs::choose(args, path, &names)).transpose()?;
    let line = ProgressLine::new(matches!(output, None | Some(Output::Standard)));
    let Some(mut opened) = open(args, &names, &line)? else {
        return Ok(Exit::Usage);
    };

    let format = log_format(args, &mut opened)?;
    let chosen = schemas::choose(args, &format, &mut opened, output_format.as_ref())?;
    if args.print_schema {
        print(chosen.file.to_toml().as_bytes())?;
    }
    if !schemas::may_follow_previous(args, &chosen.file)? {
        return Ok(Exit::Failure);
    }
    let (Some(output), Some(output_format)) = (output, output_format) else {
        return Ok(Exit::Success);
    };
    if let OutputFormat::Parquet(options) = &output_format {
        let checked = options.check_order(&chosen.schema.arrow());
        checked.map_err(|error| anyhow!("--sorted-by: {error}"))?;
    }
    let breaker = schemas::breaker(args, &chosen.file);
    match &output {
        Output::File(path) => {
            let mut events = Told(line.clone());
            if !schemas::may_replace(args, &chosen.file, path, &mut events)? {
                return Ok(Exit::Failure);
            }
        }
        Output::Folder { by, .. } => {
            by.check(&chosen.schema.arrow())
                .map_err(|error| anyhow!("--partition-by {by}: {error}"))?;
        }
        Output::Standard if breaker.is_some() => {
            bail!("standard output is one file: a breaker begins others, and needs a name");
        }
        // What an object in a store has been is not looked at.
        _ => {}
    }
    latency::check(args, &output_format, &output, &opened)?;
    let metadata = metadata(args, &chosen.file, &names);
    let letters = args.dead_letter.as_deref();
    let dead_letters = letters.map(|path| outputs::open_letters(args, path, &names)).transpose()?;
    let mut letters = Letters::new(dead_letters, line.clone());
    let options = convert_options(args)?;
    let output_name = args.output.as_deref().map(shown).unwrap_or_default();
    let output = (output_format, output, metadata);
    let mut converter = Converter::new(format, chosen.schema, options, output, &mut letters)
        .with_events(Box::new(Told(line.clone())))
        .on_pressure(|event| line.suspend(|| tell(format_args!("{event}"))));
    if let Some(options) = breaker {
        converter = converter.with_breaker(options, Box::new(SystemClock::default()));
    }

    let (exit, is_kept) = convert_inputs(args, &mut converter, opened, &line, &output_name)?;
    if !is_kept {
        return Ok(exit);
    }
    let counts = converter.counts();
    let misfit = misfit(args, &counts);
    if let Some(message) = &misfit {
        tell(format_args!("{message}"));
    }
    let exit = match misfit {
        Some(_) if !args.takes_misfits() => exit.max(Exit::Failure),
        _ => exit,
    };
    if exit == Exit::Failure && output_name != "-" {
        tell(format_args!(
            "nothing was written to {output_name}; --on-bad-line dead-letter writes an empty table"
        ));
        return Ok(exit);
    }
    let files = converter.finish().map_err(|error| match error {
        error if output_name == "-" && has_reader_left(&error) => {
            io::Error::from(io::ErrorKind::BrokenPipe).into()
        }
        ConvertError::Output(error) => anyhow::Error::new(error).context(output_name),
        error => error.into(),
    })?;
    report(args, &counts, &files, letters.unlisted());
    Ok(exit)
}

/// Opens the inputs; none where it has been told that one cannot be opened.
fn open<'n>(
    args: &Args,
    names: &'n [InputName],
    line: &ProgressLine,
) -> anyhow::Result<Option<Vec<Opened<'n>>>> {
    let is_standard = |name: &&InputName| **name == InputName::StandardInput;
    if names.iter().filter(is_standard).count() > 1 {
        bail!("standard input is named twice: all of it comes with the first");
    }
    let mut opened = Vec::new();
    for name in names {
        let Some(input) = line.suspend(|| args.inputs.open(name, Access::Read)) else {
            return Ok(None);
        };
        let reader = input.into_reader().with_context(|| name.to_string())?;
        opened.push(Opened::new(name, reader, args.replay));
    }
    Ok(Some(opened))
}

/// Converts the inputs, and tells errors; returns the exit code, and true if rows are to be kept.
fn convert_inputs(
    args: &Args,
    converter: &mut Converter<'_>,
    inputs: Vec<Opened<'_>>,
    line: &ProgressLine,
    output_name: &str,
) -> anyhow::Result<(Exit, bool)> {
    let is_standard_output = output_name == "-";
    let progress = Arc::new(Progress::default());
    let _watch = line.watch(Arc::clone(&progress));
    let mut exit = Exit::Success;
    for mut input in inputs {
        let name = input.name;
        if let Some(note) = input.skip_mark() {
            line.suspend(|| tell(format_args!("{name}: {note}")));
        }
        progress.begin(input.bytes.and_then(|bytes| usize::try_from(bytes).ok()));
        let chunks = converter.chunk_reader(input.reader, input.sizes).with_start(input.start);
        let chunks = chunks.with_deadline(input.deadline);
        let label = name.to_string();
        let input = ConvertInput {
            name: &label,
            chunks: chunks.with_offset(input.header_bytes),
            lines_before: input.header_lines,
            interrupt: input.interrupt,
            progress: &progress,
        };
        if let Err(error) = converter.add(input) {
            if is_standard_output && has_reader_left(&error) {
                return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
            }
            line.suspend(|| tell(format_args!("{name}: {error}{}", advice(&error))));
            if !error.keeps_rows() || !(args.partial || is_standard_output) {
                let advice = if error.keeps_rows() {
                    "; --partial writes the rows before the error"
                } else {
                    ""
                };
                if !is_standard_output {
                    let message = format_args!("nothing was written to {output_name}{advice}");
                    line.suspend(|| tell(message));
                }
                return Ok((exit_of(&error), false));
            }
            exit = Exit::Usage;
        }
    }
    Ok((exit, true))
}

/// Tells whether the output is a pipe whose reader has left.
fn has_reader_left(error: &ConvertError) -> bool {
    matches!(
        error,
        ConvertError::Output(SinkError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe
    )
}

fn shown(path: &Path) -> String {
    Printable(path.as_os_str().as_bytes()).to_string()
}

/// Returns the format of the logs, which the first one may have to tell.
fn log_format(args: &Args, inputs: &mut [Opened<'_>]) -> anyhow::Result<LogFormat> {
    if let Some(delimiter) = args.delimiter {
        return table::format(args, delimiter, inputs);
    }
    let input = inputs.first_mut().expect("an input is the default");
    let name = input.name;
    let cannot = || format!("{name}: cannot be read");
    let format = match given(args.preset.as_ref(), args.log_format.as_ref()) {
        Some(format) if !format.has_directives() => return Ok(format.clone()),
        Some(format) => with_directive(format.clone(), input.look().with_context(cannot)?),
        None => guess_format(name, input.look().with_context(cannot)?),
    };
    format.with_context(|| name.to_string())
}

/// Says in the file where it comes from.
fn metadata(args: &Args, schema: &SchemaFile, names: &[InputName]) -> Metadata {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let format = match (&args.preset, args.delimiter) {
        (Some(preset), _) => preset.name(),
        (None, Some(_)) => "table".to_owned(),
        (None, None) => "log-format".to_owned(),
    };
    let pairs = [
        ("delimark.version", env!("CARGO_PKG_VERSION").to_owned()),
        (WrittenSchema::VERSION, schema.version.to_string()),
        (WrittenSchema::SCHEMA, schema.to_toml()),
        ("delimark.format", format),
        ("delimark.source", names.join("\n")),
    ];
    pairs.map(|(key, value)| (key.to_owned(), value)).to_vec()
}

/// The most threads that are used unasked.
const THREADS_UNASKED: usize = 8;

fn convert_options(args: &Args) -> anyhow::Result<ConvertOptions> {
    let threads = args.threads.unwrap_or_else(|| {
        let cpus = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        cpus.min(NonZeroUsize::new(THREADS_UNASKED).expect("it is not 0"))
    });
    let group_bytes = args.row_group_size.0;
    if group_bytes == 0 {
        bail!("--row-group-size is 0: no line would have room");
    }
    Ok(ConvertOptions {
        threads,
        group_bytes,
        memory_bytes: group_bytes.saturating_mul(threads.get().max(2)),
        batch_rows: args.batch_rows,
        line_ending: args.line_ending,
        line_limit_bytes: args.line_limit.0,
        skips_long_lines: args.skip_long_lines,
        bad_lines: args.on_bad_line().into(),
        bad_share_limit: args.bad_limit,
        rolling: Rolling { rows: args.roll_rows, bytes: args.roll_size.map(|size| size.0 as u64) },
        process_limit_bytes: args.memory.map(|size| size.0 as u64),
        latency: args.latency,
        ..ConvertOptions::default()
    })
}

fn exit_of(error: &ConvertError) -> Exit {
    match error {
        ConvertError::BadLine(_)
        | ConvertError::TooManyBadLines { .. }
        | ConvertError::Drift { .. }
        | ConvertError::Output(SinkError::Unsorted { .. }) => Exit::Failure,
        _ => Exit::Usage,
    }
}

/// Returns the option that gets around an error.
fn advice(error: &ConvertError) -> &'static str {
    match error {
        ConvertError::Input { error: delimark::SourceError::LineTooLong { .. }, .. } => {
            "; --line-limit sets another, --skip-long-lines leaves it out"
        }
        ConvertError::Drift { .. } => {
            "; convert the parts before and behind it into files of \
                                       their own"
        }
        ConvertError::Output(SinkError::Unsorted { .. }) => {
            "; without --sorted-by the file is written, and says nothing of an order"
        }
        _ => "",
    }
}

/// Says of which columns no value is of its type, or that no line fits at all: rather the wrong
/// schema than a bad log.
fn misfit(args: &Args, counts: &ConvertCounts) -> Option<String> {
    let ConvertCounts { rows, left_out, misfits, .. } = counts;
    // A value that is missing is told already, and is no matter of types.
    if counts.refused > 0 {
        return None;
    }
    let is_null = args.on_bad_line() == OnBadLine::Null;
    let unfit = misfits.iter().filter(|(_, count)| *rows == 0 || (is_null && *count == rows));
    let columns: Vec<String> = unfit.map(|(name, _)| format!("'{name}'")).collect();
    let of_types = match &columns[..] {
        [] => String::new(),
        columns => format!(
            "no value of {} is of its type; --print-schema shows the types",
            columns.join(" and of ")
        ),
    };
    match (*rows, *left_out) {
        (0, 1..) if columns.is_empty() => Some(format!("none of {left_out} lines fits")),
        (0, 1..) => Some(format!("none of {left_out} lines fits: {of_types}")),
        (1.., _) if !columns.is_empty() => Some(of_types),
        _ => None,
    }
}

/// Says what was done.
fn report(args: &Args, counts: &ConvertCounts, files: &[WrittenFile], unlisted: u64) {
    let ConvertCounts { lines, rows, comments, left_out, dead_letters, .. } = counts;
    if unlisted > 0 {
        tell(format_args!("and {unlisted} more: --dead-letter FILE keeps all of them"));
    }
    let nulls = dead_letters - left_out;
    if nulls > 0 {
        let s = if nulls == 1 { "" } else { "s" };
        tell(format_args!("made {nulls} value{s} null"));
    }
    if *left_out > 0 {
        tell(format_args!("left out {left_out} of {lines} lines"));
    }
    for file in files {
        if let Some(path) = &file.path {
            let (path, rows, bytes) = (shown(path), file.rows, file.bytes);
            let s = if rows == 1 { "" } else { "s" };
            tell(format_args!("wrote {path}: {rows} row{s}, {bytes} bytes"));
        }
    }
    if args.stats {
        let usual = counts.usual_bytes as f64 / (counts.bytes.max(1)) as f64 * 100.0;
        tell(format_args!(
            "{} bytes, {lines} lines: {rows} rows in {} record batches, {comments} comments, \
             {left_out} left out",
            counts.bytes, counts.batches
        ));
        tell(format_args!("{usual:.1} % of the bytes took the short way for lines that are alike"));
        let sizes = counts.chunk_sizes.iter();
        let sizes: Vec<String> =
            sizes.map(|(size, count)| format!("{count} of {} KiB", size >> 10)).collect();
        tell(format_args!(
            "chunks: {}; at most {} KiB at once",
            sizes.join(", "),
            counts.most_chunk_bytes >> 10
        ));
    }
}
