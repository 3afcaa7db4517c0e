//! This project's scanner, one engine a backend; the backend is forced, never chosen.

use std::fs::File;
use std::mem;

use anyhow::Result;
use delimark::{Backend, BackendError, Batches, Dialect, ReadSource, Scanner, Source};

use super::{Engine, Input, Laps};
use crate::model::{Answer, Fold, Model};

pub(super) struct Delimark {
    scanner: Scanner,
    /// What reads go into, kept from pass to pass.
    buffer: Vec<u8>,
}

impl Delimark {
    pub(super) fn new(dialect: Dialect, backend: Backend) -> Result<Self, BackendError> {
        let scanner = Scanner::with_backend(dialect, backend)?;
        Ok(Self { scanner, buffer: Vec::new() })
    }
}

impl Engine for Delimark {
    fn name(&self) -> String {
        format!("delimark/{}", self.scanner.backend())
    }

    fn executes(&self) -> Option<String> {
        Some(self.scanner.backend().to_string())
    }

    fn refuses(&self, _model: Model, _input: &Input<'_>) -> Option<&'static str> {
        None
    }

    fn run(&mut self, model: Model, input: &Input<'_>, laps: &mut Laps) -> Result<Answer> {
        match model {
            Model::Count => {
                let counts = self.scanner.count(input.bytes);
                Ok(Answer::Records { records: counts.records, fields: counts.fields, checksum: 0 })
            }
            Model::Index => index(self.scanner.scan(input.bytes), laps),
            Model::Fields => Ok(fields(&mut self.scanner.scan(input.bytes), laps)?.answer()),
            Model::Project => project(self.scanner.scan(input.bytes), input.projection, laps),
            Model::FileMap => {
                let (map, witness) = input.map()?;
                let fold = fields(&mut self.scanner.scan_source(map), laps)?;
                witness.confirm()?;
                Ok(fold.answer())
            }
            Model::FileRead => {
                let buffer = mem::take(&mut self.buffer);
                let source = ReadSource::with_buffer(File::open(input.path)?, buffer);
                let mut batches = self.scanner.scan_source(source);
                let fold = fields(&mut batches, laps)?;
                self.buffer = batches.into_source().into_buffer();
                Ok(fold.answer())
            }
        }
    }
}

fn index<S: Source>(mut batches: Batches<'_, S>, laps: &mut Laps) -> Result<Answer> {
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
        laps.burst(batch.line_count());
    }
    Ok(Answer::Records { records, fields, checksum })
}

fn fields<S: Source>(batches: &mut Batches<'_, S>, laps: &mut Laps) -> Result<Fold> {
    let mut fold = Fold::default();
    while let Some(batch) = batches.next()? {
        for record in batch.records() {
            fold.record(record.fields());
        }
        laps.burst(batch.record_count() as u64);
    }
    Ok(fold)
}

fn project<S: Source>(
    mut batches: Batches<'_, S>,
    projection: &[usize],
    laps: &mut Laps,
) -> Result<Answer> {
    let mut fold = Fold::default();
    while let Some(batch) = batches.next()? {
        for record in batch.records() {
            fold.columns(projection, |column| record.field(column));
        }
        laps.burst(batch.record_count() as u64);
    }
    Ok(fold.answer())
}
