//! The push side: an input that comes in chunks of any size, scanned as if it had come in one
//! piece.

use crate::batch::Batch;
use crate::error::ScanError;
use crate::scanner::Scanner;
use crate::source::Place;

/// Splits an input that is handed over chunk by chunk, for callers that cannot be read from: an
/// event loop, a browser, a decompressor.
///
/// Records, their places and errors are those that [`Scanner::scan`] finds in the whole input,
/// however it is cut. Only a line that ends in another chunk than it begins in is copied; chunks of
/// a burst or more, [`Scanner::DEFAULT_BURST_BYTES`], make that rare. The buffer for it is used
/// again, input after input.
///
/// # Examples
///
/// ```
/// use delimark::{Batch, Decoder, Dialect, Scanner};
///
/// let mut decoder = Decoder::new(Scanner::new(Dialect::new(b'|')?.with_columns(2)?)?);
/// let mut seen = Vec::new();
/// let mut visit = |batch: &Batch<'_>| {
///     for record in batch.records() {
///         seen.push((record.offset(), record.field(1).map(<[u8]>::to_vec)));
///     }
/// };
/// for chunk in [&b"GET|/\nPU"[..], b"T", b"|/a\nGET|/b"] {
///     decoder.push(chunk, &mut visit)?;
/// }
/// decoder.finish(&mut visit)?;
/// let field = |field: &[u8]| Some(field.to_vec());
/// assert_eq!(seen, [(0, field(b"/")), (6, field(b"/a")), (13, field(b"/b"))]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    scanner: Scanner,
    /// The beginning of a line whose end has not come yet.
    begun: Vec<u8>,
    /// The place of that line: after all that was scanned.
    place: Place,
    /// The reason why nothing more is scanned.
    error: Option<ScanError>,
    /// True if the next chunk begins another input.
    has_ended: bool,
}

impl Decoder {
    /// Begins an input.
    #[must_use]
    pub fn new(scanner: Scanner) -> Self {
        Self { scanner, begun: Vec::new(), place: Place::default(), error: None, has_ended: false }
    }

    /// Scans the lines that a chunk completes, and visits them batch by batch. Keeps the beginning
    /// of the line after them.
    ///
    /// # Errors
    ///
    /// A line is over the limit, a record is ragged under
    /// [`RaggedPolicy::Error`](crate::RaggedPolicy::Error), or there is no memory to keep the
    /// beginning of a line. Everything before that place has been visited by then, in this call or
    /// in earlier ones. The input goes no further: each later call returns the same error, until
    /// [`finish`](Self::finish) has or [`restart`](Self::restart) is called.
    pub fn push(
        &mut self,
        chunk: &[u8],
        mut visit: impl FnMut(&Batch<'_>),
    ) -> Result<(), ScanError> {
        if self.has_ended {
            self.restart(Place::default());
        }
        self.check()?;
        let pushed = self.scan_chunk(chunk, &mut visit);
        self.keep_error(pushed)
    }

    /// Scans the last line, where it lacks its newline. The next chunk begins another input, at its
    /// first line, with the buffers that there are by now.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push), also for an error that an earlier call has returned.
    pub fn finish(&mut self, mut visit: impl FnMut(&Batch<'_>)) -> Result<(), ScanError> {
        if self.has_ended {
            self.restart(Place::default());
        }
        let finished = match self.error.take() {
            Some(error) => Err(error),
            None => self.scan_begun(&mut visit),
        };
        self.begun.clear();
        self.has_ended = true;
        finished
    }

    /// Forgets the input, its error and what is kept of it, and begins another that is part of a
    /// longer one, or not with the default.
    pub fn restart(&mut self, place: Place) {
        self.begun.clear();
        self.place = place;
        self.error = None;
        self.has_ended = false;
    }

    /// Returns the error that ended the input, if there was one.
    ///
    /// # Errors
    ///
    /// There was one since the input began, and [`finish`](Self::finish) has not been called since.
    pub fn check(&self) -> Result<(), ScanError> {
        self.error.clone().map_or(Ok(()), Err)
    }

    /// Returns the place after what has been visited: how many bytes and lines that was, ragged
    /// ones included; after an error, the place of the line at fault. It stays when the input has
    /// ended, until the next one begins.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// Returns the scanner, for its dialect and backend, and to count what is no part of the input.
    #[must_use]
    pub fn scanner(&self) -> &Scanner {
        &self.scanner
    }

    /// Gives the scanner back.
    #[must_use]
    pub fn into_scanner(self) -> Scanner {
        self.scanner
    }

    fn scan_chunk(
        &mut self,
        chunk: &[u8],
        visit: &mut impl FnMut(&Batch<'_>),
    ) -> Result<(), ScanError> {
        let mut rest = chunk;
        if !self.begun.is_empty() {
            let Some(newline) = memchr::memchr(b'\n', chunk) else {
                return self.begin(chunk, visit);
            };
            let (line, behind) = chunk.split_at(newline + 1);
            self.begin(line, visit)?;
            self.scan_begun(visit)?;
            rest = behind;
        }
        let whole_lines = memchr::memrchr(b'\n', rest).map_or(0, |newline| newline + 1);
        let (lines, begun) = rest.split_at(whole_lines);
        self.scan(lines, visit)?;
        self.begin(begun, visit)
    }

    /// Keeps bytes of a line, at most as many as show that it is too long.
    fn begin(&mut self, bytes: &[u8], visit: &mut impl FnMut(&Batch<'_>)) -> Result<(), ScanError> {
        // With its newline, a line has one byte more than the limit.
        let room = self.scanner.dialect().line_limit_bytes() + 1 - self.begun.len();
        let kept = &bytes[..room.min(bytes.len())];
        if self.begun.try_reserve(kept.len()).is_err() {
            return Err(ScanError::out_of_memory(self.place));
        }
        self.begun.extend_from_slice(kept);
        if room <= bytes.len() && !self.begun.ends_with(b"\n") {
            // It will not get shorter: the scan says where it is.
            return self.scan_begun(visit);
        }
        Ok(())
    }

    fn scan_begun(&mut self, visit: &mut impl FnMut(&Batch<'_>)) -> Result<(), ScanError> {
        let mut begun = std::mem::take(&mut self.begun);
        let scanned = self.scan(&begun, visit);
        begun.clear();
        self.begun = begun;
        scanned
    }

    /// Scans whole lines.
    fn scan(&mut self, bytes: &[u8], visit: &mut impl FnMut(&Batch<'_>)) -> Result<(), ScanError> {
        let mut batches = self.scanner.scan_at(bytes, self.place);
        loop {
            match batches.next() {
                Ok(Some(batch)) => {
                    let Place { offset, lines_before } = batch.place();
                    self.place = Place {
                        offset: offset + batch.as_bytes().len() as u64,
                        lines_before: lines_before + batch.line_count(),
                    };
                    visit(&batch);
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    // The batch before it has the bytes after it, too.
                    if let Some(line_number) = error.line_number() {
                        self.place =
                            Place { offset: error.offset(), lines_before: line_number - 1 };
                    }
                    return Err(error);
                }
            }
        }
    }

    fn keep_error(&mut self, result: Result<(), ScanError>) -> Result<(), ScanError> {
        self.error = result.as_ref().err().cloned();
        result
    }
}
