//! The limit that no parser can beat: read every byte, do next to nothing with it.
//!
//! What is fastest differs between machines, so a handful of loops race before the measurement
//! and the winner stands for the limit: vectors of the widest kind or narrower, with and without
//! software prefetch. Without the race the limit could be beaten, and ratios to it would flatter.

#![expect(unsafe_code, reason = "loops compiled for CPU features, and prefetches")]

use std::fs::File;
use std::io::{self, Read as _};
use std::time::Instant;

use anyhow::Result;

use super::{Engine, Input, Laps};
use crate::model::{Answer, Model};

const BLOCK_BYTES: usize = 64;

/// How much is read from a file at once: fits the second-level cache.
const BUFFER_BYTES: usize = 256 << 10;

/// How far ahead a loop with prefetch asks, as far as the scan does.
const PREFETCH_DISTANCE_BYTES: usize = 4096;

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

const PORTABLE: Loop = Loop { name: "portable", fold: |bytes| fold::<2, false>(bytes) };

#[cfg(not(target_arch = "x86_64"))]
fn loops() -> Vec<Loop> {
    vec![PORTABLE]
}

/// Those that this CPU can run.
#[cfg(target_arch = "x86_64")]
fn loops() -> Vec<Loop> {
    #[target_feature(enable = "avx2")]
    fn avx2<const PREFETCH: bool>(bytes: &[u8]) -> u64 {
        fold::<4, PREFETCH>(bytes)
    }
    #[target_feature(enable = "avx512f")]
    fn avx512<const PREFETCH: bool>(bytes: &[u8]) -> u64 {
        fold::<8, PREFETCH>(bytes)
    }

    let mut loops = vec![PORTABLE];
    loops.push(Loop { name: "portable, prefetch", fold: |bytes| fold::<2, true>(bytes) });
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was found.
        loops.push(Loop { name: "avx2", fold: |bytes| unsafe { avx2::<false>(bytes) } });
        // SAFETY: the feature was found.
        loops.push(Loop { name: "avx2, prefetch", fold: |bytes| unsafe { avx2::<true>(bytes) } });
    }
    if std::arch::is_x86_feature_detected!("avx512f") {
        // SAFETY: the feature was found.
        loops.push(Loop { name: "avx512", fold: |bytes| unsafe { avx512::<false>(bytes) } });
        let prefetch = "avx512, prefetch";
        // SAFETY: the feature was found.
        loops.push(Loop { name: prefetch, fold: |bytes| unsafe { avx512::<true>(bytes) } });
    }
    loops
}

/// Folds so many blocks at once, each into words of its own; the compiler makes vectors of them.
#[inline(always)]
fn fold<const BLOCKS: usize, const PREFETCH: bool>(bytes: &[u8]) -> u64 {
    let (blocks, tail) = bytes.as_chunks::<BLOCK_BYTES>();
    let (groups, rest) = blocks.as_chunks::<BLOCKS>();
    let mut words = [[0_u64; BLOCK_BYTES / 8]; BLOCKS];
    for group in groups {
        for (block, words) in group.iter().zip(&mut words) {
            if PREFETCH {
                prefetch(block.as_ptr().wrapping_add(PREFETCH_DISTANCE_BYTES));
            }
            fold_block(block, words);
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
fn fold_block(block: &[u8; BLOCK_BYTES], words: &mut [u64; BLOCK_BYTES / 8]) {
    for (bytes, word) in block.as_chunks().0.iter().zip(words) {
        *word ^= u64::from_le_bytes(*bytes);
    }
}

#[inline(always)]
fn prefetch(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing; any address will do.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
