//! The regex crate: one expression with a group for each column, matched against line after line,
//! as log tools take lines apart.

use std::fs::File;
use std::io::{BufRead, BufReader};

use anyhow::{Context, Result};
use delimark_runner::model::{Answer, Fold, Model};
use regex::bytes::{CaptureLocations, Regex};

use super::super::{BurstTimer, Engine, Unsupported};
use super::reader_supports;
use crate::workload::Input;

/// A group costs memory and time even where it is not asked for.
const GROUPS_MOST: u32 = 20;

#[derive(Default)]
pub(super) struct RegexGroups {
    /// Made by the first pass.
    expression: Option<Expression>,
    line: Vec<u8>,
}

struct Expression {
    regex: Regex,
    groups: CaptureLocations,
}

impl Expression {
    fn new(input: &Input<'_>) -> Result<Self> {
        let quoted = input.quoted_columns.context("it has to know the columns")?;
        let byte = |byte: u8| format!("\\x{byte:02x}");
        let delimiter = byte(input.dialect.delimiter());
        let quote = input.dialect.quote().map(byte).unwrap_or_default();
        let group = |&is_quoted: &bool| match is_quoted {
            true => format!("{quote}([^{quote}]*){quote}"),
            false => format!("([^{delimiter}]*)"),
        };
        let groups: Vec<String> = quoted.iter().map(group).collect();
        let regex = Regex::new(&format!("(?s-u)^{}$", groups.join(&delimiter)))?;
        let groups = regex.capture_locations();
        Ok(Self { regex, groups })
    }

    fn line(&mut self, line: &[u8], fold: &mut Fold, model: Model, projection: &[usize]) {
        let Self { regex, groups } = self;
        if regex.captures_read(groups, line).is_none() {
            // The answer lacks a record, and is found to be wrong.
            return;
        }
        let group = |column: usize| {
            let (start, end) = groups.get(column + 1)?;
            Some(&line[start..end])
        };
        match model {
            Model::Project => fold.columns(projection, group),
            _ => fold.record((0..groups.len() - 1).filter_map(group)),
        }
    }
}

impl Engine for RegexGroups {
    fn name(&self) -> String {
        "peer/regex".to_owned()
    }

    fn supports(&self, model: Model, input: &Input<'_>) -> Result<(), Unsupported> {
        if model == Model::Count {
            return Err(Unsupported::model("it matches fields, and counts nothing else"));
        }
        reader_supports(model)?;
        if !input.traits.uniform {
            return Err(Unsupported::input("its expression has a fixed number of columns"));
        }
        if input.dialect.columns().is_none_or(|columns| columns > GROUPS_MOST) {
            return Err(Unsupported::input(
                "its expression has a group for each column, and takes 20 at most",
            ));
        }
        if input.traits.stray_quotes.is_some_and(|fields| fields > 0) {
            return Err(Unsupported::input("its expression has no quotes amid fields"));
        }
        if input.quoted_columns.is_none() {
            return Err(Unsupported::input(
                "its expression has quotes around a column always or never, and the data have both",
            ));
        }
        Ok(())
    }

    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        let expression = match &mut self.expression {
            Some(expression) => expression,
            none => none.insert(Expression::new(input)?),
        };
        let mut fold = Fold::default();
        if model == Model::FileRead {
            let mut reader = BufReader::with_capacity(64 << 10, File::open(input.path)?);
            loop {
                self.line.clear();
                if reader.read_until(b'\n', &mut self.line)? == 0 {
                    return Ok(fold.answer());
                }
                expression.line(without_ending(&self.line), &mut fold, model, input.projection);
                timer.record();
            }
        }
        for line in input.bytes.split_inclusive(|&byte| byte == b'\n') {
            expression.line(without_ending(line), &mut fold, model, input.projection);
            timer.record();
        }
        Ok(fold.answer())
    }
}

/// A carriage return belongs to the line's ending only where a newline follows.
fn without_ending(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    }
}
