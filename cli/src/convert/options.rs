//! The options of `delimark convert`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::bail;
use clap::{ArgGroup, ValueEnum};
use delimark::{LineEnding, QuoteEscape};
use delimark_extract::ByteSize;
use delimark_extract::escape::parse_delimiter;
use delimark_formats::LogFormat;
use delimark_pipeline::{
    BadLines, IpcKind, OutputFormat, ParquetCompression, ParquetOptions, Partitioning, TextKind,
};

use crate::inputs::InputArgs;
use crate::log_formats::{Preset, parse_log_format, parse_preset};
use crate::options::parse_threads;

/// Turn logs into typed columns: Parquet, Arrow, CSV or JSON Lines
///
/// Reads the FILEs, or standard input where there is none or FILE is -, by the format that made
/// the server write them, and writes a table with a typed column for each of its variables. What is
/// compressed with gzip or zstd is decompressed: its first bytes tell.
///
/// Times become timestamps in UTC with microseconds, durations in seconds exact decimals, and - is
/// null. Lines that do not fit are left out and listed, or kept as dead letters with their place
/// and reason, so that they can be mended and converted with --replay. The file is there when it is
/// whole: until then it is in a folder .delimark-unfinished beside it.
///
/// The columns and types can be printed, changed and given again: --print-schema, --schema. Logs of
/// no known format are read by a --delimiter, with types that are found by a sample.
#[derive(clap::Args)]
#[command(group = ArgGroup::new("log").required(true).args(["preset", "log_format", "delimiter"]))]
#[command(after_help = "\
Examples:
  delimark convert --preset combined access.log --output access.parquet
  delimark convert --log-format \"$(cat nginx.conf)\" access.log* -o access.parquet
  delimark convert --preset combined access.log -o access.parquet --dead-letter bad.jsonl
  delimark convert --preset combined --replay bad.jsonl -o mended.parquet
  delimark convert --preset combined access.log* -o logs --to parquet --partition-by day:time_local
  delimark convert --preset combined --fields time_local,status access.log -o - --to csv
  zcat access.log.gz | delimark convert --preset auto - -o access.arrow
  delimark convert --preset combined --print-schema access.log > schema.toml
  delimark convert --preset combined --schema schema.toml access.log -o access.parquet
  delimark convert --delimiter '|' --header table.txt -o table.parquet

Exit codes:
  0  everything was converted; lines left out have been listed
  1  a line did not fit under --on-bad-line error, too many did not under --bad-limit, none did
     without either, rows are not in the order of --sorted-by, a log names other columns on its
     way, or the schema is not that of the file to replace or of --previous; nothing was written
  2  the command line is wrong, or an input or the output failed")]
pub(crate) struct Args {
    /// The file to write; - is standard output
    #[arg(long, short, value_name = "FILE", required_unless_present = "print_schema")]
    pub(super) output: Option<PathBuf>,

    /// The format to write [default: by the end of the file's name]
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Option<To>,

    /// The format of the log, by its name in `delimark formats`, or auto: told by its first lines
    #[arg(long, value_name = "NAME", value_parser = parse_preset)]
    pub(super) preset: Option<Preset>,

    /// The format of the log, as the server's configuration has it: nginx's log_format, Apache's
    /// and lighttpd's LogFormat, HAProxy's log-format; `delimark formats` shows its columns
    #[arg(long, value_name = "STRING", value_parser = parse_log_format)]
    pub(super) log_format: Option<LogFormat>,

    /// The byte between the fields of a log of no known format, itself or as \t, \0 or \xHH
    #[arg(long, short, value_name = "BYTE", value_parser = parse_delimiter,
          allow_hyphen_values = true, requires = "table_names")]
    pub(super) delimiter: Option<u8>,

    /// Take the names of the columns from the first line of each input; with --delimiter
    #[arg(long, group = "table_names", conflicts_with_all = ["preset", "log_format", "replay"])]
    pub(super) header: bool,

    /// The names of the columns; with --delimiter
    #[arg(long, value_name = "LIST", value_delimiter = ',', group = "table_names",
          conflicts_with_all = ["preset", "log_format"])]
    pub(super) names: Option<Vec<String>>,

    /// The byte that quotes fields: delimiters between two of them are data; with --delimiter
    #[arg(long, value_name = "BYTE", value_parser = parse_delimiter,
          conflicts_with_all = ["preset", "log_format"])]
    pub(super) quote: Option<u8>,

    /// The way in which a quote is written inside quotes: none (it is not), backslash
    #[arg(long, value_name = "WAY", default_value = "none", requires = "quote")]
    pub(super) quote_escape: QuoteEscape,

    /// The columns and their types, as a file in TOML says
    #[arg(long, value_name = "FILE",
          conflicts_with_all = ["fields", "decode", "addresses", "floats", "infer"])]
    pub(super) schema: Option<PathBuf>,

    /// Print the schema that would be used, and convert nothing
    #[arg(long)]
    pub(super) print_schema: bool,

    /// Find the types of text columns by a sample, as with --delimiter
    #[arg(long)]
    pub(super) infer: bool,

    /// The schema file of the version before: the changes are told
    #[arg(long, value_name = "FILE", requires = "schema")]
    pub(super) previous: Option<PathBuf>,

    /// Write by a schema that readers of the version before cannot read, or that is not that of the
    /// file to replace
    #[arg(long)]
    pub(super) confirm_schema: bool,

    /// The columns to write, by name [default: all]
    #[arg(long, short, value_name = "LIST", value_delimiter = ',')]
    pub(super) fields: Option<Vec<String>>,

    /// Turn the escapes of the server back into the bytes that the client sent
    #[arg(long)]
    pub(super) decode: bool,

    /// The type of IP addresses
    #[arg(long, value_enum, value_name = "TYPE", default_value = "text")]
    pub(super) addresses: Addresses,

    /// Write numbers with a fraction as binary ones, whose sums depend on their order
    #[arg(long)]
    pub(super) floats: bool,

    /// The way with lines that do not fit [default: dead-letter, and an error where none fits]
    #[arg(long, alias = "on-bad-row", value_enum, value_name = "WAY")]
    on_bad_line: Option<OnBadLine>,

    /// Write the lines that do not fit there, as JSON Lines with place and reason [default: the
    /// first are listed on standard error]
    #[arg(long, value_name = "FILE")]
    pub(super) dead_letter: Option<PathBuf>,

    /// The share of lines that may be left out, as 0.01 or 1%
    #[arg(long, value_name = "SHARE", value_parser = parse_share)]
    pub(super) bad_limit: Option<f64>,

    /// The inputs are dead letters, whose lines are converted
    #[arg(long)]
    pub(super) replay: bool,

    /// The compression of Parquet: zstd, zstd:LEVEL, lz4, snappy, none
    #[arg(long, value_name = "NAME", default_value = "zstd", value_parser = parse_compression)]
    compression: ParquetCompression,

    /// The columns that get a dictionary in Parquet [default: those whose first values repeat]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    dictionary: Option<Vec<String>>,

    /// The columns that get a Bloom filter in Parquet, which helps to find single values
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    bloom_filter: Vec<String>,

    /// The column whose values ascend, nulls last, which Parquet then says; a row that does not is
    /// an error, and nothing is written
    #[arg(long, value_name = "COLUMN")]
    sorted_by: Option<String>,

    /// The bytes of the log that become a row group
    #[arg(long, value_name = "SIZE", default_value = "32MiB")]
    pub(super) row_group_size: ByteSize,

    /// The most rows of a record batch
    #[arg(long, value_name = "N", default_value = "8192")]
    pub(super) batch_rows: NonZeroUsize,

    /// Put rows into folders below the output by a column, which stays in the files: a whole number
    /// or a day by its name, a time as day:NAME or hour:NAME
    #[arg(long, value_name = "COLUMN", requires = "output")]
    pub(super) partition_by: Option<Partitioning>,

    /// End a file after the row group with which it has this many rows, and number the files
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) roll_rows: Option<u64>,

    /// End a file after the row group with which it has this size, and number the files
    #[arg(long, value_name = "SIZE")]
    pub(super) roll_size: Option<ByteSize>,

    /// End of lines: auto (in \n or \r\n), lf (in \n; a \r before it is data)
    #[arg(long, value_name = "ENDING", default_value = "auto")]
    pub(super) line_ending: LineEnding,

    /// The longest line accepted
    #[arg(long, value_name = "SIZE", default_value = "16MiB")]
    pub(super) line_limit: ByteSize,

    /// Write the rows before an error of an input: a file that is cut short, a line over the limit
    #[arg(long)]
    pub(super) partial: bool,

    /// Leave lines out that are longer
    #[arg(long)]
    pub(super) skip_long_lines: bool,

    /// The memory that the process may use, where its control group sets no limit: above 85 % of it
    /// chunks become fewer
    #[arg(long, value_name = "SIZE")]
    pub(super) memory: Option<ByteSize>,

    /// Write the lines of a pipe within so many milliseconds after they have come, to standard
    /// output or a pipe: rows of arrow-stream, csv and jsonl [default: when --row-group-size has
    /// come]
    #[arg(long, value_name = "MS", value_parser = parse_latency,
          requires = "output", conflicts_with = "replay")]
    pub(super) latency: Option<Duration>,

    /// Threads to convert with [default: one for each CPU, up to 8]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    pub(super) threads: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(super) inputs: InputArgs,

    /// Say at the end what was done: lines, rows, batches, sizes of chunks
    #[arg(long)]
    pub(super) stats: bool,

    /// The logs; - is standard input
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    pub(super) files: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum To {
    /// Parquet
    Parquet,
    /// An Arrow IPC file
    Arrow,
    /// An Arrow IPC stream
    ArrowStream,
    /// CSV with a header; lists as they stand in the log
    Csv,
    /// A JSON object a line, without what is null
    Jsonl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Addresses {
    /// As it stands in the log
    Text,
    /// The 16 bytes of IPv6, with IPv4 as ::ffff:a.b.c.d
    Binary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OnBadLine {
    /// Stop at the first one, and write nothing
    Error,
    /// Leave it out, and keep it as a dead letter
    DeadLetter,
    /// Make the value null, and tell; lines that cannot be split are left out
    Null,
    /// Take the column as text from there on, in another file, until its values fit again
    Text,
}

impl From<OnBadLine> for BadLines {
    fn from(way: OnBadLine) -> Self {
        match way {
            OnBadLine::Error => Self::Stop,
            OnBadLine::DeadLetter | OnBadLine::Text => Self::LeaveOut,
            OnBadLine::Null => Self::Null,
        }
    }
}

impl Args {
    /// Returns the format to write; none where nothing is written.
    pub(super) fn output_format(&self) -> anyhow::Result<Option<OutputFormat>> {
        let to = match (self.to, &self.output) {
            (Some(to), _) => to,
            (None, Some(output)) => To::by_name(output)?,
            (None, None) => return Ok(None),
        };
        let parquet = ParquetOptions {
            compression: self.compression,
            bloom_filters: self.bloom_filter.clone(),
            dictionaries: self.dictionary.clone(),
            sorted_by: self.sorted_by.clone(),
        };
        if self.sorted_by.is_some() && to != To::Parquet {
            bail!("--sorted-by: only Parquet says in which order its rows are");
        }
        Ok(Some(match to {
            To::Parquet => OutputFormat::Parquet(parquet),
            To::Arrow => OutputFormat::Ipc(IpcKind::File),
            To::ArrowStream => OutputFormat::Ipc(IpcKind::Stream),
            To::Csv => OutputFormat::Text(TextKind::Csv),
            To::Jsonl => OutputFormat::Text(TextKind::JsonLines),
        }))
    }

    /// Returns the way with lines that do not fit.
    pub(super) fn on_bad_line(&self) -> OnBadLine {
        self.on_bad_line.unwrap_or(OnBadLine::DeadLetter)
    }

    /// Tells whether a log of which no line fits is one of those that are asked for.
    pub(super) fn takes_misfits(&self) -> bool {
        self.on_bad_line.is_some()
    }

    /// Returns the columns that options name, with the options.
    pub(super) fn named_columns(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let dictionary = self.dictionary.iter().flatten().map(|name| ("--dictionary", name));
        dictionary.chain(self.bloom_filter.iter().map(|name| ("--bloom-filter", name)))
    }
}

impl To {
    /// Tells the format by the end of a file's name.
    fn by_name(path: &Path) -> anyhow::Result<Self> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        Ok(match ending.as_deref() {
            Some("parquet" | "pq") => Self::Parquet,
            Some("arrow" | "ipc" | "feather") => Self::Arrow,
            Some("arrows") => Self::ArrowStream,
            Some("csv") => Self::Csv,
            Some("jsonl" | "ndjson") => Self::Jsonl,
            _ if path == Path::new("-") => {
                bail!("standard output has no name that tells its format: --to says it")
            }
            _ => bail!(
                "the name of the output does not tell its format (it would with .parquet, .arrow, \
                 .arrows, .csv or .jsonl): --to says it"
            ),
        })
    }
}

fn parse_compression(text: &str) -> Result<ParquetCompression, String> {
    let (name, level) = match text.split_once(':') {
        Some((name, level)) => (name, Some(level)),
        None => (text, None),
    };
    match (name, level) {
        ("zstd", None) => Ok(ParquetCompression::Zstd { level: 1 }),
        ("zstd", Some(level)) => {
            let level = level.parse().ok().filter(|level| (1..=22).contains(level));
            let level = level.ok_or("the level of zstd is a number from 1 to 22")?;
            Ok(ParquetCompression::Zstd { level })
        }
        ("lz4", None) => Ok(ParquetCompression::Lz4),
        ("snappy", None) => Ok(ParquetCompression::Snappy),
        ("none", None) => Ok(ParquetCompression::None),
        _ => Err("expected zstd, zstd:LEVEL, lz4, snappy or none".to_owned()),
    }
}

fn parse_latency(text: &str) -> Result<Duration, String> {
    let milliseconds = text.parse().ok().filter(|milliseconds| *milliseconds > 0);
    let milliseconds = milliseconds
        .ok_or_else(|| format!("'{text}' is no number of milliseconds: expected 1 or more"))?;
    Ok(Duration::from_millis(milliseconds))
}

fn parse_share(text: &str) -> Result<f64, String> {
    let (number, unit) = match text.strip_suffix('%') {
        Some(number) => (number, 0.01),
        None => (text, 1.0),
    };
    let share = number.trim().parse::<f64>().ok().map(|number| number * unit);
    let share = share.filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("'{text}' is no share: expected 0 to 1, or 0% to 100%"))
}
