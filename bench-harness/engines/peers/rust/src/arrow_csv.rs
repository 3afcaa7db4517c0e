//! The engine peer/arrow-csv: the crate's batches of columns of strings.

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_csv::ReaderBuilder;
use arrow_schema::{DataType, Field, Schema};
use delimark_runner::model::{Answer, Fold, Model};

use crate::input::Input;

/// The part that the crate takes for itself.
const BATCH_RECORDS: usize = 1024;

/// Goes through the input once.
pub(crate) fn pass(
    model: Model,
    projection: &[usize],
    input: &Input,
) -> Result<Answer, Box<dyn Error>> {
    match model {
        Model::Fields => read(&*input.bytes, None, input),
        Model::Project => read(&*input.bytes, Some(projection), input),
        Model::FileRead => read(File::open(&input.path)?, None, input),
        _ => Err(format!("it does not do {model}").into()),
    }
}

fn read(
    reader: impl Read,
    projection: Option<&[usize]>,
    input: &Input,
) -> Result<Answer, Box<dyn Error>> {
    let columns = input.columns.ok_or("it has to know the number of columns")?;
    // Quoting cannot be turned off: where the data have none, a byte that does not occur stands for
    // it.
    let quote = input.quote.or_else(|| input.unused_byte());
    let quote = quote.ok_or("every byte occurs, so there is none for the quote")?;
    let field = |column| Field::new(format!("column {column}"), DataType::Utf8, true);
    let schema = Schema::new((0..columns).map(field).collect::<Vec<_>>());
    let mut builder = ReaderBuilder::new(Arc::new(schema))
        .with_delimiter(input.delimiter)
        .with_quote(quote)
        .with_batch_size(BATCH_RECORDS);
    if let Some(projection) = projection {
        builder = builder.with_projection(projection.to_vec());
    }
    let mut fold = Fold::default();
    for batch in builder.build(reader)? {
        take(&batch?, &mut fold);
    }
    Ok(fold.answer())
}

/// The checksum is a sum, so columns may come one after the other.
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
