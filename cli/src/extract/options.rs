//! The options of `delimark extract`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::ValueEnum;
use delimark::{Backend, LineEnding, QuoteEscape, RaggedPolicy};
use delimark_extract::escape::{OutputDelimiter, parse_delimiter, unescape};
use delimark_extract::{ByteSize, FieldSelection, InvalidUtf8};
use delimark_formats::LogFormat;

use crate::inputs::InputArgs;
use crate::log_formats::{Preset, parse_log_format, parse_preset};
use crate::options::parse_threads;

/// Take fields out of log lines, as cut does
///
/// Reads the FILEs, or standard input where there is none or FILE is -, and writes the fields
/// asked for, line by line, in the order asked for. What is compressed with gzip or zstd is
/// decompressed: its first bytes tell.
///
/// Where it departs from cut: fields come out in the order asked for, and as often; a field that a
/// line lacks comes out empty, so that columns stay in line; a line without any delimiter is a
/// line of one field; a carriage return before the newline belongs to the line ending, unless
/// --line-ending lf says otherwise; a byte order mark is left out, with a note.
///
/// Files are mapped into memory, what cannot be mapped is read. A file that shrinks while it is
/// mapped ends in an error. Use --read where logs are truncated while they are being read.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark extract --fields 1,6,10 access.log
  delimark extract --preset combined --fields status,request /var/log/nginx/access.log*
  delimark extract --log-format '$remote_addr|$status|$request_time' -f status access.log
  tail -f access.log | delimark extract --fields 6,4 --output-delimiter ' '
  delimark extract --fields 1,6,10 --columns 12 --ragged-output bad.log access.log
  delimark extract --fields 1,6 --format jsonl --names client,status access.log
  delimark extract --header --fields uri,status table.txt
  delimark extract --fields 1,6 --oldest-first access.log*

Exit codes:
  0  everything was extracted; lines left out under --ragged report or --long-lines report have
     been listed
  1  a line was ragged under --ragged error
  2  the command line is wrong, or an input or the output failed")]
pub(crate) struct Args {
    /// The fields, from 1: numbers, ranges such as 2-4, 7- or -3, and last, with commas between;
    /// with --header, --preset and --log-format also names, which come first [default, with a
    /// preset or a log format: all of them]
    #[arg(
        long,
        short,
        value_name = "LIST",
        allow_hyphen_values = true,
        required_unless_present_any = ["preset", "log_format"]
    )]
    pub(super) fields: Option<FieldSelection>,

    /// The format of the log, by its name in `delimark formats`, or auto: told by its first lines
    #[arg(
        long,
        value_name = "NAME",
        value_parser = parse_preset,
        conflicts_with_all = FORMAT_IS_GIVEN
    )]
    pub(super) preset: Option<Preset>,

    /// The format of the log, as the server's configuration has it: nginx's log_format, Apache's
    /// and lighttpd's LogFormat, HAProxy's log-format; `delimark formats` shows its columns
    #[arg(
        long,
        value_name = "STRING",
        value_parser = parse_log_format,
        conflicts_with_all = FORMAT_IS_GIVEN,
        conflicts_with = "preset"
    )]
    pub(super) log_format: Option<LogFormat>,

    /// Turn the escapes of the server back into the bytes that the client sent
    #[arg(long)]
    pub(super) decode: bool,

    /// Take all fields but those, in the order of the line
    #[arg(long)]
    pub(super) complement: bool,

    /// Leave lines out that have no delimiter
    #[arg(long, short = 's')]
    pub(super) only_delimited: bool,

    /// The byte between fields, itself or as \t, \0 or \xHH
    #[arg(
        long,
        short,
        value_name = "BYTE",
        default_value = "|",
        value_parser = parse_delimiter,
        allow_hyphen_values = true
    )]
    pub(super) delimiter: u8,

    /// The byte that quotes fields: delimiters between two of them are data
    #[arg(long, value_name = "BYTE", value_parser = parse_delimiter, allow_hyphen_values = true)]
    pub(super) quote: Option<u8>,

    /// The way in which a quote is written inside quotes: none (it is not), backslash
    #[arg(long, value_name = "WAY", default_value = "none", requires = "quote")]
    pub(super) quote_escape: QuoteEscape,

    /// Separate fields by runs of blanks and tabs; those at a line's ends separate nothing
    #[arg(long, conflicts_with_all = ["delimiter", "quote"])]
    pub(super) whitespace: bool,

    /// Take the names of the columns from the first line of each input, which is left out; JSON
    /// Lines have them as keys
    #[arg(long)]
    pub(super) header: bool,

    /// Leave lines out that begin with these bytes, before the header too; they count as lines
    #[arg(long, value_name = "BYTES", value_parser = parse_comment, allow_hyphen_values = true)]
    pub(super) comment: Option<Comment>,

    /// Number of fields a line should have; a line with another count is ragged
    #[arg(long, value_name = "N")]
    pub(super) columns: Option<u32>,

    /// Policy for ragged lines, and for those that are not in the log format: error (stop), report
    /// (leave out and list them on standard error), keep (take them as they are), rest (let the
    /// last field take the rest of the line)
    #[arg(long, value_name = "POLICY", default_value = "report")]
    pub(super) ragged: RaggedPolicy,

    /// Also write the ragged lines that are left out to this file, as they are; not those over
    /// --line-limit, which are only listed
    #[arg(long, value_name = "FILE")]
    pub(super) ragged_output: Option<PathBuf>,

    /// End of lines: auto (in \n or \r\n), lf (in \n; a \r before it is data)
    #[arg(long, value_name = "ENDING", default_value = "auto")]
    pub(super) line_ending: LineEnding,

    /// The longest line accepted
    #[arg(long, value_name = "SIZE", default_value = "16MiB")]
    pub(super) line_limit: ByteSize,

    /// Policy for lines over the limit; those left out are listed with their place and kept
    /// nowhere, not in --ragged-output either
    #[arg(long, value_enum, value_name = "POLICY", default_value = "error")]
    pub(super) long_lines: LongLines,

    /// Text between fields [default: the delimiter, a space with --whitespace, a tab with a log
    /// format that is delimited by blanks]
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(super) output_delimiter: Option<OutputDelimiter>,

    /// Format of the output
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: FormatName,

    /// The keys of the JSON objects [default: the names of --header or of the format's columns, or
    /// the numbers of the fields]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(super) names: Option<Vec<String>>,

    /// Policy of JSON Lines for a field that is not UTF-8 [default: error]
    #[arg(long, value_enum, value_name = "WAY")]
    pub(super) invalid_utf8: Option<InvalidUtf8Way>,

    /// Take rotated logs in the order of time, oldest first, in whatever order they are given
    ///
    /// Files with the same name but for what rotation appends, with .gz or .zst after it or not,
    /// are one log: access.log.2.gz, access.log.1, access.log, by number; or access.log-20260301,
    /// app-2026-03-02.log, by date. The one without is the newest. Where that does not tell, as
    /// with files of other names, the time they were written last does. Logs follow each other by
    /// the time of their oldest file, and standard input comes last.
    #[arg(long)]
    pub(super) oldest_first: bool,

    /// Threads to extract with [default: for a large file one for each CPU, up to 8; for a
    /// compressed input 2; else 1]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    pub(super) threads: Option<NonZeroUsize>,

    /// Read files instead of mapping them
    #[arg(long)]
    pub(super) read: bool,

    #[command(flatten)]
    pub(super) inputs: InputArgs,

    /// The backend to scan with [default: DELIMARK_BACKEND, or the best that this CPU has]
    #[arg(long, value_name = "NAME")]
    pub(super) backend: Option<Backend>,

    /// The logs; - is standard input
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    pub(super) files: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatName {
    /// Fields with a delimiter between them
    Text,
    /// A JSON object a line; null where a line lacks the field
    Jsonl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InvalidUtf8Way {
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LongLines {
    /// Stop at the line
    Error,
    /// Leave the line out and list where it is on standard error
    Report,
}

/// The options that say what a line is, each of which a log format says, too.
const FORMAT_IS_GIVEN: [&str; 7] =
    ["delimiter", "quote", "whitespace", "header", "comment", "columns", "only_delimited"];

/// The bytes that a comment begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment(pub(super) Vec<u8>);

fn parse_comment(text: &str) -> Result<Comment, String> {
    let bytes = unescape(text).map_err(|error| error.to_string())?;
    if bytes.is_empty() || bytes.contains(&b'\n') {
        return Err("a comment begins with at least one byte, and no newline".to_owned());
    }
    Ok(Comment(bytes))
}
