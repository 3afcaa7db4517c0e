//! The measurements of a run, their file, and what they are judged by: facts of the data,
//! statistics of the times, the seal. Pure: nothing here measures, prints or reads a clock.

mod arms;
#[cfg(feature = "document")]
pub mod bounds;
mod catalog;
pub mod display;
#[cfg(feature = "document")]
mod document;
mod engine_name;
pub mod facts;
mod fingerprint;
pub mod seal;
pub mod statistics;
#[cfg(feature = "document")]
pub mod strict;
mod wasm_runtime;

pub use arms::Arms;
pub use catalog::{Catalog, EngineKind};
#[cfg(feature = "document")]
pub use document::*;
pub use engine_name::{
    BROWSER_NAMES, EMULATORS, EXTRACT, EngineName, Family, HANDICAPS, READ_LIMIT,
};
pub use fingerprint::fingerprint;
pub use wasm_runtime::WasmRuntime;
