//! Log formats: the format string that made a server write a log is what the log is read by.
//!
//! A [`LogFormat`] is made of what is in the server's configuration, or of a preset's name. It has
//! the [`Dialect`](delimark::Dialect) by which `delimark` splits the lines into fields, the
//! [`Column`]s that come out of these, with type and [`Encoding`], and finds the columns of each
//! record as places in the burst, without a copy: `[$time_local]` is two fields, put together again
//! by their places.
//!
//! # Lines are split right, or not at all
//!
//! Variables have bytes that their values can hold, and a format is accepted where these tell the
//! values apart:
//!
//! - Within quotes, delimiters are data. nginx, Apache and HAProxy never write a bare `"` in a
//!   value.
//! - Values that can have the delimiter in them, such as a name of a user with a blank, take what
//!   is too much, if there is one such value between two that are quoted: those before it are
//!   counted from the left, those after it from the right, and all literals are compared.
//! - Two of them are told apart by the literals between them. Where there is more than one way, the
//!   line is a [`Mismatch`].
//! - `$upstream_*` of nginx and the captured headers of HAProxy say themselves where they end.
//! - Several variables between two delimiters (`%ci:%cp`) are cut at a literal that the value
//!   before it, or the one behind it, cannot have in it.
//!
//! What cannot be told apart is a [`FormatError`] with the place in the format string.
//!
//! Nothing here reads or writes a file.

#![forbid(unsafe_code)]

mod apache;
mod apache_directives;
mod assembly;
mod column;
mod config_text;
mod delimited;
mod delimiter;
mod described;
mod encoding;
mod error;
mod fixed;
mod format;
mod guess;
mod haproxy;
mod haproxy_aliases;
mod matching;
mod mismatch;
mod nginx;
mod nginx_variables;
mod notation;
mod piece;
mod preset;
mod strftime;
mod syslog;
mod template;
mod value;
mod w3c;

pub use column::{Column, TimestampFormat, ValueType};
pub use encoding::{Encoding, decode};
pub use error::FormatError;
pub use fixed::{FixedColumn, FixedLayout};
pub use format::LogFormat;
pub use guess::{Candidate, Guess, Recognizer, guess};
pub use mismatch::Mismatch;
pub use preset::{Preset, PresetError};
