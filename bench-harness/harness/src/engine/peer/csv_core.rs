//! The csv-core crate, quoting off where the data have none: the same state machine without the
//! reader around it.

use anyhow::{Result, bail};
use csv_core::{ReadRecordResult, ReaderBuilder};
use delimark_runner::model::{Access, Answer, Fold, Model};

use super::super::{BurstTimer, Engine, Unsupported};
use super::csv_supports;
use crate::workload::Input;

/// Room for one record: its bytes, and where its fields end.
#[derive(Default)]
pub(super) struct CsvCore {
    output: Vec<u8>,
    ends: Vec<usize>,
}

impl Engine for CsvCore {
    fn name(&self) -> String {
        "peer/csv-core".to_owned()
    }

    fn supports(&self, model: Model, input: &Input<'_>) -> Result<(), Unsupported> {
        match model.access() {
            Access::Reads => {
                Err(Unsupported::model("it brings no reader; peer/csv is it with one"))
            }
            _ => csv_supports(model, input),
        }
    }

    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        let (delimiter, quote) = (input.dialect.delimiter(), input.dialect.quote());
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .quoting(quote.is_some())
            .quote(quote.unwrap_or(b'"'))
            .build();
        let mut fold = Fold::default();
        let mut fields = 0;
        let mut rest = input.bytes;
        let (mut output_length, mut ends_length) = (0, 0);
        loop {
            let (result, read, written, ended) = reader.read_record(
                rest,
                &mut self.output[output_length..],
                &mut self.ends[ends_length..],
            );
            rest = &rest[read..];
            output_length += written;
            ends_length += ended;
            match result {
                // An empty input tells the reader that nothing comes any more.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => grow(&mut self.output)?,
                ReadRecordResult::OutputEndsFull => grow(&mut self.ends)?,
                ReadRecordResult::Record => {
                    let record = Record { bytes: &self.output, ends: &self.ends[..ends_length] };
                    match model {
                        Model::Count => {
                            fields += ends_length as u64;
                            fold.end_record();
                        }
                        Model::Project => fold.columns(input.projection, |column| {
                            (column < ends_length).then(|| record.field(column))
                        }),
                        _ => fold.record((0..ends_length).map(|index| record.field(index))),
                    }
                    (output_length, ends_length) = (0, 0);
                    timer.record();
                }
                ReadRecordResult::End => break,
            }
        }
        Ok(match model {
            Model::Count => Answer::Records { records: fold.records(), fields, checksum: 0 },
            _ => fold.answer(),
        })
    }
}

struct Record<'a> {
    bytes: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Record<'a> {
    #[inline(always)]
    fn field(&self, index: usize) -> &'a [u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[index]]
    }
}

/// Doubles a buffer, within reason.
fn grow<T: Clone + Default>(buffer: &mut Vec<T>) -> Result<()> {
    const MOST: usize = 1 << 28;
    if buffer.len() >= MOST {
        bail!("a record is longer than {MOST} bytes");
    }
    buffer.resize((buffer.len() * 2).max(1 << 12), T::default());
    Ok(())
}
