//! The arrow-csv crate: batches of columns of strings.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_csv::ReaderBuilder;
use arrow_schema::{DataType, Field, Schema};

use super::super::{Engine, Input, Laps};
use super::csv_refuses;
use crate::model::{Answer, Fold, Model};

/// What the crate takes for itself.
const BATCH_RECORDS: usize = 1024;

pub(super) struct ArrowCsv;

impl Engine for ArrowCsv {
    fn name(&self) -> String {
        "peer/arrow-csv".to_owned()
    }

    fn refuses(&self, model: Model, input: &Input<'_>) -> Option<&'static str> {
        match model {
            Model::Count => Some("it makes columns, and counts nothing else"),
            _ => csv_refuses(model, input)
                .or_else(|| {
                    let is_ragged = !input.traits.uniform || input.dialect.columns().is_none();
                    is_ragged.then_some("a batch has the same columns in every record")
                })
                .or_else(|| {
                    (!input.traits.valid_utf8).then_some("the data are not UTF-8, and strings are")
                })
                .or_else(|| input.unused_byte.is_none().then_some("every byte occurs in the data")),
        }
    }

    fn run(&mut self, model: Model, input: &Input<'_>, _: &mut Laps) -> Result<Answer> {
        match model {
            Model::FileRead => read(File::open(input.path)?, model, input),
            _ => read(input.bytes, model, input),
        }
    }
}

fn read(reader: impl Read, model: Model, input: &Input<'_>) -> Result<Answer> {
    let columns = input.dialect.columns().context("it has to know the number of columns")?;
    let field = |column| Field::new(format!("column {column}"), DataType::Utf8, true);
    let schema = Schema::new((0..columns).map(field).collect::<Vec<_>>());
    let mut builder = ReaderBuilder::new(Arc::new(schema))
        .with_delimiter(input.dialect.delimiter())
        .with_batch_size(BATCH_RECORDS);
    // Quoting cannot be turned off, so the quote is a byte that does not occur.
    if let Some(quote) = input.unused_byte {
        builder = builder.with_quote(quote);
    }
    if model == Model::Project {
        builder = builder.with_projection(input.projection.to_vec());
    }
    let mut fold = Fold::default();
    for batch in builder.build(reader)? {
        take(&batch?, &mut fold);
    }
    Ok(fold.answer())
}

/// The checksum is a sum, so columns may come one after the other. Records come by the batch, so
/// they have no laps.
fn take(batch: &RecordBatch, fold: &mut Fold) {
    for (position, column) in batch.columns().iter().enumerate() {
        let column = column.as_string::<i32>();
        for row in 0..column.len() {
            fold.field(position, column.value(row).as_bytes());
        }
    }
    for _ in 0..batch.num_rows() {
        fold.end_record();
    }
}
