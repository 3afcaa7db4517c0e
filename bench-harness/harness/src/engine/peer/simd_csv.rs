//! The simd-csv crate's zero-copy reader, the fastest peer that is a Rust library.

use std::fs::File;
use std::io::Read;

use anyhow::{Context, Result};
use delimark_runner::model::{Answer, Fold, Model};
use simd_csv::ZeroCopyReaderBuilder;

use super::super::{BurstTimer, Engine, Unsupported};
use super::csv_supports;
use crate::workload::Input;

pub(super) struct SimdCsv;

impl Engine for SimdCsv {
    fn name(&self) -> String {
        "peer/simd-csv".to_owned()
    }

    fn supports(&self, model: Model, input: &Input<'_>) -> Result<(), Unsupported> {
        csv_supports(model, input)?;
        match input.dialect.quote().or(input.unused_byte) {
            Some(_) => Ok(()),
            None => Err(Unsupported::input("it needs a quote, and the data hold every byte")),
        }
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
    // Quoting cannot be turned off; a quote that does not occur comes to the same.
    let is_quoted = input.dialect.quote().is_some();
    let quote = input.dialect.quote().or(input.unused_byte);
    let quote = quote.context("every byte occurs, so there is none for the quote")?;
    let mut reader = ZeroCopyReaderBuilder::new()
        .delimiter(input.dialect.delimiter())
        .quote(quote)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(64 << 10)
        .from_reader(reader);
    let mut fold = Fold::default();
    let mut fields = 0;
    while let Some(record) = reader.read_byte_record()? {
        match model {
            Model::Count => {
                fields += record.len() as u64;
                fold.end_record();
            }
            Model::Project if is_quoted => {
                fold.columns(input.projection, |column| record.unquote(column));
            }
            Model::Project => fold.columns(input.projection, |column| record.get(column)),
            _ if is_quoted => fold.record(record.unquoted_iter()),
            _ => fold.record(record.iter()),
        }
        timer.record();
    }
    Ok(match model {
        Model::Count => Answer::Records { records: fold.records(), fields, checksum: 0 },
        _ => fold.answer(),
    })
}
