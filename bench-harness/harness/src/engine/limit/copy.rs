//! The limit of what writes as much as it reads: the input copied to memory that is there already.
//!
//! As with reading, a few loops race before the measurement: the copy of the C library, and stores
//! that go past the caches, over one to four parts of the input side by side. The pass is the same
//! for every model from memory, so that each has it within its own rounds.

use std::time::Instant;

use anyhow::Result;
use delimark_runner::model::{Access, Answer, Model};

use super::super::{BurstTimer, Engine, Unsupported};
use super::{RACE_BYTES, ReadLoop, winner};
use crate::huge_pages::HugePages;
use crate::workload::{AnswerKind, Input};

/// The most that is copied: beyond every cache, and a second copy of more may not fit the memory.
const COPY_BYTES_MOST: usize = 512 << 20;

/// Copies the bytes; the copy is read after the clock has stopped.
#[derive(Default)]
pub(in crate::engine) struct CopyLimit {
    /// Made by the first pass: who does not run this needs no memory for it.
    prepared: Option<Prepared>,
}

impl Engine for CopyLimit {
    fn name(&self) -> String {
        "limit/copy".to_owned()
    }

    fn executes(&self) -> Option<String> {
        self.prepared.as_ref().map(|prepared| prepared.fastest.name.to_owned())
    }

    fn answers(&self) -> AnswerKind {
        AnswerKind::Words
    }

    fn uncountable(&self) -> Option<&'static str> {
        Some("each pass is followed by a check of the copy, which would be counted, too")
    }

    fn supports(&self, model: Model, input: &Input<'_>) -> Result<(), Unsupported> {
        match model.access() {
            Access::Memory if input.bytes.len() > COPY_BYTES_MOST => Err(Unsupported::input(
                "it holds its copy in memory, and takes no more than 512 MiB for that",
            )),
            Access::Memory => Ok(()),
            Access::Map | Access::Reads => Err(Unsupported::model("it copies memory, not files")),
            Access::Command => Err(Unsupported::NO_COMMAND),
        }
    }

    fn run(&mut self, _model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        let mut prepared = match self.prepared.take() {
            Some(prepared) if prepared.destination.len() >= input.bytes.len() => prepared,
            _ => Prepared::for_input(input.bytes)?,
        };
        let answer = prepared.copy(input.bytes, timer);
        self.prepared = Some(prepared);
        Ok(answer)
    }
}

/// The things that have to be there before the clock starts.
struct Prepared {
    fastest: CopyLoop,
    destination: HugePages,
}

impl Prepared {
    fn for_input(bytes: &[u8]) -> Result<Self> {
        let mut destination = HugePages::touched(bytes.len())?;
        let length = bytes.len().min(RACE_BYTES);
        let (from, to) = (&bytes[..length], &mut destination[..length]);
        let fastest = winner(&loops(), |candidate| (candidate.copy)(from, to));
        Ok(Self { fastest, destination })
    }

    fn copy(&mut self, bytes: &[u8], timer: &mut BurstTimer) -> Answer {
        let destination = &mut self.destination[..bytes.len()];
        // What the pass before has left would hide a copy that fails.
        destination.fill(0xff);
        let start = Instant::now();
        (self.fastest.copy)(bytes, destination);
        timer.set_pass(start.elapsed());
        Answer::Words(ReadLoop::PORTABLE.fold(destination))
    }
}

/// A way to copy to as many bytes, whose first is aligned to a block.
#[derive(Clone, Copy)]
struct CopyLoop {
    name: &'static str,
    copy: fn(&[u8], &mut [u8]),
}

const C_LIBRARY: CopyLoop = CopyLoop { name: "memcpy", copy: |from, to| to.copy_from_slice(from) };

#[cfg(not(target_arch = "x86_64"))]
fn loops() -> Vec<CopyLoop> {
    vec![C_LIBRARY]
}

/// Returns the loops that this CPU can run.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "loops compiled for CPU features")]
fn loops() -> Vec<CopyLoop> {
    use self::past_the_caches::copy;

    let mut loops = vec![C_LIBRARY];
    let mut add = |name, copy| loops.push(CopyLoop { name, copy });
    if std::arch::is_x86_feature_detected!("avx") {
        // SAFETY: the feature was found.
        add("streaming stores, 1 stream", |from, to| unsafe { copy::<1>(from, to) });
        // SAFETY: the feature was found.
        add("streaming stores, 2 streams", |from, to| unsafe { copy::<2>(from, to) });
        // SAFETY: the feature was found.
        add("streaming stores, 4 streams", |from, to| unsafe { copy::<4>(from, to) });
    }
    loops
}

/// Stores that do not read what they overwrite.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "the stores take addresses")]
mod past_the_caches {
    use std::arch::asm;
    use std::arch::x86_64::{_mm256_loadu_si256, _mm256_stream_si256};

    /// A cache line.
    const BLOCK_BYTES: usize = 64;
    const VECTOR_BYTES: usize = 32;

    type Block = [u8; BLOCK_BYTES];

    /// Copies `STREAMS` parts side by side.
    ///
    /// # Panics
    ///
    /// If there is not as much room, or it is not aligned to a block.
    #[target_feature(enable = "avx")]
    pub(super) fn copy<const STREAMS: usize>(from: &[u8], to: &mut [u8]) {
        assert_eq!(from.len(), to.len(), "a copy is as long as what is copied");
        assert_eq!(to.as_ptr().addr() % BLOCK_BYTES, 0, "streaming stores are aligned");
        let (from_blocks, from_tail) = from.as_chunks();
        let (to_blocks, to_tail) = to.as_chunks_mut();
        let part_blocks = from_blocks.len() / STREAMS;
        for index in 0..part_blocks {
            for stream in 0..STREAMS {
                let place = stream * part_blocks + index;
                // SAFETY: the first block is aligned, so all are.
                unsafe { copy_block(&from_blocks[place], &mut to_blocks[place]) };
            }
        }
        for place in STREAMS * part_blocks..from_blocks.len() {
            // SAFETY: as above.
            unsafe { copy_block(&from_blocks[place], &mut to_blocks[place]) };
        }
        to_tail.copy_from_slice(from_tail);
        // The clock stops when the stores are on their way. The intrinsic is safe or unsafe, as the
        // compiler is new or old.
        // SAFETY: the instruction waits, and does nothing else.
        unsafe { asm!("sfence", options(nostack, preserves_flags)) };
    }

    /// Copies a block.
    ///
    /// # Safety
    ///
    /// `to` is aligned to its size.
    #[inline]
    #[target_feature(enable = "avx")]
    unsafe fn copy_block(from: &Block, to: &mut Block) {
        let from = from.as_chunks::<VECTOR_BYTES>().0;
        let to = to.as_chunks_mut::<VECTOR_BYTES>().0;
        for (from, to) in from.iter().zip(to) {
            // SAFETY: the reference is to as many bytes.
            let vector = unsafe { _mm256_loadu_si256(from.as_ptr().cast()) };
            // SAFETY: the reference is to as many bytes, and the caller has aligned them.
            unsafe { _mm256_stream_si256(to.as_mut_ptr().cast(), vector) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_loop_copies_every_byte_and_no_other() {
        let bytes: Vec<u8> = (0..3001_u32).map(|index| (index * index / 8) as u8).collect();
        let mut destination = HugePages::touched(4096).expect("a page");
        for length in [0, 1, 63, 64, 65, 255, 256, 257, 3001] {
            for candidate in loops() {
                destination.fill(0xff);
                (candidate.copy)(&bytes[..length], &mut destination[..length]);
                assert_eq!(destination[..length], bytes[..length], "{}", candidate.name);
                assert!(destination[length..].iter().all(|&byte| byte == 0xff));
            }
        }
    }

    #[test]
    fn a_copy_that_fails_is_not_taken_for_the_one_before() {
        let bytes = b"some bytes";
        let mut prepared = Prepared::for_input(bytes).expect("memory");
        let right = prepared.copy(bytes, &mut BurstTimer::off());
        assert_eq!(right, Answer::Words(ReadLoop::PORTABLE.fold(bytes)));
        prepared.fastest = CopyLoop { name: "idle", copy: |_from, _to| {} };
        assert_ne!(prepared.copy(bytes, &mut BurstTimer::off()), right);
    }
}
