//! `str::split` as one writes it without care: every line and every field a new `String`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::str;

use anyhow::Result;
use delimark_runner::model::{Access, Answer, Fold, Model};

use super::super::{BurstTimer, Engine, Unsupported};
use super::{reader_supports, splitter_supports, texts};
use crate::workload::Input;

pub(super) struct SplitAlloc;

impl Engine for SplitAlloc {
    fn name(&self) -> String {
        "peer/split-alloc".to_owned()
    }

    fn supports(&self, model: Model, input: &Input<'_>) -> Result<(), Unsupported> {
        reader_supports(model)?;
        splitter_supports(input)?;
        if model.access() == Access::Reads && input.traits.bare_carriage_returns > 0 {
            return Err(Unsupported::input(
                "the data have a bare \\r, which BufRead::lines takes off the last line",
            ));
        }
        if !input.traits.valid_utf8 {
            return Err(Unsupported::input("the data are not UTF-8, and a String has to be"));
        }
        Ok(())
    }

    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        let mut consumer = Consumer { model, input, fold: Fold::default(), fields: 0, timer };
        if model == Model::FileRead {
            for line in BufReader::new(File::open(input.path)?).lines() {
                consumer.line(&line?);
            }
        } else {
            for text in texts(input.bytes) {
                text?.lines().for_each(|line| consumer.line(line));
            }
        }
        let records = consumer.fold.records();
        Ok(match model {
            Model::Count => Answer::Records { records, fields: consumer.fields, checksum: 0 },
            _ => consumer.fold.answer(),
        })
    }
}

struct Consumer<'a> {
    model: Model,
    input: &'a Input<'a>,
    fold: Fold,
    fields: u64,
    timer: &'a mut BurstTimer,
}

impl Consumer<'_> {
    fn line(&mut self, line: &str) {
        let delimiter = char::from(self.input.dialect.delimiter());
        let fields: Vec<String> = line.split(delimiter).map(str::to_owned).collect();
        match self.model {
            Model::Count => {
                self.fields += fields.len() as u64;
                self.fold.end_record();
            }
            Model::Project => self
                .fold
                .columns(self.input.projection, |column| fields.get(column).map(String::as_bytes)),
            _ => self.fold.record(fields.iter().map(String::as_bytes)),
        }
        self.timer.record();
    }
}
