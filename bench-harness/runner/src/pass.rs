//! Passes of this project's parser over an input: the one place that knows what it does for each
//! model.
//!
//! `burst` is called with the records of each burst when it is done, so that whoever has a clock
//! can take the time.

use std::borrow::BorrowMut;
use std::fs::File;
use std::path::Path;
use std::{error, fmt, io, mem};

use delimark::{Batches, ReadSource, ScanError, Scanner, Source};

use crate::model::{Access, Answer, Fold, Model};

/// An input of a pass.
#[derive(Clone, Copy, Debug)]
pub struct PassInput<'a> {
    /// The bytes, for the models that take them from memory.
    pub bytes: &'a [u8],
    /// The file with the same bytes, for those that read it.
    pub path: &'a Path,
    /// The columns of [`Model::Project`].
    pub projection: &'a [usize],
}

/// Goes through an input for any model of a library. `buffer` is for reads, and `open_map` maps the
/// file.
///
/// # Errors
///
/// The file cannot be read, the scan ends early, or the model is that of a whole command.
pub fn run<S: Source>(
    model: Model,
    scanner: &mut Scanner,
    input: PassInput<'_>,
    buffer: &mut Vec<u8>,
    open_map: impl FnOnce() -> io::Result<S>,
    burst: impl FnMut(u64),
) -> Result<Answer, PassError> {
    let PassInput { bytes, path, projection } = input;
    match model.access() {
        Access::Memory => from_memory(model, scanner, bytes, projection, burst),
        Access::Map => {
            let map = open_map().map_err(PassError::File)?;
            from_source(model, &mut scanner.scan_source(map), projection, burst)
        }
        Access::Reads => {
            let file = File::open(path).map_err(PassError::File)?;
            let source = ReadSource::with_buffer(file, mem::take(buffer));
            let mut batches = scanner.scan_source(source);
            let answer = from_source(model, &mut batches, projection, burst)?;
            *buffer = batches.into_source().into_buffer();
            Ok(answer)
        }
        Access::Command => Err(PassError::NoPass(model)),
    }
}

/// Goes through bytes for a model that takes them from memory.
///
/// # Errors
///
/// The scan ends early, or the model takes its input from elsewhere.
pub fn from_memory(
    model: Model,
    scanner: &mut Scanner,
    bytes: &[u8],
    projection: &[usize],
    burst: impl FnMut(u64),
) -> Result<Answer, PassError> {
    match (model, model.access()) {
        (Model::Count, _) => Ok(count(scanner, bytes)),
        (_, Access::Memory) => from_source(model, &mut scanner.scan(bytes), projection, burst),
        (_, Access::Map | Access::Reads | Access::Command) => Err(PassError::NoPass(model)),
    }
}

/// Goes through a source for a model that looks at each burst, whatever place it names.
///
/// # Errors
///
/// The scan ends early, or the model does not look at bursts.
pub fn from_source<S: Source>(
    model: Model,
    batches: &mut Batches<impl BorrowMut<Scanner>, S>,
    projection: &[usize],
    burst: impl FnMut(u64),
) -> Result<Answer, PassError> {
    match model {
        Model::Index => index(batches, burst),
        Model::Fields | Model::FileMap | Model::FileRead => fields(batches, burst),
        Model::Project => project(batches, projection, burst),
        Model::Count | Model::Extract => return Err(PassError::NoPass(model)),
    }
    .map_err(PassError::Scan)
}

/// The reason why a pass gave no answer.
#[derive(Debug)]
pub enum PassError {
    /// The scan ended early.
    Scan(ScanError),
    /// The file could not be opened.
    File(io::Error),
    /// The input is not there in the way that this model takes it.
    NoPass(Model),
}

impl fmt::Display for PassError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scan(error) => error.fmt(formatter),
            Self::File(error) => error.fmt(formatter),
            Self::NoPass(model) => write!(formatter, "this input does not do for {model}"),
        }
    }
}

impl error::Error for PassError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Scan(error) => error.source(),
            Self::File(error) => error.source(),
            Self::NoPass(_) => None,
        }
    }
}

/// Counts records and fields.
#[must_use]
pub fn count(scanner: &Scanner, bytes: &[u8]) -> Answer {
    let counts = scanner.count(bytes);
    Answer::Records { records: counts.records, fields: counts.fields, checksum: 0 }
}

/// Adds up the offsets of all separators.
#[inline(never)]
fn index<S: Source>(
    batches: &mut Batches<impl BorrowMut<Scanner>, S>,
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
#[inline(never)]
fn fields<S: Source>(
    batches: &mut Batches<impl BorrowMut<Scanner>, S>,
    mut burst: impl FnMut(u64),
) -> Result<Answer, ScanError> {
    let mut fold = Fold::default();
    while let Some(batch) = batches.next()? {
        // By value: what a closure borrows stays in memory, unless the linker optimizes.
        fold = batch.records().fold(fold, |mut fold, record| {
            fold.record(record.fields());
            fold
        });
        burst(batch.record_count() as u64);
    }
    Ok(fold.answer())
}

/// Hands some columns to the consumer.
#[inline(never)]
fn project<S: Source>(
    batches: &mut Batches<impl BorrowMut<Scanner>, S>,
    projection: &[usize],
    mut burst: impl FnMut(u64),
) -> Result<Answer, ScanError> {
    let mut fold = Fold::default();
    while let Some(batch) = batches.next()? {
        fold = batch.records().fold(fold, |mut fold, record| {
            fold.columns(projection, |column| record.field(column));
            fold
        });
        burst(batch.record_count() as u64);
    }
    Ok(fold.answer())
}
