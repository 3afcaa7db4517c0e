//! `delimark sql`: statements over logs, by an engine that reads them through the scanner.

mod options;
mod outputs;
mod prompt;

use std::io::{self, IsTerminal, Read};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use delimark_query::{
    Engine, EngineOptions, FormatOptions, LogOptions, QueryError, ResultFormat, ResultWriter,
    ScanCounts, Statement, WriteError,
};

pub(crate) use self::options::Args;
use self::outputs::Output;
use crate::log_formats::given;
use crate::progress_line::ProgressLine;
use crate::{Exit, closed_streams, tell};

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let format = args.result_format()?;
    let line = ProgressLine::new(args.writes_to_stdout());
    let engine = {
        let line = line.clone();
        let options = engine_options(args)?;
        Engine::new(&options, move |note| line.suspend(|| tell(format_args!("{note}"))))?
    };
    let session = Session { args, format, engine, line };
    match &args.statement {
        Some(statement) => session.run_text(statement),
        None if closed_streams::is_input_closed() => Err(anyhow!("standard input: it is closed")),
        None if io::stdin().is_terminal() => prompt::run(&session),
        None => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).context("standard input")?;
            session.run_text(&text)
        }
    }
}

fn engine_options(args: &Args) -> anyhow::Result<EngineOptions> {
    let format = given(args.preset.as_ref(), args.log_format.as_ref());
    let mut log = LogOptions {
        format: format.cloned(),
        schema: None,
        columns: FormatOptions { decodes: args.decode, floats: args.floats, ..Default::default() },
        on_bad_line: args.on_bad_line,
        window_limit: args.inputs.window_limit(),
    };
    if let Some(path) = &args.schema {
        log = log.with_schema_file(path)?;
    }
    Ok(EngineOptions { threads: args.threads(), log, range_bytes: None })
}

/// An engine with the place for its results.
struct Session<'a> {
    args: &'a Args,
    format: ResultFormat,
    engine: Engine,
    line: ProgressLine,
}

impl Session<'_> {
    /// Runs statements one after the other, up to the first that fails.
    fn run_text(&self, text: &str) -> anyhow::Result<Exit> {
        let mut exit = Exit::Success;
        let mut is_output_used = false;
        for statement in self.engine.parse(text)? {
            let one = self.run_one(statement, &mut is_output_used)?;
            exit = exit.max(one);
            if exit != Exit::Success {
                break;
            }
        }
        Ok(exit)
    }

    fn run_one(&self, statement: Statement, is_output_used: &mut bool) -> anyhow::Result<Exit> {
        let result = self.write_rows(statement, is_output_used);
        let counts = self.engine.report().take();
        let misfit = self.report(&counts);
        match result {
            Ok(()) if misfit => Ok(Exit::Failure),
            Ok(()) => Ok(Exit::Success),
            Err(error) => match error.downcast_ref::<QueryError>() {
                Some(of_lines) if of_lines.is_of_lines() => {
                    tell(format_args!("{error}"));
                    Ok(Exit::Failure)
                }
                _ => Err(error),
            },
        }
    }

    /// Runs a statement, and writes its rows.
    fn write_rows(&self, statement: Statement, is_output_used: &mut bool) -> anyhow::Result<()> {
        let rows = self.engine.run(statement)?;
        let progress = Arc::clone(self.engine.report().progress());
        let watch = self.line.watch(progress);
        let schema = Arc::clone(rows.schema());
        if schema.fields().is_empty() {
            // `CREATE TABLE` and its like; they are done when their rows are taken.
            return rows.into_iter().try_for_each(|batch| batch.map(drop)).map_err(Into::into);
        }
        let output = Output::open(self.args.output.as_deref(), is_output_used)?;
        let failed = |error: WriteError| outputs::explain(error, self.args.output.as_deref());
        let mut writer = ResultWriter::new(self.format, &schema, output).map_err(failed)?;
        let mut is_cut = false;
        for batch in rows {
            if !writer.write(&batch?).map_err(failed)? {
                is_cut = true;
                break;
            }
        }
        drop(watch);
        let output = writer.finish(&schema).map_err(failed)?;
        output.publish().map_err(|error| failed(WriteError::Output(error)))?;
        if is_cut && let ResultFormat::Table { rows } = self.format {
            tell(format_args!(
                "the first {rows} rows; --rows N shows more, --format csv or jsonl all of them"
            ));
        }
        Ok(())
    }

    /// Says which lines did not fit; true if none did.
    fn report(&self, counts: &ScanCounts) -> bool {
        let ScanCounts { lines, rows, filtered, left_out, null_values, notes, .. } = counts;
        for note in notes {
            tell(format_args!("{note}"));
        }
        let unlisted = (left_out + null_values).saturating_sub(notes.len() as u64);
        if !notes.is_empty() && unlisted > 0 {
            tell(format_args!("and {unlisted} more"));
        }
        if *null_values > 0 {
            let s = if *null_values == 1 { "" } else { "s" };
            tell(format_args!("took {null_values} value{s} for null"));
        }
        if *left_out > 0 {
            tell(format_args!("left out {left_out} of {lines} lines"));
        }
        let is_misfit = *left_out > 0 && rows + filtered == 0;
        if is_misfit {
            tell(format_args!(
                "no line is in the format; `delimark formats` shows those that are known, and \
                 `delimark check` what is strange"
            ));
        }
        is_misfit
    }
}
