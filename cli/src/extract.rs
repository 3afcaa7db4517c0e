//! `delimark extract`: takes fields out of logs, as `cut` does, for daily work.

use std::error::Error;
use std::fs::File;
use std::io::{self, ErrorKind::BrokenPipe, Write};
use std::iter;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::ValueEnum;
use delimark::{Backend, Dialect, LineEnding, QuoteEscape, RaggedPolicy};
use delimark_extract::escape::{OutputDelimiter, parse_byte, parse_delimiter};
use delimark_extract::{
    Access, ByteSize, ExtractError, Extractor, FieldList, FileIdentity, Format, Input, InputName,
    InvalidUtf8, JsonLines, LineCounts, Sinks, Text, standard_output,
};

use crate::{Exit, tell};

/// Take fields out of log lines, as cut does
///
/// Reads the FILEs, or standard input where there is none or FILE is -, and writes the fields
/// asked for, line by line, in the order asked for.
///
/// Where it departs from cut: fields come out in the order asked for, and as often; a field that a
/// line lacks comes out empty, so that columns stay in line; a line without any delimiter is a
/// line of one field; a carriage return before the newline belongs to the line ending, unless
/// --line-ending lf says otherwise.
///
/// Files are mapped into memory, what cannot be mapped is read. A file that shrinks while it is
/// mapped ends in an error. Use --read where logs are truncated while they are being read.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark extract --fields 1,6,10 access.log
  tail -f access.log | delimark extract --fields 6,4 --output-delimiter ' '
  delimark extract --fields 1,6,10 --columns 12 --ragged-output bad.log access.log
  delimark extract --delimiter ' ' --quote '\"' --fields 1,6,10 combined.log
  delimark extract --fields 1,6 --format jsonl --names client,status access.log

Exit codes:
  0  everything was extracted; lines left out under --ragged report have been listed
  1  a line was ragged under --ragged error
  2  the command line is wrong, or an input or the output failed")]
pub(crate) struct Args {
    /// The fields, from 1: numbers and ranges such as 2-4, 7- or -3, with commas between
    #[arg(long, short, value_name = "LIST", allow_hyphen_values = true)]
    fields: FieldList,

    /// The byte between fields, itself or as \t, \0 or \xHH
    #[arg(
        long,
        short,
        value_name = "BYTE",
        default_value = "|",
        value_parser = parse_delimiter,
        allow_hyphen_values = true
    )]
    delimiter: u8,

    /// The byte that quotes fields: delimiters between two of them are data, and a field that
    /// begins and ends with it comes out without both
    #[arg(long, value_name = "BYTE", value_parser = parse_byte)]
    quote: Option<u8>,

    /// The way in which a quote is written inside quotes: none (not as itself, as nginx), backslash
    /// (behind one, as Apache)
    #[arg(long, value_name = "WAY", default_value_t = QuoteEscape::None, requires = "quote")]
    quote_escape: QuoteEscape,

    /// Number of fields a line should have; a line with another count is ragged
    #[arg(long, value_name = "N")]
    columns: Option<u32>,

    /// Policy for ragged lines: error (stop), report (leave out and list them on standard
    /// error), keep (take them as they are), rest (let the last field take the rest of the line)
    #[arg(long, value_name = "POLICY", default_value = "report", requires = "columns")]
    ragged: RaggedPolicy,

    /// Also write the ragged lines that are left out to this file, as they are
    #[arg(long, value_name = "FILE", requires = "columns")]
    ragged_output: Option<PathBuf>,

    /// End of lines: auto (in \n or \r\n), lf (in \n; a \r before it is data)
    #[arg(long, value_name = "ENDING", default_value = "auto")]
    line_ending: LineEnding,

    /// The longest line accepted
    #[arg(long, value_name = "SIZE", default_value = "16MiB")]
    line_limit: ByteSize,

    /// Text between fields [default: the delimiter]
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    output_delimiter: Option<OutputDelimiter>,

    /// Format of the output
    #[arg(long, value_enum, default_value = "text")]
    format: FormatName,

    /// The keys of the JSON objects [default: the numbers of the fields]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    names: Option<Vec<String>>,

    /// Policy of JSON Lines for a field that is not UTF-8; text passes any byte on
    #[arg(long, value_enum, value_name = "WAY", default_value = "error")]
    invalid_utf8: InvalidUtf8Way,

    /// Read files instead of mapping them
    #[arg(long)]
    read: bool,

    /// The backend to scan with [default: DELIMARK_BACKEND, or the best that this CPU has]
    #[arg(long, value_name = "NAME")]
    backend: Option<Backend>,

    /// The logs; - is standard input
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    files: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    /// Fields with a delimiter between them
    Text,
    /// A JSON object a line; null where a line lacks the field
    Jsonl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum InvalidUtf8Way {
    /// Stop at the line and name the field
    Error,
    /// Put U+FFFD in the place of the bytes that are not UTF-8
    Replace,
}

impl From<InvalidUtf8Way> for InvalidUtf8 {
    fn from(way: InvalidUtf8Way) -> Self {
        match way {
            InvalidUtf8Way::Error => Self::Error,
            InvalidUtf8Way::Replace => Self::Replace,
        }
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let dialect = dialect(args)?;
    let format = format(args)?;
    let access = if args.read { Access::Read } else { Access::Map };
    check_outputs(args)?;
    let mut output = standard_output().context("there is no standard output")?;
    let mut ragged_output = create_ragged_output(args)?;
    let mut messages = io::stderr();
    let sinks = Sinks {
        output: &mut output,
        messages: &mut messages,
        ragged_lines: ragged_output.as_mut().map(|file| file as &mut dyn Write),
    };
    let mut extractor = Extractor::new(dialect, args.backend, format, sinks)?;

    let mut exit = Exit::Success;
    for path in &args.files {
        match extract(&mut extractor, &InputName::new(path), access)? {
            Exit::Success => {}
            Exit::Failure => return Ok(Exit::Failure),
            other => exit = other,
        }
    }
    Ok(exit)
}

/// Extracts from one input and says what is wrong with it; fails where the others would, too.
fn extract(
    extractor: &mut Extractor<'_>,
    name: &InputName,
    access: Access,
) -> anyhow::Result<Exit> {
    let input = match Input::open(name, access) {
        Ok(input) => input,
        Err(error) => {
            tell(format_args!("{name}: {error}"));
            return Ok(Exit::Usage);
        }
    };
    let result = extractor.extract(name, input);
    let LineCounts { lines, ragged } = extractor.counts();
    if ragged > 0 {
        tell(format_args!("{name}: left out {ragged} ragged of {lines} lines"));
    }
    match result {
        Ok(()) => Ok(Exit::Success),
        Err(error) if error.has_reader_left() => Err(io::Error::from(BrokenPipe).into()),
        Err(error) if error.is_final() => Err(error.into()),
        Err(error) => {
            let exit = if error.is_ragged() { Exit::Failure } else { Exit::Usage };
            tell(format_args!("{name}: {error}{}{}", advice(&error), causes(&error)));
            Ok(exit)
        }
    }
}

/// Returns the option that gets around an error.
fn advice(error: &ExtractError) -> &'static str {
    if error.is_line_too_long() {
        "; --line-limit sets another"
    } else if error.is_not_utf8() {
        "; JSON needs it: --invalid-utf8 replace goes on"
    } else if error.is_truncated() {
        "; --read takes such files as they come"
    } else {
        ""
    }
}

fn causes(error: &ExtractError) -> String {
    let causes = iter::successors(error.source(), |&error| error.source());
    causes.map(|cause| format!(": {cause}")).collect()
}

fn dialect(args: &Args) -> anyhow::Result<Dialect> {
    let mut dialect = Dialect::new(args.delimiter)?
        .with_ragged(args.ragged)
        .with_line_ending(args.line_ending)
        .with_line_limit(args.line_limit.0)?;
    if let Some(quote) = args.quote {
        dialect = dialect.with_quote(quote, args.quote_escape)?;
    }
    if let Some(columns) = args.columns {
        dialect = dialect.with_columns(columns)?;
        check_fields(args, columns)?;
    }
    Ok(dialect)
}

/// Refuses fields that would come out empty on every line.
fn check_fields(args: &Args, columns: u32) -> anyhow::Result<()> {
    let ragged = args.ragged;
    match args.fields.first_beyond(columns) {
        Some(field) if ragged != RaggedPolicy::Keep => {
            bail!(
                "field {field} never exists: --columns {columns} --ragged {ragged} allows no more"
            )
        }
        _ => Ok(()),
    }
}

/// Refuses outputs that are inputs: they would be truncated, or grow for as long as they are read.
fn check_outputs(args: &Args) -> anyhow::Result<()> {
    let outputs = [
        FileIdentity::of_handle(&io::stdout()),
        FileIdentity::of_handle(&io::stderr()),
        args.ragged_output.as_deref().and_then(FileIdentity::of_path),
    ];
    for path in &args.files {
        let name = InputName::new(path);
        let input = FileIdentity::of_input(&name);
        if input.is_some() && outputs.contains(&input) {
            bail!("{name}: input file is output file");
        }
    }
    Ok(())
}

fn format(args: &Args) -> anyhow::Result<Format> {
    let fields = args.fields.clone();
    match args.format {
        FormatName::Text if args.names.is_some() => bail!("--names needs --format jsonl"),
        FormatName::Text => {
            let delimiter = args.output_delimiter.clone();
            let delimiter = delimiter.map_or_else(|| vec![args.delimiter], |given| given.0);
            let text = Text::new(fields, args.delimiter, delimiter);
            Ok(Format::Text(text.with_quotes(args.quote.is_some())))
        }
        FormatName::Jsonl if args.output_delimiter.is_some() => {
            bail!("--output-delimiter has no meaning with --format jsonl")
        }
        FormatName::Jsonl => {
            let names = args.names.as_deref();
            Ok(Format::JsonLines(JsonLines::new(&fields, names, args.invalid_utf8.into())?))
        }
    }
}

fn create_ragged_output(args: &Args) -> anyhow::Result<Option<File>> {
    let Some(path) = &args.ragged_output else {
        return Ok(None);
    };
    if args.ragged != RaggedPolicy::Report {
        bail!(
            "--ragged-output needs --ragged report: the policy {} leaves out no line",
            args.ragged
        );
    }
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(Some(file))
}
