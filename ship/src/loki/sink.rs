//! The loop of the sink: reads a batch, delivers it, acknowledges it.

use std::fmt;
use std::io;
use std::time::SystemTime;

use delimark_pipeline::DeadLetters;
use tokio::time::{Instant, sleep};

use super::client::Client;
use super::counters::LokiCounters;
use super::delivery::Delivery;
use super::options::LokiOptions;
use super::preparation::Preparation;
use super::push;
use crate::queue::{QueueError, QueueReader, QueuedBatch};

/// The reason why a sink cannot start, or stops.
#[derive(Debug)]
pub struct LokiError {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Option(String),
    Streams(io::Error),
    Queue(QueueError),
}

impl LokiError {
    fn option(text: String) -> Self {
        Self { kind: Kind::Option(text) }
    }

    fn streams(error: io::Error) -> Self {
        Self { kind: Kind::Streams(error) }
    }

    fn queue(error: QueueError) -> Self {
        Self { kind: Kind::Queue(error) }
    }
}

impl fmt::Display for LokiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Option(text) => write!(formatter, "Loki sink: {text}"),
            Kind::Streams(error) => {
                write!(formatter, "Loki sink: cannot read or write the list of streams: {error}")
            }
            Kind::Queue(error) => write!(formatter, "Loki sink: {error}"),
        }
    }
}

impl std::error::Error for LokiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Option(_) => None,
            Kind::Streams(error) => Some(error),
            Kind::Queue(error) => Some(error),
        }
    }
}

/// Sends entries to a Loki server.
#[derive(Debug)]
pub struct LokiSink {
    options: LokiOptions,
    client: Client,
}

impl LokiSink {
    /// Makes a sink, and reads its secrets. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// An option is wrong, or a secret is not there. No secret is in the text.
    pub fn new(options: LokiOptions) -> Result<Self, LokiError> {
        Self::check(&options)?;
        let client = Client::new(&options).map_err(LokiError::option)?;
        Ok(Self { options, client })
    }

    /// Checks options without touching the machine: secrets and certificates are not read.
    ///
    /// # Errors
    ///
    /// An option is wrong. No secret is in the text.
    pub fn check(options: &LokiOptions) -> Result<(), LokiError> {
        let most = LokiOptions::MOST_PUSH_BYTES;
        if options.push_bytes == 0 || options.push_bytes > most {
            let bytes = options.push_bytes;
            return Err(LokiError::option(format!(
                "pushes of {bytes} bytes (expected 1 to {most}, since Loki fails on 4 MiB)"
            )));
        }
        Client::check(options).map_err(LokiError::option)
    }

    /// Sends what is in the queue, and what comes, until `shutdown` is ready. Entries are
    /// acknowledged once each of a batch is stored or a dead letter that was flushed.
    ///
    /// A shutdown ends a push in the middle. Its entries come again when the queue is opened again,
    /// and Loki drops those that it has; a dead letter can come twice.
    ///
    /// # Errors
    ///
    /// The disk of the queue fails. Nothing is lost by that.
    pub async fn run(
        self,
        reader: &mut QueueReader,
        dead_letters: &mut (dyn DeadLetters + Sync),
        counters: &LokiCounters,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), LokiError> {
        let Self { options, client } = self;
        let preparation = Preparation::open(reader.folder(), &options);
        let mut preparation = preparation.map_err(LokiError::streams)?;
        let mut delivery = Delivery::new(client, &options, counters, dead_letters);
        let work = async {
            loop {
                wait(reader, &options).await;
                let batch = reader.next(options.push_bytes).map_err(LokiError::queue)?;
                let Some(batch) = batch else { continue };
                deliver(&batch, &options, &mut preparation, &mut delivery).await?;
                acknowledge(reader, &batch, &options).await?;
            }
        };
        tokio::select! {
            () = shutdown => Ok(()),
            result = work => result,
        }
    }
}

/// Waits until there is enough for a push, or something has waited for long enough.
async fn wait(reader: &mut QueueReader, options: &LokiOptions) {
    reader.wait(1).await;
    tokio::select! {
        () = reader.wait(options.push_bytes as u64) => {}
        () = sleep(options.latency) => {}
    }
}

async fn deliver(
    batch: &QueuedBatch,
    options: &LokiOptions,
    preparation: &mut Preparation,
    delivery: &mut Delivery<'_>,
) -> Result<(), LokiError> {
    let now = SystemTime::now();
    let mut entries = Vec::with_capacity(batch.entries.len());
    for entry in &batch.entries {
        let prepared = preparation.prepare(entry, now, delivery.counters);
        match prepared.map_err(LokiError::streams)? {
            Ok(entry) => entries.push(entry),
            Err(unfit) => delivery.bury(&entry.origin, &entry.line, &unfit.to_string()).await,
        }
    }
    push::sort(&mut entries);
    for range in push::cut(&entries, options.push_bytes, options.limits.window) {
        delivery.deliver(&entries[range]).await;
    }
    delivery.flush().await;
    Ok(())
}

/// Acknowledges a batch; a disk that is full may have room again later.
async fn acknowledge(
    reader: &mut QueueReader,
    batch: &QueuedBatch,
    options: &LokiOptions,
) -> Result<(), LokiError> {
    let began = Instant::now();
    loop {
        match reader.ack(batch.position) {
            Err(error) if error.is_full() && began.elapsed() < options.retry.longest_500 => {
                sleep(options.retry.first_delay).await;
            }
            result => return result.map_err(LokiError::queue),
        }
    }
}
