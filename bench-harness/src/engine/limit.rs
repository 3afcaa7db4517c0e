//! The limit that no parser can beat: read every byte, do next to nothing with it.
//!
//! What is fastest differs between machines, so a handful of loops race before the measurement
//! and the winner stands for the limit: narrow and wide vectors, over one to eight parts of the
//! input side by side. Without the race the limit could be beaten, and ratios to it would flatter.
//! One stream does not saturate the memory of a Zen 3: 23 GB/s, two 30, four and eight 31. Asking
//! ahead by software made every one of them slower there, and is left to the hardware.

#![expect(unsafe_code, reason = "loops compiled for CPU features")]

use std::fs::File;
use std::io::{self, Read as _};
use std::time::Instant;

use anyhow::Result;

use super::{Engine, Input, Laps};
use crate::model::{Answer, Model};

const BLOCK_BYTES: usize = 64;

/// How much is read from a file at once: fits the second-level cache.
const BUFFER_BYTES: usize = 256 << 10;

/// Passes of the race; the fastest counts.
const RACE_PASSES: usize = 5;

/// The most bytes the race reads a pass.
const RACE_BYTES: usize = 256 << 20;

/// Streams the bytes and folds them.
pub(super) struct Read {
    fastest: Loop,
    buffer: Vec<u8>,
}

impl Read {
    /// Lets the loops that this CPU can run race over the input.
    pub(super) fn fastest(bytes: &[u8]) -> Self {
        let bytes = &bytes[..bytes.len().min(RACE_BYTES)];
        let mut best = (u128::MAX, PORTABLE);
        for _ in 0..RACE_PASSES {
            for candidate in loops() {
                let start = Instant::now();
                std::hint::black_box((candidate.fold)(bytes));
                let elapsed_ns = start.elapsed().as_nanos();
                if elapsed_ns < best.0 {
                    best = (elapsed_ns, candidate);
                }
            }
        }
        Self { fastest: best.1, buffer: vec![0; BUFFER_BYTES] }
    }

    fn read_file(&mut self, input: &Input<'_>) -> io::Result<u64> {
        let mut file = File::open(input.path)?;
        let mut fold = 0;
        loop {
            let length = fill(&mut file, &mut self.buffer)?;
            fold ^= (self.fastest.fold)(&self.buffer[..length]);
            if length < BUFFER_BYTES {
                return Ok(fold);
            }
        }
    }
}

impl Engine for Read {
    fn name(&self) -> String {
        "limit/read".to_owned()
    }

    fn executes(&self) -> Option<String> {
        Some(self.fastest.name.to_owned())
    }

    fn is_limit(&self) -> bool {
        true
    }

    fn refuses(&self, _model: Model, _input: &Input<'_>) -> Option<&'static str> {
        None
    }

    fn run(&mut self, model: Model, input: &Input<'_>, _laps: &mut Laps) -> Result<Answer> {
        Ok(Answer::Words(match model {
            Model::FileMap => {
                let (map, witness) = input.map()?;
                let fold = (self.fastest.fold)(map.as_bytes());
                witness.confirm()?;
                fold
            }
            Model::FileRead => self.read_file(input)?,
            Model::Count | Model::Index | Model::Fields | Model::Project => {
                (self.fastest.fold)(input.bytes)
            }
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

/// A way to read.
#[derive(Clone, Copy)]
struct Loop {
    name: &'static str,
    fold: fn(&[u8]) -> u64,
}

const PORTABLE: Loop = Loop { name: "portable, 1 stream", fold: fold::<1> };

/// Those that every CPU can run.
fn portable_loops() -> Vec<Loop> {
    vec![
        PORTABLE,
        Loop { name: "portable, 2 streams", fold: fold::<2> },
        Loop { name: "portable, 4 streams", fold: fold::<4> },
        Loop { name: "portable, 8 streams", fold: fold::<8> },
    ]
}

#[cfg(not(target_arch = "x86_64"))]
fn loops() -> Vec<Loop> {
    portable_loops()
}

/// Those that this CPU can run.
#[cfg(target_arch = "x86_64")]
fn loops() -> Vec<Loop> {
    #[target_feature(enable = "avx2")]
    fn avx2<const STREAMS: usize>(bytes: &[u8]) -> u64 {
        fold::<STREAMS>(bytes)
    }
    #[target_feature(enable = "avx512f")]
    fn avx512<const STREAMS: usize>(bytes: &[u8]) -> u64 {
        fold::<STREAMS>(bytes)
    }
    let mut loops = portable_loops();
    let mut add = |name, fold| loops.push(Loop { name, fold });
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

/// Folds so many parts of the input side by side, each into words of its own; the compiler makes
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
