//! Handicaps: engines that are slow on purpose, each for one reason, which an explanation of
//! slowness from counts has to find.
//!
//! They are this project's scanner over a source that does one thing too many with each burst. Run
//! them with `--engines 'limit|delimark|handicap/'`: an expression without `handicap/` leaves them
//! out.

use std::hint::black_box;

use anyhow::Result;
use delimark::{
    Backend, BackendError, Burst, BurstLimits, Dialect, Scanner, SliceSource, Source, SourceError,
};
use delimark_runner::model::{Access, Answer, Model};
use delimark_runner::pass;

use super::{BurstTimer, Engine, Unsupported};
use crate::huge_pages::HugePages;
use crate::workload::Input;

/// Returns every handicap, over one backend.
///
/// # Errors
///
/// The backend cannot run here.
pub(super) fn all(
    dialect: Dialect,
    backend: Backend,
) -> Result<Vec<Box<dyn Engine>>, BackendError> {
    let scanner = || Scanner::with_backend(dialect, backend);
    Ok(vec![
        Box::new(ExtraBranch { scanner: scanner()? }),
        Box::new(ExtraCopy { scanner: scanner()?, copy: None }),
    ])
}

/// Has a branch in each block that nothing foretells.
struct ExtraBranch {
    scanner: Scanner,
}

impl Engine for ExtraBranch {
    fn name(&self) -> String {
        "handicap/extra-branch".to_owned()
    }

    fn executes(&self) -> Option<String> {
        Some(self.scanner.backend().to_string())
    }

    fn supports(&self, model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        supports(model)
    }

    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        let source = Branching { source: SliceSource::new(input.bytes), taken: 0 };
        run(&mut self.scanner, source, model, input, timer)
    }
}

/// Copies each burst to memory that is not in the cache, and scans the copy.
struct ExtraCopy {
    scanner: Scanner,
    /// As long as the input it was made for; made by the first pass.
    copy: Option<HugePages>,
}

impl Engine for ExtraCopy {
    fn name(&self) -> String {
        "handicap/extra-copy".to_owned()
    }

    fn executes(&self) -> Option<String> {
        Some(self.scanner.backend().to_string())
    }

    fn supports(&self, model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        supports(model)
    }

    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        let mut copy = match self.copy.take() {
            Some(copy) if copy.len() >= input.bytes.len() => copy,
            _ => HugePages::touched(input.bytes.len())?,
        };
        let source = Copying { source: SliceSource::new(input.bytes), copy: &mut copy };
        let answer = run(&mut self.scanner, source, model, input, timer);
        self.copy = Some(copy);
        answer
    }
}

fn supports(model: Model) -> Result<(), Unsupported> {
    match (model, model.access()) {
        (Model::Count, _) => {
            Err(Unsupported::model("it does too much with bursts, and counting makes none"))
        }
        (_, Access::Memory) => Ok(()),
        (_, Access::Map | Access::Reads) => Err(Unsupported::model("it goes over bytes in memory")),
        (_, Access::Command) => Err(Unsupported::NO_COMMAND),
    }
}

fn run<S: Source>(
    scanner: &mut Scanner,
    source: S,
    model: Model,
    input: &Input<'_>,
    timer: &mut BurstTimer,
) -> Result<Answer> {
    let mut batches = scanner.scan_source(source);
    let burst = |records| timer.burst(records);
    Ok(pass::from_source(model, &mut batches, input.projection, burst)?)
}

/// A source that branches on the bytes of each block before it lends them.
struct Branching<S> {
    source: S,
    taken: u64,
}

impl<S: Source> Source for Branching<S> {
    fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
        let burst = self.source.next_burst(limits)?;
        if let Some(burst) = &burst {
            self.taken = branch(burst.bytes, self.taken);
        }
        Ok(burst)
    }
}

/// Takes a branch in about every second block, without a pattern.
fn branch(bytes: &[u8], mut taken: u64) -> u64 {
    /// 2^64 over the golden ratio: the top bit of a product with it depends on all bits.
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    for block in bytes.as_chunks::<64>().0 {
        let word =
            block.as_chunks().0.iter().fold(0, |word, &bytes| word ^ u64::from_le_bytes(bytes));
        if word.wrapping_mul(MIX) >> 63 == 1 {
            // The compiler cannot make a conditional move of what it cannot see through.
            taken = black_box(taken + 1);
        }
    }
    taken
}

/// A source that lends copies.
struct Copying<'a, S> {
    source: S,
    copy: &'a mut HugePages,
}

impl<S: Source> Source for Copying<'_, S> {
    fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
        let Some(Burst { bytes, offset }) = self.source.next_burst(limits)? else {
            return Ok(None);
        };
        let start = offset as usize;
        let copy = &mut self.copy[start..start + bytes.len()];
        copy.copy_from_slice(bytes);
        Ok(Some(Burst { bytes: copy, offset }))
    }
}

#[cfg(test)]
mod tests {
    use delimark_datasets::Random;

    use super::branch;

    #[test]
    fn the_branch_is_taken_by_half_of_the_blocks() {
        let mut random = Random::new(1);
        let bytes: Vec<u8> = (0..64_000).map(|_| random.below(26) as u8 + b'a').collect();
        let taken = branch(&bytes, 0);
        assert!((450..=550).contains(&taken), "{taken} of 1000");
    }
}
