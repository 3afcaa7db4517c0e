//! The options of a Loki sink, with the limits that a server has unless it is told otherwise.

use std::path::PathBuf;
use std::time::Duration;

use super::secret::Credentials;

/// The form of a push.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PushEncoding {
    /// Protobuf, compressed with snappy.
    #[default]
    Protobuf,
    /// JSON, in which bytes that are not UTF-8 become U+FFFD.
    Json {
        /// True if it is compressed with gzip.
        is_compressed: bool,
    },
}

/// Limits of a server, checked before anything is sent. The defaults are Loki's own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LokiLimits {
    /// The longest line, in bytes.
    pub line_bytes: usize,
    /// The most labels of a stream; `service_name` does not count.
    pub labels: usize,
    /// The longest name of a label, in bytes.
    pub name_bytes: usize,
    /// The longest value of a label, in bytes.
    pub value_bytes: usize,
    /// The most structured metadata of an entry, in pairs.
    pub metadata_pairs: usize,
    /// The most structured metadata of an entry, names and values together in bytes.
    pub metadata_bytes: usize,
    /// The age from which an entry is too old.
    pub oldest: Duration,
    /// The time ahead of the clock from which an entry is too new.
    pub newest: Duration,
    /// The time behind the newest entry of its stream from which an entry comes too late.
    pub window: Duration,
}

impl Default for LokiLimits {
    fn default() -> Self {
        Self {
            line_bytes: 262_144,
            labels: 15,
            name_bytes: 1024,
            value_bytes: 2048,
            metadata_pairs: 128,
            metadata_bytes: 65_536,
            oldest: Duration::from_secs(7 * 24 * 3600),
            newest: Duration::from_secs(600),
            window: Duration::from_secs(3600),
        }
    }
}

/// Limits of how many streams one sink makes. What is beyond them goes into structured metadata.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StreamLimits {
    /// The most streams. Loki takes 5,000 of a tenant, from all its clients together.
    pub streams: usize,
    /// The most values of a label.
    pub values: usize,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self { streams: 1000, values: 500 }
    }
}

/// When a push is tried again, and for how long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RetryOptions {
    /// The delay before the second try; it doubles, and chance adds up to as much again.
    pub first_delay: Duration,
    /// The longest delay.
    pub longest_delay: Duration,
    /// The tries of a push that a server answers with 500 while it says that it is ready. Then the
    /// push is divided, to find the entry that is the reason.
    pub tries_of_500: u32,
    /// The time after which an entry that a ready server answers with 500, alone and with no other
    /// to compare it with, is a dead letter.
    pub longest_500: Duration,
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self {
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(30),
            tries_of_500: 6,
            longest_500: Duration::from_secs(600),
        }
    }
}

/// The options of a Loki sink.
#[derive(Clone, Debug)]
pub struct LokiOptions {
    /// The address of the server, or of its push endpoint: `http://loki:3100` is
    /// `http://loki:3100/loki/api/v1/push`.
    pub url: String,
    /// The tenant, sent as `X-Scope-OrgID`.
    pub tenant: Option<String>,
    /// The proof of who sends.
    pub credentials: Credentials,
    /// The form of pushes.
    pub encoding: PushEncoding,
    /// The most bytes of a push before it is compressed. Loki answers more than 4 MiB with 500.
    pub push_bytes: usize,
    /// The time that entries wait for others to be pushed with them.
    pub latency: Duration,
    /// The limits of the server.
    pub limits: LokiLimits,
    /// The limits of streams.
    pub streams: StreamLimits,
    /// The name of the structured metadata that has the offset of the line in its source; `None`
    /// leaves it out. Loki drops an entry whose time, line and metadata it has already, and so all
    /// but one of the equal lines of a second, unless something tells them apart.
    pub offset_name: Option<String>,
    /// When a push is tried again.
    pub retry: RetryOptions,
    /// The longest time that a push takes, answer included.
    pub timeout: Duration,
    /// The longest time that a connection takes.
    pub connect_timeout: Duration,
    /// The proxy; `None` takes that of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`).
    pub proxy: Option<String>,
    /// A file with certificates (PEM) of authorities that are trusted beside the system's.
    pub authority_file: Option<PathBuf>,
}

impl LokiOptions {
    /// The most that [`push_bytes`](Self::push_bytes) may be.
    pub const MOST_PUSH_BYTES: usize = 3 << 20;

    /// Returns the options for a server, everything else as by default.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            tenant: None,
            credentials: Credentials::None,
            encoding: PushEncoding::Protobuf,
            push_bytes: 1 << 20,
            latency: Duration::from_millis(500),
            limits: LokiLimits::default(),
            streams: StreamLimits::default(),
            offset_name: Some("offset".to_owned()),
            retry: RetryOptions::default(),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            proxy: None,
            authority_file: None,
        }
    }
}
