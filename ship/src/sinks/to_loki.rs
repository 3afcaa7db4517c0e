//! The sink that pushes to Loki, as a configuration has it: its options, and its end when the agent
//! is stopped.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::config::{LokiEncoding, LokiSinkConfig, Misplaced, SecretConfig};
use crate::dead_letters::DeadLetterFile;
use crate::event::{Event, Events};
use crate::loki::{
    Credentials, LokiCounters, LokiError, LokiOptions, LokiSink, PushEncoding, SecretSource,
};
use crate::queue::{QueueGauge, QueueReader};

/// The time between two looks at whether a queue is empty.
const LOOK: Duration = Duration::from_millis(20);

/// The time between two tries to go on after the disk has failed.
const RETRY: Duration = Duration::from_secs(1);

/// Checks the options, but for secrets and certificates, which only the machine has that needs
/// them.
pub(crate) fn check(config: &LokiSinkConfig, span: Range<usize>) -> Result<(), Misplaced> {
    if config.basic_auth.is_some() && config.bearer_token.is_some() {
        let message = "there are both basic_auth and bearer_token, and only one can be sent";
        return Err(Misplaced::at(span, message));
    }
    let checked = LokiSink::check(&options(config));
    checked.map_err(|error| Misplaced::at(span, error.to_string()))
}

/// Makes the sink.
///
/// # Errors
///
/// An option is wrong, or a secret is not there.
pub(crate) fn open(config: &LokiSinkConfig) -> Result<LokiSink, LokiError> {
    LokiSink::new(options(config))
}

fn options(config: &LokiSinkConfig) -> LokiOptions {
    let secret = |secret: &SecretConfig| match secret {
        SecretConfig::File(path) => SecretSource::File(path.clone()),
        SecretConfig::Variable(name) => SecretSource::Variable(name.clone()),
    };
    let mut options = LokiOptions::new(&config.url);
    options.tenant.clone_from(&config.tenant);
    if let Some(basic) = &config.basic_auth {
        let (user, password) = (basic.user.clone(), secret(&basic.password));
        options.credentials = Credentials::Basic { user, password };
    } else if let Some(token) = &config.bearer_token {
        options.credentials = Credentials::Bearer(secret(token));
    }
    options.encoding = match config.encoding {
        LokiEncoding::Protobuf => PushEncoding::Protobuf,
        LokiEncoding::Json => PushEncoding::Json { is_compressed: false },
        LokiEncoding::JsonGzip => PushEncoding::Json { is_compressed: true },
    };
    options.push_bytes = config.push_bytes;
    options.latency = Duration::from_millis(config.latency_milliseconds);
    options.timeout = Duration::from_millis(config.timeout_milliseconds);
    options.streams.streams = config.max_streams.unwrap_or(options.streams.streams);
    options.streams.values = config.max_label_values.unwrap_or(options.streams.values);
    options.offset_name = Some(config.offset_name.clone()).filter(|name| !name.is_empty());
    options.proxy.clone_from(&config.proxy);
    options.authority_file.clone_from(&config.authority_file);
    options
}

/// Pushes until it is told to stop and nothing waits.
pub(crate) async fn run(
    name: String,
    config: LokiSinkConfig,
    mut reader: QueueReader,
    mut dead_letters: DeadLetterFile,
    counters: Arc<LokiCounters>,
    events: Arc<dyn Events>,
    stop: watch::Receiver<bool>,
) {
    loop {
        let is_drained = drained(stop.clone(), reader.gauge());
        let sink = match open(&config) {
            Ok(sink) => sink,
            // It could be made before: a file of a secret has been taken away since.
            Err(error) => {
                tell(&name, &error, &*events);
                tokio::time::sleep(RETRY).await;
                continue;
            }
        };
        let work = sink.run(&mut reader, &mut dead_letters, &counters, is_drained);
        let result = tokio::select! {
            result = work => result,
            () = tell_changes(&name, &counters, &*events) => unreachable!("it goes on for ever"),
        };
        match result {
            Ok(()) => return,
            Err(error) => tell(&name, &error, &*events),
        }
        if *stop.borrow() {
            return;
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Tells when Loki begins to accept no push, and when it accepts one again.
async fn tell_changes(name: &str, counters: &LokiCounters, events: &dyn Events) {
    let mut last = None;
    loop {
        tokio::time::sleep(RETRY).await;
        let error = counters.last_error();
        let what = format!("sink '{name}'");
        match (&last, &error) {
            (None, Some(error)) => {
                events.take(&Event::NotWritten { what, error: error.clone() });
            }
            (Some(_), None) => events.take(&Event::WrittenAgain { what }),
            _ => {}
        }
        last = error;
    }
}

fn tell(name: &str, error: &LokiError, events: &dyn Events) {
    let what = format!("sink '{name}'");
    events.take(&Event::NotWritten { what, error: error.to_string() });
}

/// Waits until the sink is told to stop and its queue is empty.
async fn drained(mut stop: watch::Receiver<bool>, gauge: QueueGauge) {
    while !*stop.borrow_and_update() {
        if stop.changed().await.is_err() {
            return;
        }
    }
    while gauge.waiting_entries() > 0 {
        tokio::time::sleep(LOOK).await;
    }
}
