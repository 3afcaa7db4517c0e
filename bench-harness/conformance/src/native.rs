//! The backends that this process can run, from memory, through a reader and from a memory map.

use std::any::Any;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use anyhow::{Context, Result};
use delimark::{Backend, MapSource};
use delimark_runner::case;
use delimark_runner::outcome::Outcome;
use delimark_runner::variants::{self, BURST_BYTES, Groups, Origin, Variant};
use rayon::prelude::*;
use tempfile::NamedTempFile;

use super::case::Case;
use super::response;
use super::run::{Observer, Runner};
use super::verdict::{Failure, FailureKind, Verdict};

/// A backend of this CPU.
#[derive(Debug)]
pub struct Native {
    backend: Backend,
}

impl Native {
    /// Makes a runner of a backend that can run here.
    #[must_use]
    pub fn new(backend: Backend) -> Self {
        Self { backend }
    }

    fn judge(&self, case: &Case) -> Verdict {
        // Nothing that a panic leaves is used again.
        match catch_unwind(AssertUnwindSafe(|| answers(self.backend, case))) {
            Ok(Ok(answers)) => response::judge(case, self.backend, self.variants(), &answers),
            Ok(Err(error)) => Verdict::NotRun(format!("{error:#}")),
            Err(panic) => {
                let message = format!("a panic: {}", panic_message(&*panic));
                Verdict::Failed(Failure::new(FailureKind::Crash, message))
            }
        }
    }
}

impl Runner for Native {
    fn variants(&self) -> u64 {
        (Variant::all().count() + BURST_BYTES.len()) as u64
    }

    fn run(&mut self, cases: &[&Case], observer: &dyn Observer) -> Vec<Verdict> {
        let judge = |case: &&Case| {
            let verdict = self.judge(case);
            observer.case_done();
            verdict
        };
        cases.par_iter().map(judge).collect()
    }
}

fn answers(backend: Backend, case: &Case) -> Result<[String; 2]> {
    let mapped = from_maps(backend, case).context("no file to map can be made")?;
    Ok([variants::respond(backend, &case.frame()), mapped])
}

/// Puts a case to a backend from a memory map, in bursts of every size.
fn from_maps(backend: Backend, case: &Case) -> Result<String> {
    let mut file = NamedTempFile::new()?;
    file.write_all(&case.input)?;
    let mut groups = Groups::default();
    for burst_bytes in BURST_BYTES {
        let variant = Variant { source: Origin::Map, burst_bytes };
        groups.add(variant, from_map(backend, &case.request, burst_bytes, file.path())?);
    }
    Ok(groups.to_json(backend))
}

fn from_map(
    backend: Backend,
    request: &case::Request,
    burst_bytes: usize,
    path: &Path,
) -> Result<Outcome> {
    let dialect = match request.dialect() {
        Ok(dialect) => dialect,
        Err(error) => return Ok(Outcome::refused(&error)),
    };
    let mut scanner = variants::scanner(backend, dialect, burst_bytes);
    let outcome = Outcome::of_scan(scanner.scan_source(MapSource::open(path)?));
    Ok(outcome.with_counts(scanner.count(MapSource::open(path)?.as_bytes())))
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}
