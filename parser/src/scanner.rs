//! The scanner: a dialect, a backend chosen once, and the buffers that are used again and again.

use std::borrow::BorrowMut;
use std::num::NonZeroUsize;

use crate::backend::{Backend, BackendError};
use crate::batch::{BEFORE_FIRST, Batch, Layout, Quote, RaggedRecord, Rows};
use crate::dialect::{Dialect, LineEnding, RaggedPolicy};
use crate::error::ScanError;
use crate::kernel::Entry;
use crate::kernel::quotes::{self, OpenQuote, Quoting};
use crate::kernel::rows::{self, RecordSpan};
use crate::source::{Burst, BurstLimits, Place, SliceSource, Source};

const _: () = assert!(Dialect::MAXIMUM_LINE_LIMIT_BYTES == BurstLimits::LINE_BYTES_MAXIMUM);

/// Splits input into records and fields.
///
/// A scanner keeps its buffers from one input to the next, so one that is used again allocates
/// nothing.
///
/// # Examples
///
/// ```no_run
/// use delimark::{Dialect, MapSource, Scanner};
///
/// let mut scanner = Scanner::new(Dialect::new(b'|')?.with_columns(12)?)?;
/// let mut batches = scanner.scan_source(MapSource::open("access.log")?);
/// let mut bytes_sent = 0;
/// while let Some(batch) = batches.next()? {
///     for field in batch.column(6).flatten() {
///         bytes_sent += str::from_utf8(field)?.parse::<u64>()?;
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Scanner {
    dialect: Dialect,
    backend: Backend,
    entry: Entry,
    burst_bytes: usize,
    /// The separators of a burst, after [`BEFORE_FIRST`].
    bounds: Vec<u32>,
    open_quotes: Vec<OpenQuote>,
    records: Vec<RecordSpan>,
    left_out: Vec<RecordSpan>,
}

impl Scanner {
    /// Bytes scanned at once, unless [`with_burst_bytes`](Self::with_burst_bytes) says
    /// otherwise: little enough that bytes and separators are still in the second-level cache
    /// when the records are read. On Zen 3, `index` from memory with 16 KiB is 8 % slower, with
    /// 32 KiB 3 %; 64 to 512 KiB are within 3 % of each other.
    pub const DEFAULT_BURST_BYTES: usize = 64 << 10;

    /// Makes a scanner with the best backend, or with the one that the environment variable
    /// [`DELIMARK_BACKEND`](crate::BACKEND_VARIABLE) names.
    ///
    /// # Errors
    ///
    /// The variable names no backend, or one that cannot run here.
    pub fn new(dialect: Dialect) -> Result<Self, BackendError> {
        Self::with_backend(dialect, Backend::from_environment()?)
    }

    /// Makes a scanner with this backend and no other.
    ///
    /// # Errors
    ///
    /// The backend cannot run here; the error says what is missing.
    pub fn with_backend(dialect: Dialect, backend: Backend) -> Result<Self, BackendError> {
        Ok(Self {
            dialect,
            backend,
            entry: backend.entry()?,
            burst_bytes: Self::DEFAULT_BURST_BYTES,
            bounds: Vec::new(),
            open_quotes: Vec::new(),
            records: Vec::new(),
            left_out: Vec::new(),
        })
    }

    /// Changes how much is scanned at once. The records are the same whatever it is.
    #[must_use]
    pub fn with_burst_bytes(mut self, bytes: NonZeroUsize) -> Self {
        self.burst_bytes = bytes.get();
        self
    }

    /// Returns the dialect.
    #[must_use]
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// Returns the backend that scans.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Splits bytes in memory.
    pub fn scan<'a>(&mut self, bytes: &'a [u8]) -> Batches<&mut Self, SliceSource<'a>> {
        self.scan_source(SliceSource::new(bytes))
    }

    /// Splits bytes that are part of a longer input, and begin there at this place.
    ///
    /// Offsets and line numbers, those of errors too, are places in the whole input.
    ///
    /// # Examples
    ///
    /// ```
    /// use delimark::{Dialect, Place, Scanner};
    ///
    /// let mut scanner = Scanner::new(Dialect::new(b'|')?.with_columns(2)?)?;
    /// let place = Place { offset: 1000, lines_before: 20 };
    /// let mut batches = scanner.scan_at(b"a|b\nlonely\n", place);
    /// let batch = batches.next()?.expect("the first line is fine");
    /// let record = batch.record(0).expect("there is one record");
    /// assert_eq!((record.offset(), record.line_number()), (1000, 21));
    ///
    /// let error = batches.next().unwrap_err();
    /// assert_eq!(error.to_string(), "line 22 at byte 1004 has 1 field, 2 are expected");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scan_at<'a>(
        &mut self,
        bytes: &'a [u8],
        place: Place,
    ) -> Batches<&mut Self, SliceSource<'a>> {
        let source = SliceSource::new(bytes).with_offset(place.offset);
        self.scan_source(source).with_lines_before(place.lines_before)
    }

    /// Splits what a source lends.
    pub fn scan_source<S: Source>(&mut self, source: S) -> Batches<&mut Self, S> {
        Batches::new(self, source)
    }

    /// Splits what a source lends, and owns both: for whoever has to return the batches, to keep
    /// them in a struct or to send them to a thread.
    ///
    /// [`Batches::into_parts`] gives the scanner back with its buffers.
    ///
    /// # Examples
    ///
    /// ```
    /// use delimark::{Batches, Dialect, ReadSource, ScanError, Scanner};
    ///
    /// struct Widths {
    ///     batches: Batches<Scanner, ReadSource<&'static [u8]>>,
    /// }
    ///
    /// impl Widths {
    ///     fn next(&mut self) -> Result<Option<Vec<usize>>, ScanError> {
    ///         let batch = self.batches.next()?;
    ///         Ok(batch.map(|batch| batch.records().map(|record| record.len()).collect()))
    ///     }
    /// }
    ///
    /// let scanner = Scanner::new(Dialect::new(b'|')?)?;
    /// let source = ReadSource::new(&b"a|b\nc\n"[..]);
    /// let mut widths = Widths { batches: scanner.into_batches(source) };
    /// assert_eq!(widths.next()?, Some(vec![2, 1]));
    /// assert_eq!(widths.next()?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn into_batches<S: Source>(self, source: S) -> Batches<Self, S> {
        Batches::new(self, source)
    }

    /// Counts the records and fields of bytes in memory, without finding out where they are.
    ///
    /// Only delimiter and quotes matter: columns are not checked, and lines may have any length.
    #[must_use]
    pub fn count(&self, bytes: &[u8]) -> Counts {
        let (separators, newlines) = match Quoting::of(&self.dialect) {
            None => (self.entry.count)(self.dialect.delimiter(), bytes),
            Some(quoting) => quotes::count_all(self.entry, quoting, bytes),
        };
        let unterminated = u64::from(bytes.last().is_some_and(|&byte| byte != b'\n'));
        Counts { records: newlines + unterminated, fields: separators + unterminated }
    }

    /// Finds the separators of a burst and sorts them into records. Also returns the ragged record
    /// to stop at, after those of the batch.
    fn split<'a>(
        &'a mut self,
        burst: Burst<'a>,
        lines_before: u64,
    ) -> (Batch<'a>, Option<RaggedRecord<'a>>) {
        let bytes = burst.bytes;
        self.bounds.clear();
        self.bounds.push(BEFORE_FIRST);
        self.open_quotes.clear();
        self.records.clear();
        self.left_out.clear();
        let newlines = match Quoting::of(&self.dialect) {
            None => (self.entry.index)(self.dialect.delimiter(), bytes, &mut self.bounds),
            Some(quoting) => self.index_quoted(quoting, bytes),
        };
        let unterminated = bytes.last().is_some_and(|&byte| byte != b'\n');
        if unterminated {
            self.bounds.push(bytes.len() as u32);
        }
        let separators = &self.bounds[1..];
        let line_count = newlines + usize::from(unterminated);

        let columns = match self.dialect.columns() {
            Some(columns) => columns,
            // The lines of a log are alike, whether the dialect says so or not.
            None => rows::first_column_count(bytes, separators),
        };
        let mut stop = None;
        let is_uniform = || rows::is_uniform(bytes, separators, line_count, columns);
        let rows = if self.open_quotes.is_empty() && is_uniform() {
            // Every newline is a separator, so none is inside quotes.
            Rows::Uniform { columns }
        } else {
            rows::list(bytes, separators, &mut self.records);
            if self.records.len() < line_count {
                self.list_by_lines(bytes);
            }
            if self.dialect.columns().is_some() || !self.open_quotes.is_empty() {
                stop = rows::apply_policy(
                    self.dialect.ragged(),
                    self.dialect.columns(),
                    &self.open_quotes,
                    &mut self.records,
                    &mut self.left_out,
                );
            }
            Rows::Listed(&self.records)
        };
        let layout = Layout {
            bytes,
            bounds: &self.bounds,
            offset: burst.offset,
            lines_before,
            line_count: line_count as u64,
            fields_limit: match (self.dialect.ragged(), self.dialect.columns()) {
                (RaggedPolicy::Rest, Some(columns)) => columns,
                _ => u32::MAX,
            },
            columns_expected: self.dialect.columns(),
            quote: Quote::new(self.dialect.quote()),
            open_quotes: &self.open_quotes,
            carriage_returns_before: match self.dialect.line_ending() {
                LineEnding::Auto => bytes.len(),
                LineEnding::Lf => 0,
            },
        };
        let stop = stop.map(|span| layout.ragged(span));
        (Batch { layout, rows, left_out: &self.left_out }, stop)
    }

    /// Finds the separators of a burst where fields can be quoted; returns how many newlines there
    /// are. Those inside quotes are no separators, but where the burst ends inside.
    fn index_quoted(&mut self, quoting: Quoting, bytes: &[u8]) -> usize {
        let indexed = (self.entry.index_quoted)(quoting, bytes, &mut self.bounds);
        if indexed.ends_inside {
            self.index_by_lines(quoting, bytes);
        }
        indexed.newline_count
    }

    /// Finds the separators again, line by line, since one ends inside quotes.
    fn index_by_lines(&mut self, quoting: Quoting, bytes: &[u8]) {
        let Self { entry, bounds, open_quotes, .. } = self;
        bounds.truncate(1);
        quotes::index_by_lines(*entry, quoting, bytes, bounds, open_quotes);
    }

    /// Lists the records of a burst again where fewer were found than there are newlines: the
    /// others are inside quotes.
    #[cold]
    fn list_by_lines(&mut self, bytes: &[u8]) {
        let Some(quoting) = Quoting::of(&self.dialect) else { return };
        self.index_by_lines(quoting, bytes);
        if bytes.last().is_some_and(|&byte| byte != b'\n') {
            self.bounds.push(bytes.len() as u32);
        }
        self.records.clear();
        rows::list(bytes, &self.bounds[1..], &mut self.records);
    }
}

/// The batches of one input, see [`Scanner::scan_source`] and [`Scanner::into_batches`]: they
/// borrow the scanner, or own it.
///
/// Each batch borrows from this, so it is a loop and not an [`Iterator`]:
///
/// ```
/// # use delimark::{Dialect, Scanner};
/// # let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
/// let mut batches = scanner.scan(b"a|b\n");
/// while let Some(batch) = batches.next()? {
///     println!("{} records at byte {}", batch.record_count(), batch.offset());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A function that takes either kind is generic over [`BorrowMut<Scanner>`](BorrowMut):
///
/// ```
/// use std::borrow::BorrowMut;
///
/// use delimark::{Batches, ScanError, Scanner, Source};
///
/// fn count<B, S>(mut batches: Batches<B, S>) -> Result<usize, ScanError>
/// where
///     B: BorrowMut<Scanner>,
///     S: Source,
/// {
///     let mut records = 0;
///     while let Some(batch) = batches.next()? {
///         records += batch.record_count();
///     }
///     Ok(records)
/// }
/// ```
#[derive(Debug)]
pub struct Batches<B, S> {
    scanner: B,
    source: S,
    lines_before: u64,
    /// The reason why there is no batch after the one that was handed out last.
    stop: Option<ScanError>,
    ended: bool,
}

impl<B, S> Batches<B, S> {
    fn new(scanner: B, source: S) -> Self {
        Self { scanner, source, lines_before: 0, stop: None, ended: false }
    }

    /// Numbers lines as those of an input that has this many lines before the source's first one.
    ///
    /// The bytes before it are the source's to know, see [`SliceSource::with_offset`] and
    /// [`ReadSource::with_offset`](crate::ReadSource::with_offset).
    #[must_use]
    pub fn with_lines_before(mut self, lines: u64) -> Self {
        self.lines_before = lines;
        self
    }

    /// Gives the source back.
    #[must_use]
    pub fn into_source(self) -> S {
        self.source
    }

    /// Gives the scanner and the source back. A scanner that was owned scans the next input with
    /// the buffers that it has by now.
    #[must_use]
    pub fn into_parts(self) -> (B, S) {
        (self.scanner, self.source)
    }
}

impl<B: BorrowMut<Scanner>, S: Source> Batches<B, S> {
    /// Scans the next burst; `None` at the end of the input, and after an error.
    ///
    /// # Errors
    ///
    /// A line is over the limit, a record is ragged under [`RaggedPolicy::Error`], or the source
    /// cannot be read. Everything before that place has been handed out by then.
    #[expect(clippy::should_implement_trait, reason = "a batch borrows from the iterator")]
    pub fn next(&mut self) -> Result<Option<Batch<'_>>, ScanError> {
        if let Some(error) = self.stop.take() {
            return Err(error);
        }
        if self.ended {
            return Ok(None);
        }
        let scanner = self.scanner.borrow_mut();
        let line_limit_bytes = scanner.dialect.line_limit_bytes();
        let limits = BurstLimits::new(scanner.burst_bytes, line_limit_bytes);
        // Nothing comes after a failure, however the loop below ends.
        self.ended = true;
        let burst = self.source.next_burst(limits).map_err(|error| {
            ScanError::from_source(error, self.lines_before + 1, line_limit_bytes)
        })?;
        let Some(burst) = burst else {
            return Ok(None);
        };
        let (batch, ragged) = scanner.split(burst, self.lines_before);
        self.lines_before += batch.line_count();
        match ragged.map(ScanError::ragged) {
            None => self.ended = false,
            Some(error) if batch.record_count() == 0 => return Err(error),
            stop => self.stop = stop,
        }
        Ok(Some(batch))
    }
}

/// Counts of an input, see [`Scanner::count`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines, an unterminated last one included.
    pub records: u64,
    /// Fields of all lines together.
    pub fields: u64,
}
