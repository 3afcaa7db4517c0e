//! An input that comes in chunks of any size, scanned as if it had come in one piece.

use delimark::{Batch, Counts, Scanner};

use crate::Failure;

/// A record that was left out, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaggedLine {
    /// Its line, from 1.
    pub line: u64,
    /// The offset of its first byte.
    pub offset: u64,
    /// How many fields it has.
    pub found: u32,
}

/// What was scanned before a batch's part of the input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// How many bytes.
    pub bytes: u64,
    /// How many lines.
    pub lines: u64,
}

/// Scans chunks. Only a line that ends in another chunk than it begins in is copied.
#[derive(Debug)]
pub struct Stream {
    scanner: Scanner,
    /// The beginning of a line whose end has not come yet.
    begun: Vec<u8>,
    /// What was scanned so far.
    before: Before,
    /// The records left out that nobody has asked for, as many as are to be kept.
    ragged: Vec<RaggedLine>,
    ragged_limit: usize,
    /// All of this input that were left out.
    ragged_count: u64,
    /// Why nothing more is scanned.
    failure: Option<Failure>,
    /// Whether the next chunk begins another input.
    has_ended: bool,
}

impl Stream {
    /// Begins an input. Of the records left out so many are kept until they are asked for; more
    /// are only counted.
    #[must_use]
    pub fn new(scanner: Scanner, ragged_limit: usize) -> Self {
        Self {
            scanner,
            begun: Vec::new(),
            before: Before::default(),
            ragged: Vec::new(),
            ragged_limit,
            ragged_count: 0,
            failure: None,
            has_ended: false,
        }
    }

    /// Scans what a chunk completes; each batch is visited with what was before the bytes that
    /// its places count from.
    ///
    /// # Errors
    ///
    /// An earlier call met a line to stop at, or had no memory. That call does not fail: what it
    /// visited counts.
    pub fn push(
        &mut self,
        chunk: &[u8],
        mut visit: impl FnMut(&Batch<'_>, Before),
    ) -> Result<(), Failure> {
        self.begin_another_if_ended();
        self.check()?;
        let Some(last) = memchr::memrchr(b'\n', chunk) else {
            self.begin(chunk);
            // This line will not get shorter: the scan says that it is too long.
            if self.begun.len() > self.scanner.dialect().line_limit_bytes() {
                self.scan_begun(&mut visit);
            }
            return Ok(());
        };
        let mut start = 0;
        if !self.begun.is_empty() {
            start = memchr::memchr(b'\n', chunk).unwrap_or(last) + 1;
            self.begin(&chunk[..start]);
            self.scan_begun(&mut visit);
        }
        self.scan(&chunk[start..=last], &mut visit);
        self.begin(&chunk[last + 1..]);
        Ok(())
    }

    /// Scans the last line, where it lacks its end; another input can begin behind it.
    ///
    /// # Errors
    ///
    /// There was a line to stop at, in this call or in an earlier one.
    pub fn finish(&mut self, mut visit: impl FnMut(&Batch<'_>, Before)) -> Result<(), Failure> {
        self.begin_another_if_ended();
        self.scan_begun(&mut visit);
        self.begun.clear();
        self.has_ended = true;
        self.failure.take().map_or(Ok(()), Err)
    }

    /// Counts the records and fields of bytes, which are no part of the input.
    #[must_use]
    pub fn count(&self, bytes: &[u8]) -> Counts {
        self.scanner.count(bytes)
    }

    /// How many lines were scanned since the input began, also when it has ended.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.before.lines
    }

    /// How many records were left out since the input began, also when it has ended.
    #[must_use]
    pub fn ragged_count(&self) -> u64 {
        self.ragged_count
    }

    /// The records left out since this was asked last.
    pub fn take_ragged(&mut self) -> Vec<RaggedLine> {
        std::mem::take(&mut self.ragged)
    }

    fn begin_another_if_ended(&mut self) {
        if std::mem::take(&mut self.has_ended) {
            (self.before, self.ragged_count) = (Before::default(), 0);
        }
    }

    fn check(&self) -> Result<(), Failure> {
        self.failure.map_or(Ok(()), Err)
    }

    /// Keeps bytes of a line that began, unless memory lacks.
    fn begin(&mut self, bytes: &[u8]) {
        match self.begun.try_reserve(bytes.len()) {
            Ok(()) => self.begun.extend_from_slice(bytes),
            Err(_) => self.failure = self.failure.or(Some(Failure::OutOfMemory)),
        }
    }

    fn scan_begun(&mut self, visit: &mut impl FnMut(&Batch<'_>, Before)) {
        let mut begun = std::mem::take(&mut self.begun);
        self.scan(&begun, visit);
        begun.clear();
        self.begun = begun;
    }

    /// Scans whole lines, unless an earlier one is to stop at.
    fn scan(&mut self, bytes: &[u8], visit: &mut impl FnMut(&Batch<'_>, Before)) {
        if self.failure.is_some() {
            return;
        }
        let mut lines = 0;
        let before = self.before;
        let mut batches = self.scanner.scan(bytes);
        let error = loop {
            match batches.next() {
                Ok(Some(batch)) => {
                    let room = self.ragged_limit - self.ragged.len();
                    self.ragged.extend(batch.ragged().take(room).map(|ragged| RaggedLine {
                        line: before.lines + ragged.record().line_number(),
                        offset: before.bytes + ragged.record().offset(),
                        found: ragged.fields_found(),
                    }));
                    self.ragged_count += batch.ragged().len() as u64;
                    lines += batch.line_count();
                    visit(&batch, before);
                }
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        self.failure = error.map(|error| Failure::of(&error, before.lines, before.bytes));
        self.before.lines += lines;
        self.before.bytes += bytes.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use delimark::{Dialect, RaggedPolicy, Record};

    use super::*;

    const INPUT: &[u8] = b"a|b\r\n\nc|d|e\n|\nlonger|line\r\nlast|\r";

    fn stream(ragged: RaggedPolicy, line_limit_bytes: usize) -> Stream {
        let dialect = Dialect::new(b'|').unwrap().with_columns(2).unwrap().with_ragged(ragged);
        let dialect = dialect.with_line_limit(line_limit_bytes).unwrap();
        Stream::new(Scanner::new(dialect).unwrap(), usize::MAX)
    }

    /// Everything that comes out, and how it ends.
    type Seen = (Vec<(u64, Vec<u8>)>, Vec<RaggedLine>, Option<Failure>);

    fn seen<'a>(stream: &mut Stream, mut chunks: impl Iterator<Item = &'a [u8]>) -> Seen {
        let mut records = Vec::new();
        let mut visit = |batch: &Batch<'_>, before: Before| {
            let offset = |line: &Record<'_>| before.bytes + line.offset();
            let lines = batch.records();
            records.extend(lines.map(|line| (offset(&line), line.as_bytes().to_vec())));
        };
        let pushed = chunks.try_for_each(|chunk| stream.push(chunk, &mut visit));
        let finished = stream.finish(&mut visit);
        (records, stream.take_ragged(), pushed.and(finished).err())
    }

    #[test]
    fn how_an_input_is_cut_does_not_matter() {
        for (policy, limit) in [
            (RaggedPolicy::Report, 100),
            (RaggedPolicy::Keep, 100),
            (RaggedPolicy::Error, 100),
            (RaggedPolicy::Keep, 7),
        ] {
            let whole = seen(&mut stream(policy, limit), std::iter::once(INPUT));
            for size in 1..INPUT.len() {
                let mut stream = stream(policy, limit);
                // Twice: an input behind another begins anew.
                for _ in 0..2 {
                    let pieces = seen(&mut stream, INPUT.chunks(size));
                    assert_eq!(pieces, whole, "{policy}, chunks of {size}");
                }
            }
        }
    }

    #[test]
    fn ragged_lines_carry_their_place() {
        let (records, ragged, failure) =
            seen(&mut stream(RaggedPolicy::Report, 100), INPUT.chunks(3));
        assert_eq!(failure, None);
        assert_eq!(records.len(), 4);
        assert_eq!(
            ragged,
            [
                RaggedLine { line: 2, offset: 5, found: 1 },
                RaggedLine { line: 3, offset: 6, found: 3 }
            ]
        );
    }

    #[test]
    fn ragged_lines_over_the_limit_are_counted() {
        let mut stream = stream(RaggedPolicy::Report, 100);
        stream.ragged_limit = 1;
        let (_, ragged, _) = seen(&mut stream, INPUT.chunks(3));
        assert_eq!(ragged, [RaggedLine { line: 2, offset: 5, found: 1 }]);
        assert_eq!((stream.ragged_count(), stream.lines()), (2, 6));
        stream.push(b"a\n", |_, _| ()).unwrap();
        assert_eq!((stream.ragged_count(), stream.lines()), (1, 1), "another input");
    }

    #[test]
    fn an_error_comes_behind_the_records_before_it() {
        let mut stream = stream(RaggedPolicy::Error, 100);
        let mut records = 0;
        let mut visit = |batch: &Batch<'_>, _| records += batch.record_count();
        assert_eq!(stream.push(INPUT, &mut visit), Ok(()));
        let failure = Failure::Ragged { line: 2, offset: 5, found: 1, expected: 2 };
        assert_eq!(stream.push(b"x|y\n", &mut visit), Err(failure));
        assert_eq!(stream.finish(&mut visit), Err(failure));
        assert_eq!(records, 1);
        assert_eq!(failure.to_string(), "line 2 at byte 5 has 1 field, 2 are expected");
    }

    #[test]
    fn a_line_that_never_ends_is_not_collected() {
        let mut stream = stream(RaggedPolicy::Keep, 100);
        stream.push(b"a|b\n", |_, _| ()).unwrap();
        for _ in 0..101 {
            stream.push(b"x", |_, _| ()).unwrap();
        }
        let failure = stream.push(b"x", |_, _| ()).unwrap_err();
        assert_eq!(failure, Failure::LineTooLong { line: 2, offset: 4 });
    }
}
