//! The intake: one thread that reads all sources in turns, takes lines through their stages, and
//! appends them to the queue of every sink. Since it does one thing after the other, a new
//! configuration comes between two reads, and a checkpoint never says more than queues have.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use encoding_rs::Encoding;

use crate::checkpoint::Checkpoint;
use crate::dead_letters::DeadLetterFile;
use crate::entry::Entry;
use crate::event::{Event, Events};
use crate::metrics::{Count, Metrics};
use crate::queue::{QueueError, QueueWriter, is_full};
use crate::sources::{Read, Source};
use crate::stages::{Dead, Pipeline};

/// The time between two looks at sources that have nothing new.
const IDLE: Duration = Duration::from_millis(20);

/// The entries that are appended at once: of lines of a byte there are many in a read, and all of
/// them would not fit a small queue.
const APPENDED_ENTRIES: usize = 8_192;

/// The time between two tries to append to a queue that is full.
const FULL: Duration = Duration::from_millis(50);

/// The time after which it is told once more that a queue is full.
const FULL_INTERVAL: Duration = Duration::from_secs(60);

/// The time between two looks at how far files are behind.
const LAG_INTERVAL: Duration = Duration::from_secs(1);

/// A source with its stages.
#[derive(Debug)]
pub(crate) struct Inlet {
    pub(crate) name: String,
    /// The encoding of its lines; none for UTF-8.
    pub(crate) encoding: Option<&'static Encoding>,
    pub(crate) source: Source,
    pub(crate) pipeline: Pipeline,
}

/// The queue of a sink.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) sink: String,
    pub(crate) writer: QueueWriter,
}

/// A thing that the intake is told to do.
#[derive(Debug)]
pub(crate) enum Command {
    /// Hand over everything, between two reads, and wait for [`Command::Go`].
    Pause(tokio::sync::oneshot::Sender<Parts>),
    /// Go on with these.
    Go(Parts),
    /// Write a last checkpoint, and end.
    Stop,
}

/// All that a new configuration can change.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) inlets: Vec<Inlet>,
    pub(crate) outputs: Vec<Output>,
    /// What no stage takes any more.
    pub(crate) dead: Vec<Dead>,
}

/// What stays the same as long as the agent runs.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) folder: PathBuf,
    pub(crate) checkpoint_interval: Duration,
    pub(crate) dead_letters: DeadLetterFile,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) events: Arc<dyn Events>,
}

/// Reads sources and fills queues.
pub(crate) struct Intake {
    parts: Parts,
    surroundings: Surroundings,
    checkpoint: Checkpoint,
    commands: Receiver<Command>,
    waiting: Option<Waiting>,
    is_dirty: bool,
    last_checkpoint: Option<Instant>,
    last_lags: Option<Instant>,
    last_full: Option<Instant>,
}

/// What came of a read and is not kept everywhere yet, for want of room.
#[derive(Debug, Default)]
struct Waiting {
    /// Dead letters that the disk had no room for.
    dead: Vec<Dead>,
    entries: Vec<Entry>,
    /// The sinks whose queues lack some, with the number that they have.
    sinks: Vec<(String, usize)>,
}

/// The reason why the intake has ended.
#[derive(Debug)]
pub(crate) enum End {
    /// It was told to.
    Stopped,
    /// No source has anything more.
    Finished,
    /// It cannot go on without losing lines.
    Failed(io::Error),
}

impl Intake {
    pub(crate) fn new(
        parts: Parts,
        surroundings: Surroundings,
        checkpoint: Checkpoint,
        commands: Receiver<Command>,
    ) -> Self {
        Self {
            parts,
            surroundings,
            checkpoint,
            commands,
            waiting: None,
            is_dirty: false,
            last_checkpoint: None,
            last_lags: None,
            last_full: None,
        }
    }

    /// Reads until there is an end.
    pub(crate) fn run(mut self) -> End {
        match self.read_on() {
            Ok(end) => match self.write_checkpoint() {
                Ok(()) => end,
                Err(error) => End::Failed(error),
            },
            Err(error) => End::Failed(error),
        }
    }

    fn read_on(&mut self) -> io::Result<End> {
        let mut pause = Duration::ZERO;
        let dead = std::mem::take(&mut self.parts.dead);
        // The checkpoint still has them as held.
        self.keep_or_wait(dead)?;
        loop {
            match self.commands.recv_timeout(pause) {
                Ok(Command::Pause(sender)) => self.pause(sender)?,
                // Only who paused goes on.
                Ok(Command::Go(_)) => unreachable!("there was no pause"),
                Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => {
                    self.finish()?;
                    return Ok(End::Stopped);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            for index in 0..self.parts.inlets.len() {
                if self.parts.inlets[index].source.has_ended() {
                    self.give_up_held(index)?;
                }
            }
            self.parts.inlets.retain(|inlet| !inlet.source.has_ended());
            pause = if self.waiting.is_some() {
                self.append_waiting()?;
                if self.waiting.is_some() { FULL } else { Duration::ZERO }
            } else if self.read_all()? {
                Duration::ZERO
            } else if self.parts.inlets.is_empty() {
                return Ok(End::Finished);
            } else {
                IDLE
            };
            self.tell_lags();
            // Sooner where there is time for it: the later, the more is read again after a crash.
            let interval = self.surroundings.checkpoint_interval;
            let interval = if pause.is_zero() { interval } else { interval / 4 };
            if self.last_checkpoint.is_none_or(|last| last.elapsed() >= interval) {
                self.write_checkpoint()?;
            }
        }
    }

    /// Takes in what can be read only once, as far as queues have room.
    fn finish(&mut self) -> io::Result<()> {
        self.append_waiting()?;
        for index in 0..self.parts.inlets.len() {
            if self.parts.inlets[index].source.is_file() {
                continue;
            }
            while self.waiting.is_none() {
                let source = &mut self.parts.inlets[index].source;
                let Some(read) = source.next(&*self.surroundings.events) else { break };
                self.carry(index, read)?;
            }
            self.give_up_held(index)?;
        }
        let Some(Waiting { dead, entries, sinks }) = &self.waiting else { return Ok(()) };
        if !dead.is_empty() {
            let letters = dead.len();
            self.surroundings.events.take(&Event::LettersNotKept { letters });
        }
        if !sinks.is_empty() {
            let names: Vec<&str> = sinks.iter().map(|(sink, _)| sink.as_str()).collect();
            let (entries, sinks) = (entries.len(), names.join(", "));
            self.surroundings.events.take(&Event::NotQueued { entries, sinks });
        }
        Ok(())
    }

    /// Reads each source once, and tells whether one had lines.
    fn read_all(&mut self) -> io::Result<bool> {
        let mut has_read = false;
        for index in 0..self.parts.inlets.len() {
            let inlet = &mut self.parts.inlets[index];
            let Some(read) = inlet.source.next(&*self.surroundings.events) else { continue };
            has_read = true;
            self.carry(index, read)?;
            if self.waiting.is_some() {
                break;
            }
        }
        Ok(has_read)
    }

    /// Takes lines through the stages of their source and to all queues.
    fn carry(&mut self, index: usize, read: Read) -> io::Result<()> {
        self.is_dirty = true;
        let mut entries = Vec::new();
        let Inlet { name, encoding, pipeline, .. } = &mut self.parts.inlets[index];
        let metrics = &self.surroundings.metrics;
        let mut dead = read.dead;
        metrics.count(name, Count::Lines, dead.len() as u64);
        for mut lines in read.lines {
            metrics.count(name, Count::Lines, lines.len() as u64);
            metrics.count(name, Count::Bytes, lines.read_bytes);
            if let Some(encoding) = encoding {
                lines.decode(encoding);
            }
            let outcome = pipeline.run(&lines);
            metrics.count(name, Count::Unmatched, outcome.unmatched);
            metrics.count(name, Count::Dropped, outcome.dropped);
            metrics.count(name, Count::BadTimes, outcome.bad_times);
            dead.extend(outcome.dead);
            if entries.is_empty() {
                entries = outcome.entries;
            } else {
                entries.extend(outcome.entries);
            }
        }
        metrics.count(name, Count::DeadLetters, dead.len() as u64);
        let mut sinks = Vec::new();
        if !entries.is_empty() {
            sinks.extend(self.parts.outputs.iter().map(|output| (output.sink.clone(), 0)));
        }
        self.waiting = Some(Waiting { dead, entries, sinks });
        self.append_waiting()
    }

    /// Keeps the beginnings of lines as dead letters, whose ends cannot come any more.
    fn give_up_held(&mut self, index: usize) -> io::Result<()> {
        let Inlet { name, pipeline, .. } = &mut self.parts.inlets[index];
        let dead = pipeline.give_up_held();
        self.surroundings.metrics.count(name, Count::DeadLetters, dead.len() as u64);
        self.keep_or_wait(dead)
    }

    /// Keeps dead letters; those that the disk has no room for wait until it has.
    fn keep_or_wait(&mut self, dead: Vec<Dead>) -> io::Result<()> {
        self.is_dirty |= !dead.is_empty();
        let left = self.keep_dead(dead)?;
        if !left.is_empty() {
            self.waiting.get_or_insert_default().dead.extend(left);
        }
        Ok(())
    }

    /// Keeps dead letters, and returns those that the disk has no room for.
    fn keep_dead(&mut self, mut dead: Vec<Dead>) -> io::Result<Vec<Dead>> {
        for index in 0..dead.len() {
            match self.surroundings.dead_letters.keep(&dead[index]) {
                Ok(()) => {}
                Err(error) if is_full(&error) => {
                    self.tell_full_letters(&error);
                    return Ok(dead.split_off(index));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Vec::new())
    }

    /// Tells that the disk has no room for dead letters, now and then.
    fn tell_full_letters(&mut self, error: &io::Error) {
        if self.last_full.is_none_or(|last| last.elapsed() >= FULL_INTERVAL) {
            let (what, error) = ("dead letters".to_owned(), error.to_string());
            self.surroundings.events.take(&Event::NotWritten { what, error });
            self.last_full = Some(Instant::now());
        }
    }

    /// Appends entries to the queues that lack them, and keeps dead letters, as far as there is
    /// room.
    fn append_waiting(&mut self) -> io::Result<()> {
        let Some(waiting) = self.waiting.take() else { return Ok(()) };
        let dead = self.keep_dead(waiting.dead)?;
        let mut still = Vec::new();
        for (sink, mut count) in waiting.sinks {
            // A sink that a new configuration does not have gets nothing more.
            let mut outputs = self.parts.outputs.iter_mut();
            let Some(output) = outputs.find(|output| output.sink == sink) else { continue };
            match append(output, &waiting.entries, &mut count) {
                Ok(()) => {}
                Err(error) if error.is_full() => {
                    if self.last_full.is_none_or(|last| last.elapsed() >= FULL_INTERVAL) {
                        let reason = error.to_string();
                        let event = Event::QueueFull { sink: sink.clone(), reason };
                        self.surroundings.events.take(&event);
                        self.last_full = Some(Instant::now());
                    }
                    still.push((sink, count));
                }
                Err(error) => return Err(queue_failed(&sink, &error)),
            }
        }
        if !still.is_empty() || !dead.is_empty() {
            let entries = waiting.entries;
            self.waiting = Some(Waiting { dead, entries, sinks: still });
        }
        Ok(())
    }

    /// Hands over sources and queues, and waits for what comes instead of them.
    fn pause(&mut self, sender: tokio::sync::oneshot::Sender<Parts>) -> io::Result<()> {
        self.write_checkpoint()?;
        let parts = std::mem::take(&mut self.parts);
        if sender.send(parts).is_err() {
            return Err(io::Error::other("the new configuration was given up"));
        }
        match self.commands.recv() {
            Ok(Command::Go(parts)) => {
                self.parts = parts;
                let dead = std::mem::take(&mut self.parts.dead);
                self.keep_or_wait(dead)
            }
            _ => Err(io::Error::other("the new configuration was given up")),
        }
    }

    /// Makes sure that queues have what was read, and only then says how far that was.
    fn write_checkpoint(&mut self) -> io::Result<()> {
        self.last_checkpoint = Some(Instant::now());
        // What waits is in no queue yet: the former checkpoint stays.
        if !self.is_dirty || self.waiting.is_some() {
            return Ok(());
        }
        match self.surroundings.dead_letters.sync() {
            Ok(()) => {}
            // The former checkpoint stays, and so nothing is forgotten.
            Err(error) if is_full(&error) => {
                self.tell_full_letters(&error);
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        for output in &mut self.parts.outputs {
            output.writer.sync().map_err(|error| queue_failed(&output.sink, &error))?;
        }
        let states = self
            .parts
            .inlets
            .iter()
            .filter_map(|inlet| Some((inlet.name.clone(), inlet.source.states()?)));
        let states: BTreeMap<String, _> = states.collect();
        // Sources that there are not now keep theirs: they may come back.
        self.checkpoint.sources.extend(states);
        // Those of sources that cannot be read again would come after others that were lost.
        for inlet in self.parts.inlets.iter().filter(|inlet| inlet.source.is_file()) {
            let held = inlet.pipeline.held();
            if held.is_empty() {
                self.checkpoint.held.remove(&inlet.name);
            } else {
                self.checkpoint.held.insert(inlet.name.clone(), held);
            }
        }
        match self.checkpoint.write(&self.surroundings.folder) {
            Ok(()) => self.is_dirty = false,
            Err(error) => {
                let event =
                    Event::NotWritten { what: "checkpoint".to_owned(), error: error.to_string() };
                self.surroundings.events.take(&event);
            }
        }
        Ok(())
    }

    fn tell_lags(&mut self) {
        if self.last_lags.is_none_or(|last| last.elapsed() >= LAG_INTERVAL) {
            let lags: Vec<_> =
                self.parts.inlets.iter().flat_map(|inlet| inlet.source.lags()).collect();
            self.surroundings.metrics.set_lags(lags);
            self.last_lags = Some(Instant::now());
        }
    }
}

/// Appends the entries that a queue does not have yet, and counts those that it has.
fn append(output: &mut Output, entries: &[Entry], count: &mut usize) -> Result<(), QueueError> {
    while *count < entries.len() {
        let end = entries.len().min(*count + APPENDED_ENTRIES);
        output.writer.append(&entries[*count..end])?;
        *count = end;
    }
    Ok(())
}

fn queue_failed(sink: &str, error: &QueueError) -> io::Error {
    io::Error::other(format!("the queue of the sink '{sink}': {error}"))
}
