//! How this project's parser goes through an input for a model.
//!
//! `burst` is called with the records of each burst when it is done, so that whoever has a clock
//! can take the time.

use std::borrow::BorrowMut;

use delimark::{Batches, ScanError, Scanner, Source};

use crate::model::{Answer, Fold};

/// Counts records and fields.
#[must_use]
pub fn count(scanner: &Scanner, bytes: &[u8]) -> Answer {
    let counts = scanner.count(bytes);
    Answer::Records { records: counts.records, fields: counts.fields, checksum: 0 }
}

/// Adds up the offsets of all separators.
///
/// # Errors
///
/// The scan ends early.
pub fn index<S: Source>(
    mut batches: Batches<impl BorrowMut<Scanner>, S>,
    mut burst: impl FnMut(u64),
) -> Result<Answer, ScanError> {
    let mut records = 0;
    let mut fields = 0;
    let mut checksum = 0_u64;
    while let Some(batch) = batches.next()? {
        let separators = batch.separators();
        let sum: u64 = separators.iter().map(|&separator| u64::from(separator)).sum();
        let count = separators.len() as u64;
        checksum = checksum.wrapping_add(sum).wrapping_add(batch.offset().wrapping_mul(count));
        fields += count;
        records += batch.line_count();
        burst(batch.line_count());
    }
    Ok(Answer::Records { records, fields, checksum })
}

/// Hands every field to the consumer.
///
/// # Errors
///
/// The scan ends early.
pub fn fields<S: Source>(
    batches: &mut Batches<impl BorrowMut<Scanner>, S>,
    mut burst: impl FnMut(u64),
) -> Result<Answer, ScanError> {
    let mut fold = Fold::default();
    while let Some(batch) = batches.next()? {
        for record in batch.records() {
            fold.record(record.fields());
        }
        burst(batch.record_count() as u64);
    }
    Ok(fold.answer())
}

/// Hands some columns to the consumer.
///
/// # Errors
///
/// The scan ends early.
pub fn project<S: Source>(
    mut batches: Batches<impl BorrowMut<Scanner>, S>,
    projection: &[usize],
    mut burst: impl FnMut(u64),
) -> Result<Answer, ScanError> {
    let mut fold = Fold::default();
    while let Some(batch) = batches.next()? {
        for record in batch.records() {
            fold.columns(projection, |column| record.field(column));
        }
        burst(batch.record_count() as u64);
    }
    Ok(fold.answer())
}
