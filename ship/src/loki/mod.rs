//! The Loki sink: entries out of a queue, into a Loki server.
//!
//! Loki has rules that it does not enforce in a way a client could live with: names that fail a
//! whole push or break queries, sizes answered with a 500 that looks like trouble of the server,
//! pushes of which it keeps a part. The sink follows them before it sends, and finds out which
//! entries are meant where Loki refuses. `docs/loki.md` has them all.

mod answer;
mod client;
mod counters;
mod delivery;
mod guard;
mod names;
mod options;
mod preparation;
mod push;
mod secret;
mod sink;
mod wire;

pub use self::counters::{Count, LokiCounters};
pub use self::names::is_label_name;
pub use self::options::{LokiLimits, LokiOptions, PushEncoding, RetryOptions, StreamLimits};
pub use self::secret::{Credentials, Secret, SecretSource};
pub use self::sink::{LokiError, LokiSink};
