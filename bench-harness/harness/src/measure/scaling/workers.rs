//! Threads that share an input: each has a part, a scanner, and a slot that it writes to.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use delimark::{Backend, ScanError, Scanner, cut_at_newlines};
use delimark_results::Steps;
use delimark_runner::model::{Answer, Fold};
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::compute;
use super::slots::Slots;
use crate::engine::ReadLoop;
use crate::environment::affinity;
use crate::workload::{AnswerKind, LinesReference, Workload};

/// The bytes that each thread goes over at least in a sample, so that waking it does not count.
/// Code that is not optimised is run by tests, which want no figures.
const SAMPLE_BYTES_LEAST: usize = if cfg!(debug_assertions) { 1 << 20 } else { 64 << 20 };

/// A task for workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// Scan; each thread counts its records in a slot as it goes.
    Scan {
        /// True if each slot has its cache lines to itself.
        padded: bool,
    },
    /// Read only.
    Read,
    /// Compute only, each thread as much as one alone.
    Compute(Steps),
}

impl Task {
    /// Returns true if each thread writes to cache lines of its own while it is at it; where
    /// nothing is written, it has.
    pub(super) fn is_padded(self) -> bool {
        self != Self::Scan { padded: false }
    }
}

/// A number of threads, ready to start.
pub(super) struct Workers<'a> {
    pool: ThreadPool,
    /// Each is its own thread's alone; the lock only tells the compiler so.
    workers: Vec<Mutex<Worker<'a>>>,
    slots: Slots,
    working_set_bytes: usize,
    passes: usize,
}

/// The outcome of a sample.
pub(super) struct Outcome {
    pub(super) duration: Duration,
    /// The first answer that is not the expected one, after that one.
    pub(super) wrong: Option<(Answer, Answer)>,
}

impl<'a> Workers<'a> {
    /// Starts the threads and gives each its part of a file; none if there are fewer lines than
    /// threads. `known` is what the file should hold.
    ///
    /// # Errors
    ///
    /// The threads cannot be started, or the backend cannot run here.
    pub(super) fn new(
        threads: NonZeroUsize,
        file: &'a [u8],
        known: &[u8],
        workload: &Workload,
        backend: Backend,
    ) -> Result<Option<Self>> {
        let known = cut_at_newlines(known, threads);
        if known.len() < threads.get() {
            return Ok(None);
        }
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .start_handler(hold_to_a_core)
            .build()
            .with_context(|| format!("{threads} threads cannot be started"))?;
        let read = ReadLoop::fastest(known[0]);
        let dialect = workload.input().dialect;
        let mut rest = file;
        let parts: Vec<(&[u8], &[u8])> = known
            .into_iter()
            .map(|known| {
                let (part, after) = rest.split_at(known.len());
                rest = after;
                (part, known)
            })
            .collect();
        let worker = |(part, known)| -> Result<Worker<'a>> {
            let scanner = Scanner::with_backend(dialect, backend)?;
            let reference = workload.expected_of_lines(known);
            Ok(Worker { part, scanner, read, reference })
        };
        let workers: Vec<Worker<'a>> = parts.into_iter().map(worker).collect::<Result<_>>()?;
        let workers = workers.into_iter().map(Mutex::new).collect();
        Ok(Some(Self {
            pool,
            workers,
            slots: Slots::new(threads.get()),
            working_set_bytes: file.len(),
            passes: (threads.get() * SAMPLE_BYTES_LEAST).div_ceil(file.len()),
        }))
    }

    pub(super) fn threads(&self) -> usize {
        self.workers.len()
    }

    pub(super) fn working_set_bytes(&self) -> u64 {
        self.working_set_bytes as u64
    }

    pub(super) fn bytes_per_sample(&self) -> u64 {
        (self.working_set_bytes * self.passes) as u64
    }

    /// Has all threads go over their parts, as often as a sample takes; the answers come in the
    /// order of the parts, and each is compared with the reference's of its part.
    ///
    /// # Errors
    ///
    /// A scan ends early.
    pub(super) fn sample(&mut self, task: Task) -> Result<Outcome> {
        let Self { pool, workers, slots, passes, .. } = self;
        let work = |thread: usize| {
            let mut worker = workers[thread].lock().expect("no pass panics");
            worker.run(task, *passes, slots.get(thread, task.is_padded()))
        };
        let start = Instant::now();
        // Each thread does its own part, and no thread does two; the answers are in their order.
        let answers: Vec<Result<Answer, ScanError>> =
            pool.broadcast(|context| work(context.index()));
        let duration = start.elapsed();
        let mut wrong = None;
        for (worker, answer) in workers.iter_mut().zip(answers) {
            let worker = worker.get_mut().expect("no pass panics");
            let (expected, answer) = (worker.expected(task), answer?);
            wrong = wrong.or((answer != expected).then_some((expected, answer)));
        }
        Ok(Outcome { duration, wrong })
    }
}

/// Holds each thread to a core of its own as far as there are cores; where that cannot be, the
/// system may put two on one, and the samples show it.
fn hold_to_a_core(thread: usize) {
    if let Ok(cores) = affinity::permitted() {
        let _ = affinity::hold_to(cores[thread % cores.len()]);
    }
}

/// The tools of one thread.
struct Worker<'a> {
    part: &'a [u8],
    scanner: Scanner,
    read: ReadLoop,
    reference: LinesReference,
}

impl Worker<'_> {
    fn expected(&self, task: Task) -> Answer {
        match task {
            Task::Scan { .. } => self.reference.answer(AnswerKind::Model),
            Task::Read => self.reference.answer(AnswerKind::Words),
            Task::Compute(steps) => Answer::Words(compute::expected(steps)),
        }
    }

    /// Goes over the part a number of times, until an answer is wrong; returns the last answer.
    /// What goes over nothing is done once.
    fn run(&mut self, task: Task, passes: usize, slot: &AtomicU64) -> Result<Answer, ScanError> {
        let passes = if matches!(task, Task::Compute(_)) { 1 } else { passes };
        let expected = self.expected(task);
        let mut answer = self.pass(task, slot)?;
        for _ in 1..passes {
            if answer != expected {
                break;
            }
            answer = self.pass(task, slot)?;
        }
        Ok(answer)
    }

    fn pass(&mut self, task: Task, slot: &AtomicU64) -> Result<Answer, ScanError> {
        match task {
            Task::Scan { .. } => scan(&mut self.scanner, self.part, slot),
            Task::Read => Ok(Answer::Words(self.read.fold(self.part))),
            Task::Compute(steps) => Ok(Answer::Words(compute::compute(steps))),
        }
    }
}

/// Hands every field over, and counts the records where other threads could see how far this one
/// is. It writes for every record, which is what makes slots on one cache line dear.
fn scan(scanner: &mut Scanner, part: &[u8], slot: &AtomicU64) -> Result<Answer, ScanError> {
    let mut fold = Fold::default();
    let mut batches = scanner.scan(part);
    while let Some(batch) = batches.next()? {
        for record in batch.records() {
            fold.record(record.fields());
            slot.store(fold.records(), Ordering::Relaxed);
        }
    }
    Ok(fold.answer())
}
