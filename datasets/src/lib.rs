//! Generates delimiter-separated logs that are the same bytes on every target.
//!
//! A dataset is named by a [`Shape`], a number of lines and a seed. Nothing else decides its bytes:
//! the crate does no I/O, starts no threads, keeps no globals, uses no floating point and no number
//! whose width depends on the target. Datasets that benchmarks rely on are pinned by SHA-256 in
//! `manifest.toml`; without the feature `manifest` the crate suits a small WebAssembly module.
//!
//! # Examples
//!
//! ```
//! use delimark_datasets::{Hasher, Shape, generate};
//! use delimark_datasets::manifest::Manifest;
//!
//! let log = generate(Shape::Nginx12, 10_000, 1);
//! let line = log.split(|&byte| byte == b'\n').next().expect("a log has a line");
//! assert_eq!(line.split(|&byte| byte == Shape::Nginx12.delimiter()).count(), 12);
//!
//! let mut hasher = Hasher::new();
//! hasher.update(&log);
//! let manifest = Manifest::embedded();
//! let pinned = manifest.lookup(Shape::Nginx12, 10_000, 1).expect("10,000 lines are pinned");
//! assert_eq!(hasher.finish(), pinned.sha256);
//! ```

mod choice;
mod digits;
mod generator;
mod hash;
#[cfg(feature = "manifest")]
pub mod manifest;
mod nginx;
mod random;
mod shape;
mod shapes;

pub use generator::{Generator, generate};
pub use hash::Hasher;
pub use random::Random;
pub use shape::{ParseShapeError, Shape};
