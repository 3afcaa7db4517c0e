//! Carries lines from where they are written to where they are kept: sources are followed, lines
//! become entries, entries wait in queues on disk, and sinks send them on.

#![deny(unsafe_code)]

mod agent;
mod checkpoint;
pub mod config;
mod dead_letters;
mod entry;
mod event;
mod intake;
mod lines;
pub mod loki;
mod metadata;
mod metrics;
mod newline;
mod promtail;
pub mod queue;
mod sinks;
mod sources;
mod stages;
mod telemetry;
mod text;
mod tls;
mod whole_lines;

pub use agent::{Agent, AgentError, check, run};
pub use entry::{Entry, Labels, Origin};
pub use event::{Event, Events};
pub use metadata::Metadata;
pub use promtail::{Translation, from_promtail};
