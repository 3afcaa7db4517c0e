//! The csv crate, quoting off: a state machine that copies each record into a reused one.

use std::fs::File;
use std::io::Read;

use anyhow::Result;
use csv::{ByteRecord, ReaderBuilder};

use super::super::{Engine, Input, Laps};
use super::{ENDS_LINES_AT_CR, NO_MAP, NO_OFFSETS, SKIPS_EMPTY_LINES};
use crate::model::{Answer, Fold, Model};

pub(super) struct Csv;

impl Engine for Csv {
    fn name(&self) -> String {
        "peer/csv".to_owned()
    }

    fn refuses(&self, model: Model, input: &Input<'_>) -> Option<&'static str> {
        match model {
            Model::Index => Some(NO_OFFSETS),
            Model::FileMap => Some(NO_MAP),
            _ if input.traits.empty_lines > 0 => Some(SKIPS_EMPTY_LINES),
            _ if input.traits.bare_carriage_returns > 0 => Some(ENDS_LINES_AT_CR),
            _ => None,
        }
    }

    fn run(&mut self, model: Model, input: &Input<'_>, laps: &mut Laps) -> Result<Answer> {
        match model {
            Model::FileRead => read(File::open(input.path)?, model, input, laps),
            _ => read(input.bytes, model, input, laps),
        }
    }
}

fn read(reader: impl Read, model: Model, input: &Input<'_>, laps: &mut Laps) -> Result<Answer> {
    let mut reader = ReaderBuilder::new()
        .delimiter(input.dialect.delimiter())
        .has_headers(false)
        .flexible(true)
        .quoting(false)
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
        laps.record();
    }
    Ok(match model {
        Model::Count => Answer::Records { records: fold.records(), fields, checksum: 0 },
        _ => fold.answer(),
    })
}
