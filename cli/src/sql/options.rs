//! The options of `delimark sql`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::bail;
use clap::ValueEnum;
use delimark_formats::LogFormat;
use delimark_query::{OnBadLine, ResultFormat};

use crate::inputs::InputArgs;
use crate::log_formats::{Preset, parse_log_format, parse_preset};
use crate::options::parse_threads;

/// Query logs with SQL
///
/// A path or a glob in single quotes is a table: 'access.log', 'logs/*.log.gz', 'logs/' with all
/// files below it. Its format is told by the first lines, unless an option names it; what is
/// compressed with gzip or zstd is decompressed. Files that end in .parquet, .csv, .json or .arrow
/// are tables, too. The dialect and the functions are those of DataFusion.
///
/// A file is read in ranges by all threads. Columns that the statement does not name are not read,
/// and its conditions are asked of the bytes of lines where that gives the same rows.
///
/// Values that do not fit their column are null, lines that are in another format are left out, and
/// standard error says which and how many. Without STATEMENT, statements are read from standard
/// input, at a prompt where that is a terminal.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark sql \"SELECT status, count(*) FROM 'access.log' GROUP BY status ORDER BY 2 DESC\"
  delimark sql \"SELECT request_uri, count(*) AS hits FROM 'logs/*.log.gz' WHERE status = 500 \\
    GROUP BY request_uri ORDER BY hits DESC LIMIT 10\"
  delimark sql --log-format \"$(cat nginx.conf)\" \\
    \"SELECT date_trunc('hour', time_local) AS hour, approx_percentile_cont(request_time, 0.99) \\
    FROM 'access.log' GROUP BY hour ORDER BY hour\"
  delimark sql --format csv \"SELECT * FROM 'access.log' WHERE remote_addr = '10.0.0.1'\"
  delimark sql -o errors.parquet \"SELECT * FROM 'access.log' WHERE status >= 500\"
  delimark sql \"CREATE EXTERNAL TABLE web STORED AS DELIMARK LOCATION 'logs/'
    OPTIONS (preset 'combined'); SELECT count(*) FROM web\"
  delimark sql \"DESCRIBE 'access.log'\"

Exit codes:
  0  the statements were run; lines left out have been listed
  1  a line did not fit under --on-bad-line error, or none did
  2  the command line or a statement is wrong, or a file cannot be read or written")]
pub(crate) struct Args {
    /// The format of logs, by its name in `delimark formats`, or auto: told by their first lines
    #[arg(long, value_name = "NAME", value_parser = parse_preset, default_value = "auto")]
    pub(super) preset: Option<Preset>,

    /// The format of logs, as the server's configuration has it: nginx's log_format, Apache's and
    /// lighttpd's LogFormat, HAProxy's log-format
    #[arg(long, value_name = "STRING", value_parser = parse_log_format,
          allow_hyphen_values = true, conflicts_with = "preset")]
    pub(super) log_format: Option<LogFormat>,

    /// The columns of logs and their types, as a file in TOML says, which `delimark convert
    /// --print-schema` writes
    #[arg(long, value_name = "FILE", conflicts_with_all = ["decode", "floats"])]
    pub(super) schema: Option<PathBuf>,

    /// Turn the escapes of the server back into the bytes that the client sent
    #[arg(long)]
    pub(super) decode: bool,

    /// Read numbers with a fraction as binary ones instead of exact decimals
    #[arg(long)]
    pub(super) floats: bool,

    /// The way with lines that do not fit: null makes a value null, and leaves lines of another
    /// format out; dead-letter leaves lines out by any value, as `delimark convert` does; error
    /// ends the statement
    #[arg(long, value_name = "WAY", default_value = "null")]
    pub(super) on_bad_line: OnBadLine,

    /// The form of results [default: by the end of the output's name, or table]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Form>,

    /// The file to write the result to, which is there when it is whole; - is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// The most rows of a table
    #[arg(long, value_name = "N", default_value_t = 1000)]
    rows: usize,

    /// Threads to run on [default: one for each CPU]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    threads: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(super) inputs: InputArgs,

    /// The statements, with ; between them
    #[arg(value_name = "STATEMENT")]
    pub(super) statement: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A table for people
    Table,
    /// CSV with a header
    Csv,
    /// A JSON object a line, without what is null
    Jsonl,
    /// Parquet
    Parquet,
}

impl Args {
    /// Returns the threads to run on.
    pub(super) fn threads(&self) -> NonZeroUsize {
        let all = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.threads.unwrap_or_else(all)
    }

    /// Tells whether rows go to standard output.
    pub(super) fn writes_to_stdout(&self) -> bool {
        self.output.as_deref().is_none_or(|path| path == Path::new("-"))
    }

    /// Returns the form of results.
    pub(super) fn result_format(&self) -> anyhow::Result<ResultFormat> {
        let form = match (self.format, &self.output) {
            (Some(form), _) => form,
            (None, None) => Form::Table,
            (None, Some(path)) if path == Path::new("-") => Form::Table,
            (None, Some(path)) => Form::by_name(path)?,
        };
        Ok(match form {
            Form::Table => ResultFormat::Table { rows: self.rows },
            Form::Csv => ResultFormat::Csv,
            Form::Jsonl => ResultFormat::JsonLines,
            Form::Parquet => ResultFormat::Parquet,
        })
    }
}

impl Form {
    /// Tells the form by the end of a file's name.
    fn by_name(path: &Path) -> anyhow::Result<Self> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        Ok(match ending.as_deref() {
            Some("parquet" | "pq") => Self::Parquet,
            Some("csv") => Self::Csv,
            Some("jsonl" | "ndjson") => Self::Jsonl,
            Some("txt") => Self::Table,
            _ => bail!(
                "the name of the output does not tell its form (it would with .parquet, .csv, \
                 .jsonl or .txt): --format says it"
            ),
        })
    }
}
