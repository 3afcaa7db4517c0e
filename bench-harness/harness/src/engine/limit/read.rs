//! The limit that no parser can beat: read every byte, do next to nothing with it.
//!
//! What is fastest differs between machines, so a handful of loops race before the measurement
//! and the winner stands for the limit: narrow and wide vectors, over one to eight parts of the
//! input side by side. Without the race the limit could be beaten, and ratios to it would flatter.
//! One stream does not saturate the memory of a Zen 3: 23 GB/s, two 30, four and eight 31. Asking
//! ahead by software made every one of them slower there, and is left to the hardware.

use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read as _};

use anyhow::{Context, Result, bail};
use delimark_results::READ_LIMIT;
use delimark_runner::model::{Access, Answer, Model};

use super::super::{BurstTimer, Engine, Unsupported};
use super::{RACE_BYTES, winner};
use crate::workload::{AnswerKind, Input};

const BLOCK_BYTES: usize = 64;

/// The bytes that are read from a file at once: they fit the second-level cache.
const BUFFER_BYTES: usize = 256 << 10;

/// Streams the bytes and folds them.
pub(in crate::engine) struct ReadLimit {
    fastest: ReadLoop,
    buffer: Vec<u8>,
}

impl ReadLimit {
    /// Lets the loops that this CPU can run race over the input.
    pub(in crate::engine) fn new(bytes: &[u8]) -> Self {
        Self { fastest: ReadLoop::fastest(bytes), buffer: vec![0; BUFFER_BYTES] }
    }

    /// Takes the loop of this name.
    ///
    /// # Errors
    ///
    /// None that can run here has it.
    pub(in crate::engine) fn with_loop(name: &str) -> Result<Self> {
        let fastest = loops().into_iter().find(|candidate| candidate.name == name);
        let fastest = fastest.with_context(|| format!("no read loop '{name}' can run here"))?;
        Ok(Self { fastest, buffer: vec![0; BUFFER_BYTES] })
    }

    fn read_file(&mut self, input: &Input<'_>) -> io::Result<u64> {
        let mut file = File::open(input.path)?;
        let mut fold = 0;
        loop {
            let length = fill(&mut file, &mut self.buffer)?;
            fold ^= self.fastest.fold(&self.buffer[..length]);
            if length < BUFFER_BYTES {
                return Ok(fold);
            }
        }
    }
}

impl Engine for ReadLimit {
    fn name(&self) -> String {
        READ_LIMIT.to_owned()
    }

    fn executes(&self) -> Option<String> {
        Some(self.fastest.name.to_owned())
    }

    fn answers(&self) -> AnswerKind {
        AnswerKind::Words
    }

    fn supports(&self, model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        match model.access() {
            Access::Memory | Access::Map | Access::Reads => Ok(()),
            Access::Command => Err(Unsupported::NO_COMMAND),
        }
    }

    fn run(&mut self, model: Model, input: &Input<'_>, _timer: &mut BurstTimer) -> Result<Answer> {
        Ok(Answer::Words(match model.access() {
            Access::Map => {
                let (map, check) = input.map()?;
                let fold = self.fastest.fold(map.as_bytes());
                check.verify()?;
                fold
            }
            Access::Reads => self.read_file(input)?,
            Access::Memory => self.fastest.fold(input.bytes),
            Access::Command => bail!(Unsupported::NO_COMMAND),
        }))
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..])? {
            0 => break,
            count => length += count,
        }
    }
    Ok(length)
}

/// A way to read every byte.
#[derive(Clone, Copy, Debug)]
pub struct ReadLoop {
    name: &'static str,
    fold: fn(&[u8]) -> u64,
}

impl ReadLoop {
    /// One that every CPU can run, for where speed does not count.
    pub(super) const PORTABLE: Self = Self { name: "portable, 1 stream", fold: fold::<1> };

    /// Lets the loops that this CPU can run race over some bytes.
    #[must_use]
    pub fn fastest(bytes: &[u8]) -> Self {
        let bytes = &bytes[..bytes.len().min(RACE_BYTES)];
        winner(&loops(), |candidate| {
            black_box(candidate.fold(bytes));
        })
    }

    /// Reads; returns the exclusive or of all words, see [`Answer::Words`].
    #[must_use]
    pub fn fold(self, bytes: &[u8]) -> u64 {
        (self.fold)(bytes)
    }
}

/// Returns the loops that every CPU can run.
fn portable_loops() -> Vec<ReadLoop> {
    vec![
        ReadLoop::PORTABLE,
        ReadLoop { name: "portable, 2 streams", fold: fold::<2> },
        ReadLoop { name: "portable, 4 streams", fold: fold::<4> },
        ReadLoop { name: "portable, 8 streams", fold: fold::<8> },
    ]
}

#[cfg(not(target_arch = "x86_64"))]
fn loops() -> Vec<ReadLoop> {
    portable_loops()
}

/// Returns the loops that this CPU can run.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "loops compiled for CPU features")]
fn loops() -> Vec<ReadLoop> {
    #[target_feature(enable = "avx2")]
    fn avx2<const STREAMS: usize>(bytes: &[u8]) -> u64 {
        fold::<STREAMS>(bytes)
    }
    #[target_feature(enable = "avx512f")]
    fn avx512<const STREAMS: usize>(bytes: &[u8]) -> u64 {
        fold::<STREAMS>(bytes)
    }
    let mut loops = portable_loops();
    let mut add = |name, fold| loops.push(ReadLoop { name, fold });
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was found.
        add("avx2, 1 stream", |bytes| unsafe { avx2::<1>(bytes) });
        // SAFETY: the feature was found.
        add("avx2, 2 streams", |bytes| unsafe { avx2::<2>(bytes) });
        // SAFETY: the feature was found.
        add("avx2, 4 streams", |bytes| unsafe { avx2::<4>(bytes) });
        // SAFETY: the feature was found.
        add("avx2, 8 streams", |bytes| unsafe { avx2::<8>(bytes) });
    }
    if std::arch::is_x86_feature_detected!("avx512f") {
        // SAFETY: the feature was found.
        add("avx512, 1 stream", |bytes| unsafe { avx512::<1>(bytes) });
        // SAFETY: the feature was found.
        add("avx512, 2 streams", |bytes| unsafe { avx512::<2>(bytes) });
        // SAFETY: the feature was found.
        add("avx512, 4 streams", |bytes| unsafe { avx512::<4>(bytes) });
        // SAFETY: the feature was found.
        add("avx512, 8 streams", |bytes| unsafe { avx512::<8>(bytes) });
    }
    loops
}

type Block = [u8; BLOCK_BYTES];
type Words = [u64; BLOCK_BYTES / 8];

/// Folds `STREAMS` parts of the input side by side, each into words of its own; the compiler makes
/// vectors of them.
#[inline(always)]
fn fold<const STREAMS: usize>(bytes: &[u8]) -> u64 {
    let (blocks, tail) = bytes.as_chunks::<BLOCK_BYTES>();
    let part_blocks = blocks.len() / STREAMS;
    let (parts, rest) = blocks.split_at(part_blocks * STREAMS);
    let mut words = [[0; BLOCK_BYTES / 8]; STREAMS];
    for index in 0..part_blocks {
        for (stream, words) in words.iter_mut().enumerate() {
            fold_block(&parts[stream * part_blocks + index], words);
        }
    }
    for block in rest {
        fold_block(block, &mut words[0]);
    }
    let mut last = [0; BLOCK_BYTES];
    last[..tail.len()].copy_from_slice(tail);
    fold_block(&last, &mut words[0]);
    words.as_flattened().iter().fold(0, |fold, word| fold ^ word)
}

#[inline(always)]
fn fold_block(block: &Block, words: &mut Words) {
    for (bytes, word) in block.as_chunks().0.iter().zip(words) {
        *word ^= u64::from_le_bytes(*bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::loops;

    #[test]
    fn every_loop_reads_every_byte() {
        let bytes: Vec<u8> = (0..3001_u32).map(|index| (index * index / 8) as u8).collect();
        for length in [0, 1, 63, 64, 65, 511, 512, 513, 3001] {
            let bytes = &bytes[..length];
            let expected = bytes.chunks(8).fold(0, |fold, bytes| {
                let mut word = [0; 8];
                word[..bytes.len()].copy_from_slice(bytes);
                fold ^ u64::from_le_bytes(word)
            });
            for candidate in loops() {
                assert_eq!((candidate.fold)(bytes), expected, "{} of {length}", candidate.name);
            }
        }
    }
}
