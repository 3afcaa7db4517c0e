//! `str::split` as one writes it with care: fields borrowed, the list of them used again.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::str;

use anyhow::Result;
use delimark_runner::model::{Answer, Fold, Model};

use super::super::{BurstTimer, Engine, Unsupported};
use super::{reader_supports, splitter_supports, texts};
use crate::workload::Input;

#[derive(Default)]
pub(super) struct Split {
    line: String,
}

impl Engine for Split {
    fn name(&self) -> String {
        "peer/split".to_owned()
    }

    fn supports(&self, model: Model, input: &Input<'_>) -> Result<(), Unsupported> {
        reader_supports(model)?;
        splitter_supports(input)?;
        if !input.traits.valid_utf8 {
            return Err(Unsupported::input("the data are not UTF-8, and a str has to be"));
        }
        Ok(())
    }

    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        let delimiter = char::from(input.dialect.delimiter());
        if model == Model::FileRead {
            return self.read(input, delimiter, timer);
        }
        let mut fold = Fold::default();
        let mut fields = Vec::new();
        let mut field_count = 0;
        for text in texts(input.bytes) {
            for line in text?.lines() {
                fields.clear();
                fields.extend(line.split(delimiter));
                match model {
                    Model::Count => {
                        field_count += fields.len() as u64;
                        fold.end_record();
                    }
                    Model::Project => fold.columns(input.projection, |column| {
                        fields.get(column).map(|field| field.as_bytes())
                    }),
                    _ => fold.record(fields.iter().map(|field| field.as_bytes())),
                }
                timer.record();
            }
        }
        Ok(match model {
            Model::Count => {
                Answer::Records { records: fold.records(), fields: field_count, checksum: 0 }
            }
            _ => fold.answer(),
        })
    }
}

impl Split {
    /// Line by line; the list of fields cannot outlive its line, so each line has a new one.
    fn read(
        &mut self,
        input: &Input<'_>,
        delimiter: char,
        timer: &mut BurstTimer,
    ) -> Result<Answer> {
        let mut reader = BufReader::with_capacity(64 << 10, File::open(input.path)?);
        let mut fold = Fold::default();
        loop {
            self.line.clear();
            if reader.read_line(&mut self.line)? == 0 {
                return Ok(fold.answer());
            }
            let line = self.line.strip_suffix('\n').unwrap_or(&self.line);
            let has_newline = line.len() < self.line.len();
            let line = line.strip_suffix('\r').filter(|_| has_newline).unwrap_or(line);
            fold.record(line.split(delimiter).map(str::as_bytes));
            timer.record();
        }
    }
}
