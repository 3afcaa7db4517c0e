//! The push-fed side: is handed chunks or batches, and collects what they come to in memory.

use delimark::{Batch, Decoder, Scanner};

use crate::error::ExtractError;
use crate::json_lines::NotUtf8;
use crate::output_format::Format;
use crate::pending::Pending;
use crate::ragged::{RaggedLine, RaggedList};

/// Takes fields out of an input that comes in chunks of any size.
///
/// # Examples
///
/// ```
/// use delimark::{Dialect, Scanner};
/// use delimark_extract::{ChunkExtractor, Extraction, Format, Text};
///
/// let format = Format::Text(Text::new("2".parse()?, b'|', b"|".to_vec()));
/// let scanner = Scanner::new(Dialect::new(b'|')?)?;
/// let mut extractor = ChunkExtractor::new(scanner, Extraction::new(format), usize::MAX);
/// assert_eq!(extractor.push(b"a|b\nc|")?, b"b\n");
/// assert_eq!(extractor.push(b"d")?, b"");
/// assert_eq!(extractor.finish()?, b"d\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ChunkExtractor {
    decoder: Decoder,
    extraction: Extraction,
    ragged: RaggedList,
    lines: u64,
    /// True if the next chunk begins another input.
    has_ended: bool,
}

impl ChunkExtractor {
    /// Begins an input. Of the records left out, this many are kept until they are taken; more are
    /// only counted.
    #[must_use]
    pub fn new(scanner: Scanner, extraction: Extraction, ragged_limit: usize) -> Self {
        let (decoder, ragged) = (Decoder::new(scanner), RaggedList::new(ragged_limit));
        Self { decoder, extraction, ragged, lines: 0, has_ended: false }
    }

    /// Takes the next chunk, and returns what the lines that it completes come to.
    ///
    /// # Errors
    ///
    /// - An earlier chunk has a line to stop at. That call did not fail: it returned what the lines
    ///   before come to.
    /// - There was no memory for what this chunk, or an earlier one, comes to. What was collected
    ///   of that chunk is discarded.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<u8>, ExtractError> {
        self.begin_another_if_ended();
        self.extraction.check()?;
        self.decoder.check()?;
        let Self { decoder, extraction, ragged, .. } = self;
        // The decoder keeps its error for the next call.
        let _ = decoder.push(chunk, |batch| add(batch, extraction, ragged));
        self.count_lines();
        self.extraction.take()
    }

    /// Ends the input, and returns what its last line comes to where that lacks its newline. The
    /// next chunk begins another input.
    ///
    /// # Errors
    ///
    /// There is a line to stop at, in this call or in an earlier one, or a lack of memory.
    pub fn finish(&mut self) -> Result<Vec<u8>, ExtractError> {
        self.begin_another_if_ended();
        self.has_ended = true;
        let Self { decoder, extraction, ragged, .. } = self;
        let finished = decoder.finish(|batch| add(batch, extraction, ragged));
        self.count_lines();
        let (written, output) = (self.extraction.check(), self.extraction.take());
        self.extraction.restart();
        written?;
        finished?;
        output
    }

    /// Returns how many lines were gone through since the input began, those left out included,
    /// and those after a line to stop at not; also when it has ended, until the next one begins.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Returns how many records were left out since the input began, likewise.
    #[must_use]
    pub fn ragged_count(&self) -> u64 {
        self.ragged.count()
    }

    /// Hands over the records left out that nobody has taken yet.
    pub fn take_ragged(&mut self) -> Vec<RaggedLine> {
        self.ragged.take()
    }

    fn begin_another_if_ended(&mut self) {
        if std::mem::take(&mut self.has_ended) {
            self.ragged.restart_count();
        }
    }

    fn count_lines(&mut self) {
        let scanned = self.decoder.place().lines_before;
        self.lines = match &self.extraction.stop {
            Some(stop) => stop.line_number() - 1,
            None => scanned,
        };
    }
}

/// Adds the records of a batch, and of those left out the ones before a stop.
fn add(batch: &Batch<'_>, extraction: &mut Extraction, ragged: &mut RaggedList) {
    extraction.add(batch);
    let stop = extraction.stop.as_ref().map_or(u64::MAX, Stop::line_number);
    ragged.collect_before(batch, stop);
}

/// Collects the fields of records, a line a record.
///
/// A lack of memory is an error here, and does not end the process.
///
/// # Examples
///
/// ```
/// use delimark::{Dialect, Scanner};
/// use delimark_extract::{Extraction, Format, Text};
///
/// let format = Format::Text(Text::new("3,1".parse()?, b'|', b",".to_vec()));
/// let mut extraction = Extraction::new(format);
/// let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
/// let mut batches = scanner.scan(b"a|b|c\nd|e|f\n");
/// while let Some(batch) = batches.next()? {
///     extraction.add(&batch);
/// }
/// assert_eq!(extraction.take()?, b"c,a\nf,d\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Extraction {
    format: Format,
    output: Pending,
    stop: Option<Stop>,
}

/// The reason that nothing more is added.
#[derive(Clone, Debug)]
enum Stop {
    NotUtf8(NotUtf8),
    /// A batch that begins with this line would come to more than there is memory for.
    OutOfMemory {
        line_number: u64,
    },
}

impl Stop {
    /// Returns the number of the first line that was not added.
    fn line_number(&self) -> u64 {
        match self {
            Self::NotUtf8(error) => error.line_number(),
            Self::OutOfMemory { line_number } => *line_number,
        }
    }
}

impl Extraction {
    /// Begins an extraction in this format.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self { format, output: Pending::default(), stop: None }
    }

    /// Adds the records of a batch, up to one that cannot be written.
    pub fn add(&mut self, batch: &Batch<'_>) {
        if self.stop.is_some() {
            return;
        }
        let Self { format, output, .. } = self;
        if output.try_reserve(format.bytes_at_most(batch)).is_err() {
            self.stop = Some(Stop::OutOfMemory { line_number: batch.place().lines_before + 1 });
            return;
        }
        if !format.append_rows(batch, output, usize::MAX) {
            let appended =
                format.append(batch.as_bytes(), &mut batch.records(), output, usize::MAX);
            self.stop = appended.err().map(Stop::NotUtf8);
        }
    }

    /// Hands over what was collected since it was asked for last.
    ///
    /// # Errors
    ///
    /// There was no memory for some of it since the extraction began. The rest is discarded.
    pub fn take(&mut self) -> Result<Vec<u8>, ExtractError> {
        let output = self.output.take();
        match self.stop {
            Some(Stop::OutOfMemory { .. }) => Err(ExtractError::out_of_memory()),
            _ => Ok(output),
        }
    }

    /// Tells of a record that could not be written, or of a lack of memory.
    ///
    /// # Errors
    ///
    /// There was one, and what was collected is all before it; or there was no memory.
    pub fn check(&self) -> Result<(), ExtractError> {
        match self.stop.clone() {
            None => Ok(()),
            Some(Stop::NotUtf8(error)) => Err(ExtractError::not_utf8(error)),
            Some(Stop::OutOfMemory { .. }) => Err(ExtractError::out_of_memory()),
        }
    }

    /// Begins again.
    pub fn restart(&mut self) {
        self.output.truncate(0);
        self.stop = None;
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use delimark::{Dialect, QuoteEscape, RaggedPolicy, RaggedReason};

    use super::*;
    use crate::{FieldList, InvalidUtf8, JsonLines, Keys, Text};

    fn text(columns: &[u32], delimiter: &str) -> Extraction {
        let fields = FieldList::from_indices(columns.iter().copied());
        Extraction::new(Format::Text(Text::new(fields, b'|', delimiter.into())))
    }

    fn json_lines(
        columns: &[u32],
        names: Option<&[String]>,
        invalid_utf8: InvalidUtf8,
    ) -> Extraction {
        let fields = FieldList::from_indices(columns.iter().copied());
        let keys = names.map_or(Keys::Numbers, Keys::Given);
        let format = JsonLines::new(&fields, keys, invalid_utf8).unwrap();
        Extraction::new(Format::JsonLines(format))
    }

    fn add_all(extraction: &mut Extraction, bytes: &[u8]) {
        let mut scanner = Scanner::new(Dialect::new(b'|').unwrap()).unwrap();
        let mut batches = scanner.scan(bytes);
        while let Some(batch) = batches.next().unwrap() {
            let room = extraction.output.len() + extraction.format.bytes_at_most(&batch);
            extraction.add(&batch);
            assert!(extraction.output.len() <= room, "more than was reserved");
        }
    }

    #[test]
    fn columns_come_in_the_order_asked_for() {
        for (delimiter, expected) in [
            ("|", "c|a|a\n|e|e\n||\n"),
            ("", "caa\nee\n\n"),
            (" - ", "c - a - a\n - e - e\n -  - \n"),
        ] {
            let mut extraction = text(&[2, 0, 0], delimiter);
            add_all(&mut extraction, b"a|b|c|d\r\ne\n\n");
            assert_eq!(extraction.take().unwrap(), expected.as_bytes());
            assert_eq!(extraction.take().unwrap(), b"");
        }
    }

    /// Fields of records that are alike, and so would be copied in pieces, with quotes in them.
    #[test]
    fn quotes_around_fields_are_not_copied() {
        let dialect = Dialect::new(b'|').unwrap().with_quote(b'"', QuoteEscape::None).unwrap();
        let input = b"\"a|b\"|c|\"d\"|e\n\"\"|f|\"|\"|g\n";
        for (list, expected) in [("1", "a|b\n\n"), ("1-3", "a|b|c|d\n|f||\n"), ("3-", "d|e\n||g\n")]
        {
            let text = Text::new(list.parse().unwrap(), b'|', b"|".to_vec()).with_quotes(true);
            let mut extraction = Extraction::new(Format::Text(text));
            let mut scanner = Scanner::new(dialect).unwrap();
            let mut batches = scanner.scan(input);
            while let Some(batch) = batches.next().unwrap() {
                extraction.add(&batch);
            }
            let output = extraction.take().unwrap();
            assert_eq!(String::from_utf8(output).unwrap(), expected, "fields {list}");
        }
    }

    #[test]
    fn no_columns_are_empty_lines() {
        let mut extraction = text(&[], "|");
        add_all(&mut extraction, b"a|b\n\n");
        assert_eq!(extraction.take().unwrap(), b"\n\n");
        let mut extraction = json_lines(&[], None, InvalidUtf8::Error);
        add_all(&mut extraction, b"a|b\n\n");
        assert_eq!(extraction.take().unwrap(), b"{}\n{}\n");
    }

    #[test]
    fn ranges_have_room() {
        let log = b"a|b|c|d\n||\n\nlonger|than|others|are|here\n".repeat(100);
        for fields in ["1-", "2-,1-,-3", "1-3,2-5", "9,9", "1-2"] {
            let fields: FieldList = fields.parse().unwrap();
            for delimiter in ["|", "", " - "] {
                let format = Text::new(fields.clone(), b'|', delimiter.into());
                let mut extraction = Extraction::new(Format::Text(format));
                add_all(&mut extraction, &log);
                assert!(!extraction.take().unwrap().is_empty());
            }
        }
        for fields in ["1-", "1,2,3-"] {
            let format =
                JsonLines::new(&fields.parse().unwrap(), Keys::Numbers, InvalidUtf8::Replace);
            let mut extraction = Extraction::new(Format::JsonLines(format.unwrap()));
            add_all(&mut extraction, &log);
            add_all(&mut extraction, &[b'|'; 1000]);
            assert!(!extraction.take().unwrap().is_empty());
        }
    }

    #[test]
    fn objects_have_null_where_a_record_lacks_a_column() {
        let mut extraction = json_lines(&[1, 0], None, InvalidUtf8::Error);
        add_all(&mut extraction, b"a\"\x01|b\ne\n");
        let expected = "{\"2\":\"b\",\"1\":\"a\\\"\\u0001\"}\n{\"2\":null,\"1\":\"e\"}\n";
        assert_eq!(String::from_utf8(extraction.take().unwrap()).unwrap(), expected);
    }

    #[test]
    fn what_is_not_utf8_ends_it_or_is_replaced() {
        let input = b"a|b\n|c\xffd\n|\n";
        let mut extraction = json_lines(&[1], None, InvalidUtf8::Error);
        add_all(&mut extraction, input);
        assert_eq!(extraction.take().unwrap(), b"{\"2\":\"b\"}\n");
        let error = extraction.check().unwrap_err();
        assert_eq!(error.to_string(), "field 2 of line 2 is not UTF-8 at byte 6");
        assert!(error.is_not_utf8());

        let names = ["name".to_owned()];
        let mut extraction = json_lines(&[1], Some(&names), InvalidUtf8::Replace);
        add_all(&mut extraction, input);
        let expected = "{\"name\":\"b\"}\n{\"name\":\"c\u{fffd}d\"}\n{\"name\":\"\"}\n";
        assert_eq!(String::from_utf8(extraction.take().unwrap()).unwrap(), expected);
    }

    #[test]
    fn control_bytes_have_room() {
        add_all(&mut json_lines(&[0], None, InvalidUtf8::Replace), &[1; 1000]);
        add_all(&mut json_lines(&[0], None, InvalidUtf8::Replace), &[0xff; 1000]);
        add_all(&mut json_lines(&[7, 8], None, InvalidUtf8::Replace), &[b'\n'; 1000]);
    }

    #[test]
    fn a_lack_of_memory_is_an_error() {
        // 2^40 fields, 2^24 bytes between two: more than addresses can tell apart.
        let fields = vec!["-16777216"; 1 << 16].join(",").parse().unwrap();
        let format = Text::new(fields, b'|', vec![b'-'; 1 << 24]);
        let mut extraction = Extraction::new(Format::Text(format));
        add_all(&mut extraction, b"a\nb\nc\n");
        assert!(extraction.take().is_err());
        let message = extraction.check().unwrap_err().to_string();
        assert_eq!(message, "there is no memory for what would be written");

        extraction.restart();
        let dialect = Dialect::new(b'|').unwrap().with_columns(2).unwrap();
        let mut extractor = ChunkExtractor::new(Scanner::new(dialect).unwrap(), extraction, 10);
        assert!(extractor.push(b"a|b\nc\n").unwrap_err().is_out_of_memory());
        assert_eq!((extractor.lines(), extractor.ragged_count()), (0, 0));
        assert!(extractor.finish().unwrap_err().is_out_of_memory());
    }

    const INPUT: &[u8] = b"a|b\r\n\nc|d|e\n|\nlonger|line\nlast|\r";

    fn extractor(policy: RaggedPolicy, ragged_limit: usize) -> ChunkExtractor {
        let dialect = Dialect::new(b'|').unwrap().with_columns(2).unwrap().with_ragged(policy);
        ChunkExtractor::new(Scanner::new(dialect).unwrap(), text(&[1, 0], ","), ragged_limit)
    }

    #[test]
    fn cuts_of_the_input_do_not_matter() {
        for size in 1..=INPUT.len() {
            let mut extractor = extractor(RaggedPolicy::Report, 1);
            // Twice: an input after another begins again.
            for _ in 0..2 {
                let chunks = INPUT.chunks(size).map(|chunk| extractor.push(chunk).unwrap());
                let mut output = chunks.collect::<Vec<_>>().concat();
                output.extend(extractor.finish().unwrap());
                assert_eq!(output, b"b,a\n,\nline,longer\n\r,last\n", "chunks of {size}");
                let reason = RaggedReason::FieldCount { expected: 2, found: 1 };
                let first = RaggedLine { line_number: 2, offset: 5, fields_found: 1, reason };
                assert_eq!(extractor.take_ragged(), [first]);
                assert_eq!((extractor.lines(), extractor.ragged_count()), (6, 2));
            }
        }
    }

    #[test]
    fn an_error_comes_behind_the_records_before_it() {
        let mut extractor = extractor(RaggedPolicy::Error, 1);
        assert_eq!(extractor.push(INPUT).unwrap(), b"b,a\n");
        let message = "line 2 at byte 5 has 1 field, 2 are expected";
        assert_eq!(extractor.push(b"x|y\n").unwrap_err().to_string(), message);
        assert_eq!(extractor.finish().unwrap_err().to_string(), message);
        assert_eq!(extractor.push(b"x|y\n").unwrap(), b"y,x\n");
    }

    #[test]
    fn nothing_after_a_stop_is_counted() {
        let dialect = Dialect::new(b'|').unwrap().with_columns(2).unwrap();
        let input = b"a|b\nc\n|\xff\nd\ne|f\n";
        let reason = RaggedReason::FieldCount { expected: 2, found: 1 };
        let first = RaggedLine { line_number: 2, offset: 4, fields_found: 1, reason };
        // Bursts of a line, and one burst of all of them.
        for burst_bytes in [1, 1 << 16] {
            for size in 1..=input.len() {
                let scanner = Scanner::new(dialect.with_ragged(RaggedPolicy::Report)).unwrap();
                let scanner = scanner.with_burst_bytes(NonZeroUsize::new(burst_bytes).unwrap());
                let extraction = json_lines(&[1], None, InvalidUtf8::Error);
                let mut extractor = ChunkExtractor::new(scanner, extraction, 10);
                let mut output = Vec::new();
                for chunk in input.chunks(size) {
                    output.extend(extractor.push(chunk).unwrap_or_default());
                }
                let message = "field 2 of line 3 is not UTF-8 at byte 7";
                assert_eq!(extractor.finish().unwrap_err().to_string(), message);
                assert_eq!(output, b"{\"2\":\"b\"}\n", "chunks of {size}");
                assert_eq!(extractor.take_ragged(), [first], "chunks of {size}");
                assert_eq!((extractor.lines(), extractor.ragged_count()), (2, 1));
            }
        }
    }

    #[test]
    fn the_lines_before_a_ragged_one_are_counted() {
        let mut extractor = extractor(RaggedPolicy::Error, 1);
        assert_eq!(extractor.push(INPUT).unwrap(), b"b,a\n");
        assert_eq!(extractor.lines(), 1);
        assert!(extractor.finish().is_err());
        assert_eq!(extractor.lines(), 1);
    }

    #[test]
    fn names_that_do_not_fit_are_refused() {
        let names = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
        for (columns, names) in [
            (vec![0, 0], None),
            (vec![0, 1], names(&["a"])),
            (vec![0], names(&["a", "b"])),
            (vec![0, 1], names(&["a", "a"])),
        ] {
            let names: Option<Vec<String>> = names;
            let fields = FieldList::from_indices(columns);
            let keys = names.as_deref().map_or(Keys::Numbers, Keys::Given);
            assert!(JsonLines::new(&fields, keys, InvalidUtf8::Error).is_err());
        }
    }
}
