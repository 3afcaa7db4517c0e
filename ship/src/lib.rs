//! Carries lines from where they are written to where they are kept: sources are followed, lines
//! become entries, entries wait in queues on disk, and sinks send them on.

#![deny(unsafe_code)]

mod entry;
pub mod loki;
pub mod queue;

pub use entry::{Entry, Labels, Origin};
