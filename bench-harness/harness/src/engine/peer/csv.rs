//! The csv crate, quoting off where the data have none: a state machine that copies each record
//! into a reused one.

use std::fs::File;
use std::io::Read;

use anyhow::Result;
use csv::{ByteRecord, ReaderBuilder};
use delimark_runner::model::{Answer, Fold, Model};

use super::super::{BurstTimer, Engine, Unsupported};
use super::csv_supports;
use crate::workload::Input;

pub(super) struct Csv;

impl Engine for Csv {
    fn name(&self) -> String {
        "peer/csv".to_owned()
    }

    fn supports(&self, model: Model, input: &Input<'_>) -> Result<(), Unsupported> {
        csv_supports(model, input)
    }

    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        match model {
            Model::FileRead => read(File::open(input.path)?, model, input, timer),
            _ => read(input.bytes, model, input, timer),
        }
    }
}

fn read(
    reader: impl Read,
    model: Model,
    input: &Input<'_>,
    timer: &mut BurstTimer,
) -> Result<Answer> {
    let quote = input.dialect.quote();
    let mut reader = ReaderBuilder::new()
        .delimiter(input.dialect.delimiter())
        .has_headers(false)
        .flexible(true)
        .quoting(quote.is_some())
        .quote(quote.unwrap_or(b'"'))
        .buffer_capacity(64 << 10)
        .from_reader(reader);
    let mut record = ByteRecord::new();
    let mut fold = Fold::default();
    let mut fields = 0;
    while reader.read_byte_record(&mut record)? {
        match model {
            Model::Count => {
                fields += record.len() as u64;
                fold.end_record();
            }
            Model::Project => fold.columns(input.projection, |column| record.get(column)),
            _ => fold.record(record.iter()),
        }
        timer.record();
    }
    Ok(match model {
        Model::Count => Answer::Records { records: fold.records(), fields, checksum: 0 },
        _ => fold.answer(),
    })
}
