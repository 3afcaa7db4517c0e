//! Sinks that run: a task each, with a queue of its own.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use toml::Spanned;

use crate::config::{QueueConfig, SinkConfig, SinkKind};
use crate::event::{Event, Events};
use crate::intake::Surroundings;
use crate::loki::LokiCounters;
use crate::queue::{Queue, QueueLimits, QueueWriter};
use crate::sinks::file::FileSink;
use crate::sinks::parquet::{self, ParquetSink};
use crate::sinks::to_loki;

/// The time that a sink has to write what waits when it is stopped.
const GRACE: Duration = Duration::from_secs(10);

/// The bytes of a segment of a queue, unless the queue is small.
const SEGMENT_BYTES: u64 = 16 << 20;

/// A sink that runs.
pub(super) struct RunningSink {
    config: SinkConfig,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl RunningSink {
    /// Opens the queue of a sink and starts the task that empties it.
    pub(super) fn start(
        config: &Spanned<SinkConfig>,
        folder: &Path,
        queue: &QueueConfig,
        surroundings: &Surroundings,
    ) -> io::Result<(Self, QueueWriter)> {
        let limits = QueueLimits {
            bytes: queue.max_bytes,
            // So that there is room while the last segment is read.
            segment_bytes: SEGMENT_BYTES.min(queue.max_bytes / 4),
        };
        let (writer, reader) = Queue::open(folder, limits).map_err(io::Error::other)?;
        let name = config.get_ref().name.get_ref();
        let kind = config.get_ref().kind(config.span()).map_err(io::Error::other)?;
        let Surroundings { metrics, events, dead_letters, .. } = surroundings;
        let (stop, stopped) = watch::channel(false);
        let task = match kind {
            SinkKind::File(file) => {
                let sink = FileSink::new(name, file, metrics, events);
                tokio::spawn(sink.run(reader, stopped))
            }
            SinkKind::Parquet(parquet) => {
                let table = parquet::table(parquet, config.span()).map_err(io::Error::other)?;
                let kept = (metrics, dead_letters);
                let sink = ParquetSink::new(name, parquet, table, kept, events);
                tokio::spawn(sink.run(reader, stopped))
            }
            SinkKind::Loki(loki) => {
                // Whatever is wrong with its options shows at once.
                to_loki::open(loki).map_err(io::Error::other)?;
                let counters = Arc::new(LokiCounters::default());
                metrics.watch_loki(name, &counters);
                let (letters, events) = (dead_letters.clone(), events.clone());
                let (name, loki) = (name.clone(), loki.clone());
                tokio::spawn(to_loki::run(name, loki, reader, letters, counters, events, stopped))
            }
        };
        Ok((Self { config: config.get_ref().clone(), stop, task }, writer))
    }

    /// Tells whether the sink was started with this configuration.
    pub(super) fn is_of(&self, config: &SinkConfig) -> bool {
        self.config == *config
    }

    /// Lets the sink write what waits, and ends it; what is not written in time stays in the queue.
    pub(super) async fn stop(mut self, events: &dyn Events) {
        // A sink that has ended does not listen.
        let _ = self.stop.send(true);
        let reason = match tokio::time::timeout(GRACE, &mut self.task).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => format!("failed: {error}"),
            Err(_) => {
                self.task.abort();
                // Until it has ended, the queue is its own.
                let _ = (&mut self.task).await;
                format!("did not end within {} s", GRACE.as_secs())
            }
        };
        let sink = self.config.name.get_ref().clone();
        events.take(&Event::SinkCut { sink, reason });
    }
}
