//! The threads of a conversion.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use delimark::SourceError;
use delimark_extract::{Interrupt, Progress};

use super::collector::CollectedInput;
use super::group::{Group, Piece, Worker};
use super::plan::batcher;
use super::{ConvertError, Converter};
use crate::chunk::ChunkPool;
use crate::chunk_reader::{Arrival, ChunkReader};
use crate::converted::Converted;
use crate::pressure::{MemoryMeter, PressureEvent, PressureValve};

/// An input to convert.
pub struct ConvertInput<'i> {
    /// The name, for dead letters.
    pub name: &'i str,
    /// Its chunks.
    pub chunks: ChunkReader,
    /// The lines before the first chunk, such as a header.
    pub lines_before: u64,
    /// Calls off the thread that waits for it.
    pub interrupt: Interrupt,
    /// Told of bytes that were read.
    pub progress: &'i Progress,
}

/// Makes chunks fewer where memory is tight.
struct Pressure<'p> {
    pool: ChunkPool,
    meter: &'p mut dyn MemoryMeter,
    valve: &'p mut PressureValve,
    tell: &'p mut dyn FnMut(PressureEvent),
}

impl Pressure<'_> {
    fn look(&mut self) {
        let Self { pool, meter, valve, tell } = self;
        let before = valve.pool_bytes();
        let event = valve.look(Instant::now(), &mut **meter, RECORD_BYTES);
        if valve.pool_bytes() != before {
            pool.set_limit_bytes(usize::try_from(valve.pool_bytes()).unwrap_or(usize::MAX));
        }
        if let Some(event) = event {
            tell(event);
        }
    }
}

/// The bytes of a record, as most logs have them.
const RECORD_BYTES: u64 = 256;

/// Hands out the pieces of an input, group by group.
struct Pieces<'i> {
    input: ConvertInput<'i>,
    pressure: Pressure<'i>,
    /// A piece that was read to see what the input is like.
    first: Option<Piece>,
    group_bytes: usize,
    line_limit_bytes: usize,
    skips_long_lines: bool,
    /// The time that a group waits for more lines after its first ones.
    patience: Option<Duration>,
    /// The group whose pieces are handed out.
    group: GroupExtent,
    has_ended: bool,
}

/// The extent of a group so far.
#[derive(Clone, Copy, Debug, Default)]
struct GroupExtent {
    pieces: u64,
    bytes: usize,
    /// The time at which it ends, whatever has come by then.
    ends_at: Option<Instant>,
}

impl Pieces<'_> {
    /// Returns the next piece of the group; `None` at its end. The pieces after that are those of
    /// the next group.
    fn next_of_group(&mut self) -> Option<Piece> {
        let GroupExtent { bytes, ends_at, .. } = self.group;
        if bytes >= self.group_bytes || ends_at.is_some_and(|end| end <= Instant::now()) {
            return None;
        }
        let piece = self.next(ends_at)?;
        if let Piece::Chunk(chunk) = &piece {
            self.group.bytes += chunk.as_ref().len();
        }
        if self.group.pieces == 0 {
            self.group.ends_at = self.patience.map(|patience| Instant::now() + patience);
        }
        self.group.pieces += 1;
        Some(piece)
    }

    /// Returns the extent of the group that has ended, and begins the next one.
    fn end_group(&mut self) -> GroupExtent {
        std::mem::take(&mut self.group)
    }

    /// Reads a piece; `None` at the end of the input, and where there is none in time.
    fn next(&mut self, ends_at: Option<Instant>) -> Option<Piece> {
        if let Some(first) = self.first.take() {
            self.has_ended = matches!(first, Piece::Failure(_));
            return Some(first);
        }
        if self.has_ended {
            return None;
        }
        self.pressure.look();
        let piece = match self.input.chunks.next_chunk_by(ends_at) {
            Ok(Arrival::Chunk(chunk)) => {
                self.input.progress.add(chunk.as_ref().len());
                Piece::Chunk(chunk)
            }
            Ok(Arrival::Late) => return None,
            Ok(Arrival::End) => {
                self.has_ended = true;
                return None;
            }
            Err(SourceError::LineTooLong { offset }) if self.skips_long_lines => {
                match self.input.chunks.skip_line() {
                    Ok(bytes) => {
                        let limit = self.line_limit_bytes;
                        Piece::LongLine { offset, bytes, limit }
                    }
                    Err(error) => Piece::Failure(error),
                }
            }
            Err(error) => Piece::Failure(error),
        };
        self.has_ended = matches!(piece, Piece::Failure(_));
        Some(piece)
    }
}

impl Converter<'_> {
    /// Converts an input.
    ///
    /// # Errors
    ///
    /// It cannot be read, does not fit, or the output cannot be written.
    #[expect(clippy::missing_panics_doc, reason = "there is a collector once it was begun")]
    pub fn add(&mut self, mut input: ConvertInput<'_>) -> Result<(), ConvertError> {
        let first = self.look_at_first(&mut input)?;
        let Self { collector, workers, options, counts, dead_letters, .. } = self;
        let pressure = Pressure {
            pool: self.pool.clone(),
            meter: &mut *self.meter,
            valve: &mut self.valve,
            tell: &mut *self.on_pressure,
        };
        let pieces = Pieces {
            input,
            pressure,
            first,
            group_bytes: options.group_bytes,
            line_limit_bytes: options.line_limit_bytes,
            skips_long_lines: options.skips_long_lines,
            patience: options.latency.map(|latency| latency / 2),
            group: GroupExtent::default(),
            has_ended: false,
        };
        let mut collected = CollectedInput {
            collector: collector.as_mut().expect("it was begun"),
            options,
            counts,
            dead_letters: &mut **dead_letters,
            name: pieces.input.name,
            lines_before: pieces.input.lines_before,
        };
        let sizes = match &mut workers[..] {
            [worker] => run_alone(worker, pieces, &mut collected),
            workers => run_workers(workers, pieces, &mut collected),
        }?;
        collected.judge(true)?;
        for (size, count) in sizes {
            match self.counts.chunk_sizes.iter_mut().find(|(other, _)| *other == size) {
                Some((_, sum)) => *sum += count,
                None => self.counts.chunk_sizes.push((size, count)),
            }
        }
        self.counts.chunk_sizes.sort_unstable();
        Ok(())
    }

    /// Reads the first piece, which tells how columns are best encoded.
    fn look_at_first(
        &mut self,
        input: &mut ConvertInput<'_>,
    ) -> Result<Option<Piece>, ConvertError> {
        if self.output.is_none() {
            return Ok(None);
        }
        let first = match input.chunks.next_chunk() {
            Ok(Some(chunk)) => {
                input.progress.add(chunk.as_ref().len());
                Some(Piece::Chunk(chunk))
            }
            // A line over the limit is met again.
            Ok(None) | Err(SourceError::LineTooLong { .. }) => None,
            Err(error) => Some(Piece::Failure(error)),
        };
        let sample = match &first {
            Some(Piece::Chunk(chunk)) => {
                batcher(&self.format, self.schema.clone(), &self.options)?.convert(chunk)
            }
            _ => Converted::default(),
        };
        self.begin(sample.batches.get(..1).unwrap_or_default())?;
        Ok(first)
    }
}

type Sizes = Vec<(usize, u64)>;

fn run_alone(
    worker: &mut Worker,
    mut pieces: Pieces<'_>,
    collected: &mut CollectedInput<'_>,
) -> Result<Sizes, ConvertError> {
    loop {
        let group = worker.run(std::iter::from_fn(|| pieces.next_of_group()))?;
        if pieces.end_group().pieces == 0 {
            return Ok(pieces.input.chunks.sizes_asked().collect());
        }
        collected.take(group, worker)?;
    }
}

/// A group that a worker is to take: its number, and its pieces as they are read.
type Task = (u64, Receiver<Piece>);

fn run_workers(
    workers: &mut [Worker],
    mut pieces: Pieces<'_>,
    collected: &mut CollectedInput<'_>,
) -> Result<Sizes, ConvertError> {
    let turns = Turns::new(collected);
    let interrupt = pieces.input.interrupt.clone();
    interrupt.watch();
    let (tasks, queue) = mpsc::channel::<Task>();
    let queue = Mutex::new(queue);
    let sizes = thread::scope(|scope| {
        for worker in workers {
            scope.spawn(|| turns.work(worker, &queue, &interrupt));
        }
        read_groups(&mut pieces, &turns, &tasks);
        // Workers end when there are no more tasks.
        drop(tasks);
        pieces.input.chunks.sizes_asked().collect()
    });
    turns.into_result().map(|()| sizes)
}

/// Reads the input, and hands it on.
fn read_groups(pieces: &mut Pieces<'_>, turns: &Turns<'_, '_>, tasks: &Sender<Task>) {
    for number in 0.. {
        let (group, received) = mpsc::channel();
        let mut received = Some(received);
        while let Some(piece) = pieces.next_of_group() {
            if let Some(received) = received.take() {
                // It fails where every worker has ended, as they only do at the end.
                let _ = tasks.send((number, received));
            }
            if group.send(piece).is_err() || turns.have_ended() {
                break;
            }
        }
        if pieces.end_group().pieces == 0 || turns.have_ended() {
            break;
        }
    }
}

/// The collector, and whose turn it is.
struct Turns<'t, 'c> {
    state: Mutex<State<'t, 'c>>,
    turned: Condvar,
    ended: AtomicBool,
}

struct State<'t, 'c> {
    collected: &'t mut CollectedInput<'c>,
    /// The number of the group whose turn it is.
    number: u64,
    error: Option<ConvertError>,
}

impl<'t, 'c> Turns<'t, 'c> {
    fn new(collected: &'t mut CollectedInput<'c>) -> Self {
        let state = State { collected, number: 0, error: None };
        Self { state: Mutex::new(state), turned: Condvar::new(), ended: AtomicBool::new(false) }
    }

    fn lock(&self) -> MutexGuard<'_, State<'t, 'c>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn have_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Takes tasks until there are no more. After an error the rest is passed over, so that the
    /// reader gets its chunks back, and comes to its end.
    fn work(&self, worker: &mut Worker, queue: &Mutex<Receiver<Task>>, interrupt: &Interrupt) {
        let guard = EndOnPanic { turns: self, interrupt };
        loop {
            let task = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((number, pieces)) = task else { break };
            let result = if self.have_ended() { None } else { Some(worker.run(&pieces)) };
            // Whatever else the reader has for this group is passed over.
            for _ in pieces {}
            if let Some(result) = result {
                self.take(number, result, worker, interrupt);
            }
        }
        drop(guard);
    }

    /// Waits for the turn of a group, and has it collected.
    fn take(
        &self,
        number: u64,
        result: Result<Group, ConvertError>,
        worker: &mut Worker,
        interrupt: &Interrupt,
    ) {
        let is_early = |state: &mut State<'_, '_>| state.number != number && !self.have_ended();
        let state = self.turned.wait_while(self.lock(), is_early);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        if self.have_ended() {
            return;
        }
        let collected = result.and_then(|group| state.collected.take(group, worker));
        state.number += 1;
        if let Err(error) = collected {
            state.error = Some(error);
            self.ended.store(true, Ordering::Relaxed);
            interrupt.raise();
        }
        drop(state);
        self.turned.notify_all();
    }

    fn into_result(self) -> Result<(), ConvertError> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        state.error.map_or(Ok(()), Err)
    }
}

/// Lets the other threads end where one panics: its turn never comes.
struct EndOnPanic<'g, 't, 'c> {
    turns: &'g Turns<'t, 'c>,
    interrupt: &'g Interrupt,
}

impl Drop for EndOnPanic<'_, '_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.turns.ended.store(true, Ordering::Relaxed);
            self.interrupt.raise();
            drop(self.turns.lock());
            self.turns.turned.notify_all();
        }
    }
}
