//! This project's scanner, one engine a backend; the backend is forced, never chosen.

use std::fs::File;
use std::mem;

use anyhow::{Result, bail};
use delimark::{Backend, BackendError, Dialect, ReadSource, Scanner};
use delimark_runner::model::{Answer, Model};
use delimark_runner::pass;

use super::{BurstTimer, Engine, NO_COMMAND};
use crate::workload::Input;

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

    fn refuses(&self, model: Model, _input: &Input<'_>) -> Option<&'static str> {
        (model == Model::Extract).then_some(NO_COMMAND)
    }

    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        let burst = |records| timer.burst(records);
        Ok(match model {
            Model::Count => pass::count(&self.scanner, input.bytes),
            Model::Index => pass::index(self.scanner.scan(input.bytes), burst)?,
            Model::Fields => pass::fields(&mut self.scanner.scan(input.bytes), burst)?,
            Model::Project => {
                pass::project(self.scanner.scan(input.bytes), input.projection, burst)?
            }
            Model::FileMap => {
                let (map, check) = input.map()?;
                let answer = pass::fields(&mut self.scanner.scan_source(map), burst)?;
                check.verify()?;
                answer
            }
            Model::Extract => bail!(NO_COMMAND),
            Model::FileRead => {
                let buffer = mem::take(&mut self.buffer);
                let source = ReadSource::with_buffer(File::open(input.path)?, buffer);
                let mut batches = self.scanner.scan_source(source);
                let answer = pass::fields(&mut batches, burst)?;
                self.buffer = batches.into_source().into_buffer();
                answer
            }
        })
    }
}
