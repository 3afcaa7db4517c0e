//! Runs of a Loki sink, with dead letters that are kept in memory.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use delimark_pipeline::{DeadLetter, DeadLetters};
use delimark_ship::loki::{LokiCounters, LokiOptions, LokiSink};
use delimark_ship::queue::{Queue, QueueLimits, QueueReader, QueueWriter};
use tokio::time::{Instant, sleep};

/// Dead letters in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Letters {
    taken: Arc<Mutex<Vec<DeadLetter>>>,
}

impl Letters {
    /// Returns all that were taken.
    pub(crate) fn all(&self) -> Vec<DeadLetter> {
        self.taken.lock().unwrap().clone()
    }

    /// Returns the reasons of those that were taken.
    pub(crate) fn reasons(&self) -> Vec<String> {
        self.all().into_iter().map(|letter| letter.reason).collect()
    }
}

impl DeadLetters for Letters {
    fn take(&mut self, _: &str, letter: &DeadLetter) -> io::Result<()> {
        self.taken.lock().unwrap().push(letter.clone());
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns options for a server, with delays that fit a test.
pub(crate) fn options(url: &str) -> LokiOptions {
    let mut options = LokiOptions::new(url);
    options.latency = Duration::from_millis(5);
    options.timeout = Duration::from_secs(10);
    options.retry.first_delay = Duration::from_millis(5);
    options.retry.longest_delay = Duration::from_millis(100);
    options.retry.tries_of_500 = 3;
    options
}

/// A queue, its dead letters and counters.
pub(crate) struct SinkRun {
    pub(crate) writer: QueueWriter,
    pub(crate) reader: QueueReader,
    pub(crate) letters: Letters,
    pub(crate) counters: LokiCounters,
}

impl SinkRun {
    pub(crate) fn new(folder: &Path) -> Self {
        let (writer, reader) = Queue::open(folder, QueueLimits::default()).unwrap();
        Self { writer, reader, letters: Letters::default(), counters: LokiCounters::default() }
    }

    /// Runs a sink until nothing waits any more.
    pub(crate) async fn drain(&mut self, options: LokiOptions) {
        let gauge = self.reader.gauge();
        let drained = async move {
            let begin = Instant::now();
            while gauge.waiting_entries() > 0 {
                assert!(begin.elapsed() < Duration::from_secs(300), "the queue is not drained");
                sleep(Duration::from_millis(5)).await;
            }
        };
        let sink = LokiSink::new(options).unwrap();
        let mut letters = self.letters.clone();
        sink.run(&mut self.reader, &mut letters, &self.counters, drained).await.unwrap();
    }

    /// Runs a sink for so many milliseconds.
    pub(crate) async fn try_for(&mut self, options: LokiOptions, milliseconds: u64) {
        let sink = LokiSink::new(options).unwrap();
        let mut letters = self.letters.clone();
        let end = sleep(Duration::from_millis(milliseconds));
        sink.run(&mut self.reader, &mut letters, &self.counters, end).await.unwrap();
    }
}
