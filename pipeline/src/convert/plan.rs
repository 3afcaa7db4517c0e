//! The plan of a conversion: all that it takes to make what a worker works with.

use std::sync::Arc;

use delimark_formats::LogFormat;

use super::{BadLines, ConvertError, ConvertOptions};
use crate::batcher::Batcher;
use crate::converted::BadValues;
use crate::schema::TableSchema;
use crate::sinks::{Encoders, GroupEncoder};

/// The format, the schema and the options, for batchers and encoders.
pub(super) struct Plan {
    pub(super) format: LogFormat,
    pub(super) schema: TableSchema,
    pub(super) options: ConvertOptions,
    pub(super) encoders: Encoders,
}

impl Plan {
    /// Makes a batcher and an encoder, with some columns as text.
    pub(super) fn make(&self, lenient: &[usize]) -> Result<(Batcher, GroupEncoder), ConvertError> {
        let schema = self.schema.clone().with_lenient(lenient);
        let encoder = self.encoders.group_encoder(&Arc::new(schema.arrow()))?;
        Ok((batcher(&self.format, schema, &self.options)?, encoder))
    }
}

/// Makes a batcher by the options.
pub(super) fn batcher(
    format: &LogFormat,
    schema: TableSchema,
    options: &ConvertOptions,
) -> Result<Batcher, ConvertError> {
    let bad_values = match options.bad_lines {
        BadLines::Null => BadValues::Null,
        BadLines::Stop | BadLines::LeaveOut => BadValues::LeaveOut,
    };
    let batcher = Batcher::new(format.clone(), schema)
        .map_err(ConvertError::Backend)?
        .with_line_rules(|dialect| {
            let dialect = dialect.with_line_ending(options.line_ending);
            dialect.with_line_limit(options.line_limit_bytes).unwrap_or(dialect)
        })
        .with_bad_values(bad_values)
        .with_batch_rows(options.batch_rows);
    Ok(match options.burst_bytes {
        Some(bytes) => batcher.with_burst_bytes(bytes),
        None => batcher,
    })
}
