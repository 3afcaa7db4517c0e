//! Log formats as the page needs them: read, guessed, and their columns taken out of chunks. A
//! module of its own, since most of what is dropped on the page does without.

mod extractor;
mod format;
mod objects;

pub use extractor::LogExtractor;
pub use format::{Format, Guessed, description, guess};
