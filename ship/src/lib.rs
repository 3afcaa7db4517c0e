//! Carries lines from where they are written to where they are kept: sources are followed, lines
//! become entries, entries wait in queues on disk, and sinks send them on.

#![deny(unsafe_code)]

mod checkpoint;
pub mod config;
mod entry;
mod event;
mod lines;
mod sources;
mod stages;

pub use entry::{Entry, Labels, Origin};
pub use event::{Event, Events};
