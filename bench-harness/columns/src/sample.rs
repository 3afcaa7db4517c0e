//! Samples: CPU time of this thread, in rounds that interleave the cells.

use std::collections::HashMap;

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use crate::cells::Cell;

/// A cell with its samples.
pub(crate) struct Measured {
    pub(crate) name: String,
    /// Nanoseconds of CPU time, a round each.
    samples: Vec<f64>,
}

/// Runs every cell once a round, each round beginning with another one.
pub(crate) fn measure(cells: &[Cell<'_>], rounds: usize) -> Vec<Measured> {
    let mut measured: Vec<Measured> = cells
        .iter()
        .map(|cell| Measured { name: cell.name.clone(), samples: Vec::new() })
        .collect();
    for round in 0..rounds {
        for turn in 0..cells.len() {
            let index = (turn + round) % cells.len();
            let start = cpu_nanoseconds();
            std::hint::black_box((cells[index].run)(false));
            measured[index].samples.push(cpu_nanoseconds() - start);
        }
    }
    measured
}

fn cpu_nanoseconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

impl Measured {
    pub(crate) fn median(&self) -> f64 {
        quartiles(self.samples.clone())[1]
    }

    /// Returns how many times as fast as the base it is: quartiles of the rounds' ratios.
    pub(crate) fn ratios(&self, base: &Self) -> [f64; 3] {
        let ratios = base.samples.iter().zip(&self.samples).map(|(base, own)| base / own);
        quartiles(ratios.collect())
    }
}

fn quartiles(mut samples: Vec<f64>) -> [f64; 3] {
    samples.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| samples[(samples.len() - 1) * quarter / 4])
}

pub(crate) fn json(measured: &[Measured], misses: &[(String, f64)], lines: u64) -> Value {
    let cells = measured.iter().map(|cell| {
        json!({ "cell": cell.name, "samples_cpu_ns": cell.samples, "median_cpu_ns": cell.median() })
    });
    json!({
        "schema": "delimark-columns/1",
        "dataset": "nginx12",
        "lines": lines,
        "cells": cells.collect::<Vec<_>>(),
        "last_level_misses_a_record": misses.iter().cloned().collect::<HashMap<_, _>>(),
        "last_level_misses_source": "cachegrind, which hides AVX-512",
    })
}
