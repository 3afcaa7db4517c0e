//! This project's scanner, one engine a backend; the backend is forced, never chosen.

use anyhow::Result;
use delimark::{Backend, BackendError, Dialect, Scanner};
use delimark_extract::truncation::TruncationCheck;
use delimark_runner::model::{Access, Answer, Model};
use delimark_runner::pass::{self, PassInput};

use super::{BurstTimer, Engine, Unsupported};
use crate::workload::Input;

pub(super) struct Delimark {
    scanner: Scanner,
    /// The buffer of reads, kept from pass to pass.
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

    fn supports(&self, model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        match model.access() {
            Access::Memory | Access::Map | Access::Reads => Ok(()),
            Access::Command => Err(Unsupported::NO_COMMAND),
        }
    }

    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        let mut check = None;
        let open_map = || {
            let (map, truncation_check) = input.map()?;
            check = Some(truncation_check);
            Ok(map)
        };
        let of_pass =
            PassInput { bytes: input.bytes, path: input.path, projection: input.projection };
        let Self { scanner, buffer } = self;
        let burst = |records| timer.burst(records);
        let answer = pass::run(model, scanner, of_pass, buffer, open_map, burst)?;
        check.as_ref().map_or(Ok(()), TruncationCheck::verify)?;
        Ok(answer)
    }
}
