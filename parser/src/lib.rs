//! Takes fields out of delimiter-separated log lines at the speed of memory.
//!
//! Records end in `\n`, fields are separated by one byte, and can be quoted where the [`Dialect`]
//! names a quote. Input is scanned in
//! bursts that stay in the processor's cache; each burst becomes a [`Batch`] of [`Record`]s whose
//! fields are slices of the input. Nothing is copied, and after the first bursts nothing is
//! allocated.
//!
//! # Examples
//!
//! ```
//! use delimark::{Dialect, Scanner};
//!
//! let log = b"10.0.0.1|GET|/|200\n10.0.0.2|GET|/missing|404\n";
//! let dialect = Dialect::new(b'|')?.with_columns(4)?;
//! let mut scanner = Scanner::new(dialect)?;
//!
//! let mut missing = Vec::new();
//! let mut batches = scanner.scan(log);
//! while let Some(batch) = batches.next()? {
//!     for record in batch.records() {
//!         if record.field(3) == Some(b"404") {
//!             missing.push((record.line_number(), record.field(2).map(<[u8]>::to_vec)));
//!         }
//!     }
//! }
//! assert_eq!(missing, [(2, Some(b"/missing".to_vec()))]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Input
//!
//! - [`Scanner::scan`] splits bytes in memory; [`Scanner::scan_source`] what a [`Source`] lends:
//!   [`MapSource`] (a memory map), [`ReadSource`] (anything that implements [`std::io::Read`]), or
//!   your own, for which [`BurstLimits::split`] and [`BurstLimits::find_end`] cut the bursts.
//! - [`Scanner::into_batches`] owns scanner and source, so that a struct can hold the scan.
//! - A [`Decoder`] is pushed: chunks of any size go in, the records that they complete come out.
//! - For many threads or machines, [`cut_at_newlines`] shares out what is in memory;
//!   [`MapSource::with_range`], [`ReadSource::seek_to_range`] and [`lines_in_range`] take the lines
//!   that belong to a range of bytes, cut anywhere. [`Scanner::scan_at`] and
//!   [`Batches::with_lines_before`] number the records of a part as those of the whole.
//!
//! # Output
//!
//! A [`Batch`] yields [`Record`]s and [`Column`]s as slices, or as places in [`Batch::as_bytes`]:
//! [`Record::field_range`], [`Batch::spans`], and, where all records are alike, as they mostly are,
//! [`Batch::uniform`], for which no field has to be looked for.
//!
//! # Backends
//!
//! The same scan is compiled for several instruction sets, see [`Backend`]: SSE4.2, AVX2 and
//! AVX-512 on x86-64, NEON on 64-bit Arm, and portable code. The best one that the processor has is
//! chosen when a [`Scanner`] is built; the environment variable
//! [`DELIMARK_BACKEND`](BACKEND_VARIABLE) or [`Scanner::with_backend`] force another. WebAssembly
//! cannot ask its engine: there SIMD is in if it is compiled in, with
//! `-Ctarget-feature=+simd128`.

mod arch;
mod backend;
mod batch;
mod decoder;
mod dialect;
mod error;
mod kernel;
pub mod reference;
mod scanner;
mod source;

pub use backend::{BACKEND_VARIABLE, Backend, BackendError, HIDDEN_BACKENDS_VARIABLE};
pub use batch::{
    Batch, Column, Fields, RaggedReason, RaggedRecord, RaggedRecords, Record, Records, Span, Spans,
    Uniform, UniformRow, UniformRows, UniformSpans,
};
pub use decoder::Decoder;
pub use dialect::{Dialect, DialectError, LineEnding, QuoteEscape, RaggedPolicy};
pub use error::ScanError;
pub use scanner::{Batches, Counts, Scanner};
pub use source::{
    Burst, BurstLimits, LineTooLong, MapSource, Place, ReadSource, SliceSource, Source,
    SourceError, cut_at_newlines, lines_in_range,
};
