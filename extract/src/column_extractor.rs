//! The push-fed side of log formats: is handed chunks, and collects what their columns come to in
//! memory.

use std::mem;

use delimark::{Batch, Decoder, Dialect, Place, RaggedPolicy, Scanner};

use crate::columns::{Columns, Stop};
use crate::comments::{Comments, line_length};
use crate::error::ExtractError;
use crate::left_out::{LeftOutLine, left_out_before};
use crate::pending::Pending;

/// Takes columns out of a log that comes in chunks of any size.
///
/// Lines that are not in the format are left out and listed. In formats of which lines that begin
/// with `#` name the columns, these are read on the way.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use delimark_extract::{ColumnExtractor, ColumnOptions, ColumnOutput, Columns};
/// use delimark_formats::LogFormat;
///
/// let Ok(selection) = "status,remote_addr".parse();
/// let output = ColumnOutput::Text { delimiter: b"\t".to_vec() };
/// let options =
///     ColumnOptions { selection, output, decodes: false, stops_at_mismatch: false };
/// let format = LogFormat::nginx("$remote_addr [$time_local] $status")?;
/// let mut extractor = ColumnExtractor::new(Columns::new(format, Arc::new(options))?, 10);
/// assert_eq!(extractor.push(b"10.0.0.1 [01/Mar/2026:10:00:00 +00")?, b"");
/// assert_eq!(extractor.push(b"00] 200\n10.0.0.2 - 404\n")?, b"200\t10.0.0.1\n");
/// assert_eq!(extractor.finish()?, b"");
/// assert_eq!(extractor.take_left_out()[0].line_number, 2);
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
#[derive(Debug)]
pub struct ColumnExtractor {
    decoder: Decoder,
    columns: Columns,
    /// Finds the lines that say what the others are, if there are such.
    directives: Option<Comments>,
    /// The beginning of such a line, of which the end has not come yet.
    begun: Option<Begun>,
    /// The last of them that named columns.
    directive: Option<Vec<u8>>,
    is_line_start: bool,
    collected: Collected,
    lines: u64,
    /// True if the next chunk begins another input.
    has_ended: bool,
}

/// A line that is a directive, as far as it has come.
#[derive(Debug, Default)]
struct Begun {
    /// Its bytes, up to the limit of lines.
    kept: Vec<u8>,
    length: u64,
}

/// The output, and the lines that are not in it.
#[derive(Debug, Default)]
struct Collected {
    output: Pending,
    left_out: Vec<LeftOutLine>,
    left_out_limit: usize,
    left_out_count: u64,
    failure: Option<Failure>,
}

/// The reason why nothing more is added.
#[derive(Clone, Debug)]
enum Failure {
    Stop(Stop),
    /// A batch that begins with this line would come to more than there is memory for.
    OutOfMemory {
        line_number: u64,
    },
    Directive {
        line_number: u64,
        reason: String,
    },
}

impl ColumnExtractor {
    /// Begins an input. Of the lines left out, this many are kept until they are taken; more are
    /// only counted.
    #[must_use]
    pub fn new(columns: Columns, left_out_limit: usize) -> Self {
        let log_format = columns.log_format();
        let dialect = log_format.dialect().with_ragged(RaggedPolicy::Report);
        let directives = log_format.has_directives().then(|| Comments::new(b"#"));
        Self {
            decoder: decoder(dialect),
            columns,
            directives,
            begun: None,
            directive: None,
            is_line_start: true,
            collected: Collected { left_out_limit, ..Collected::default() },
            lines: 0,
            has_ended: false,
        }
    }

    /// Takes the next chunk, and returns what the lines that it completes come to.
    ///
    /// # Errors
    ///
    /// An earlier chunk has a line to stop at, or there was no memory. That call did not fail: it
    /// returned what the lines before come to.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<u8>, ExtractError> {
        if self.has_ended {
            self.restart(Place::default());
        }
        self.check()?;
        let mut rest = chunk;
        while !rest.is_empty() && self.check().is_ok() {
            let taken = self.add(rest);
            rest = &rest[taken..];
        }
        self.count_lines();
        Ok(self.collected.output.take())
    }

    /// Ends the input, and returns what its last line comes to where that lacks its newline. The
    /// next chunk begins another input, in the columns that were named last.
    ///
    /// # Errors
    ///
    /// There is a line to stop at, in this call or in an earlier one, or a lack of memory.
    pub fn finish(&mut self) -> Result<Vec<u8>, ExtractError> {
        if self.has_ended {
            self.restart(Place::default());
        }
        self.end_directive();
        self.check()?;
        let Self { decoder, columns, collected, .. } = self;
        let finished = decoder.finish(|batch| collected.add(columns, batch));
        self.has_ended = true;
        self.count_lines();
        finished?;
        self.collected.check()?;
        Ok(self.collected.output.take())
    }

    /// Forgets the input, and begins another that is part of a longer one, in the columns that were
    /// named last.
    pub fn restart(&mut self, place: Place) {
        self.decoder.restart(place);
        self.begun = None;
        self.is_line_start = true;
        let left_out_limit = self.collected.left_out_limit;
        self.collected = Collected { left_out_limit, ..Collected::default() };
        self.lines = place.lines_before;
        self.has_ended = false;
    }

    /// Returns how many lines were gone through, those left out included, and those after a line to
    /// stop at not.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Returns how many lines were left out since the input began.
    #[must_use]
    pub fn left_out_count(&self) -> u64 {
        self.collected.left_out_count
    }

    /// Hands over the lines left out that nobody has taken yet.
    pub fn take_left_out(&mut self) -> Vec<LeftOutLine> {
        mem::take(&mut self.collected.left_out)
    }

    /// Returns the last line that named columns, without its ending.
    #[must_use]
    pub fn directive(&self) -> Option<&[u8]> {
        self.directive.as_deref()
    }

    fn check(&self) -> Result<(), ExtractError> {
        self.collected.check()?;
        Ok(self.decoder.check()?)
    }

    /// Adds a directive, or the lines before one; returns how many bytes that took.
    fn add(&mut self, bytes: &[u8]) -> usize {
        let lines = match &self.directives {
            Some(directives) => {
                let is_directive = self.is_line_start && directives.is_comment(bytes);
                if is_directive || self.begun.is_some() {
                    return self.add_directive(bytes);
                }
                directives.before_comment(bytes)
            }
            None => bytes,
        };
        let Self { decoder, columns, collected, .. } = self;
        // The decoder keeps its error for the next call.
        let _ = decoder.push(lines, |batch| collected.add(columns, batch));
        self.is_line_start = lines.ends_with(b"\n");
        lines.len()
    }

    fn add_directive(&mut self, bytes: &[u8]) -> usize {
        let bytes = &bytes[..line_length(bytes)];
        let limit_bytes = self.decoder.scanner().dialect().line_limit_bytes();
        let begun = self.begun.get_or_insert_default();
        let room = limit_bytes - begun.kept.len();
        begun.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        begun.length += bytes.len() as u64;
        self.is_line_start = bytes.ends_with(b"\n");
        if self.is_line_start {
            self.end_directive();
        }
        bytes.len()
    }

    /// Reads a directive that is whole, if there is one.
    fn end_directive(&mut self) {
        let Some(Begun { kept, length }) = self.begun.take() else { return };
        let Place { offset, lines_before } = self.decoder.place();
        let line = kept.strip_suffix(b"\n").unwrap_or(&kept);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match self.columns.after_directive(line) {
            Ok(Some(columns)) => {
                let dialect = columns.dialect(self.decoder.scanner().dialect());
                if dialect != *self.decoder.scanner().dialect() {
                    self.decoder = decoder(dialect);
                }
                self.directive = Some(line.to_vec());
                self.columns = columns;
            }
            Ok(None) => {}
            Err(error) => {
                let line_number = lines_before + 1;
                let reason = format!("line {line_number} at byte {offset}: {error}");
                self.collected.failure = Some(Failure::Directive { line_number, reason });
                return;
            }
        }
        let place = Place { offset: offset + length, lines_before: lines_before + 1 };
        self.decoder.restart(place);
    }

    fn count_lines(&mut self) {
        self.lines = match &self.collected.failure {
            Some(failure) => failure.line_number() - 1,
            None => self.decoder.place().lines_before,
        };
    }
}

impl Collected {
    /// Adds the records of a batch, and of those left out the ones before a stop.
    fn add(&mut self, columns: &Columns, batch: &Batch<'_>) {
        let Self { output, left_out, left_out_limit, left_out_count, failure } = self;
        if failure.is_some() {
            return;
        }
        if output.try_reserve(columns.bytes_expected(batch)).is_err() {
            let line_number = batch.place().lines_before + 1;
            *failure = Some(Failure::OutOfMemory { line_number });
            return;
        }
        let mut rejected = Vec::new();
        if !columns.append_rows(batch, output, usize::MAX) {
            let mut records = batch.records();
            let appended = columns.append(batch, &mut records, output, usize::MAX, &mut rejected);
            *failure = appended.err().map(Failure::Stop);
        }
        let end = failure.as_ref().map_or(u64::MAX, Failure::line_number);
        for line in left_out_before(end, batch, rejected) {
            if left_out.len() < *left_out_limit {
                left_out.push(line);
            }
            *left_out_count += 1;
        }
    }

    fn check(&self) -> Result<(), ExtractError> {
        match self.failure.clone() {
            None => Ok(()),
            Some(Failure::Stop(Stop::NotUtf8(error))) => Err(ExtractError::not_utf8(error)),
            Some(Failure::Stop(Stop::Rejected(line))) => Err(ExtractError::mismatch(line, 0)),
            Some(Failure::OutOfMemory { .. }) => Err(ExtractError::out_of_memory()),
            Some(Failure::Directive { reason, .. }) => Err(ExtractError::header(reason.into())),
        }
    }
}

impl Failure {
    /// Returns the number of the first line that was not added.
    fn line_number(&self) -> u64 {
        match self {
            Self::Stop(stop) => stop.line_number(),
            Self::OutOfMemory { line_number } | Self::Directive { line_number, .. } => *line_number,
        }
    }
}

fn decoder(dialect: Dialect) -> Decoder {
    Decoder::new(Scanner::new(dialect).expect("the best backend is one of those that can run"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use delimark_formats::LogFormat;

    use super::*;
    use crate::{ColumnOptions, ColumnOutput, InvalidUtf8};

    fn extractor(
        log_format: LogFormat,
        selection: &str,
        has_keys: bool,
        stops_at_mismatch: bool,
    ) -> ColumnExtractor {
        let Ok(selection) = selection.parse();
        let output = match has_keys {
            true => ColumnOutput::JsonLines { keys: None, invalid_utf8: InvalidUtf8::Error },
            false => ColumnOutput::Text { delimiter: b"\t".to_vec() },
        };
        let options = ColumnOptions { selection, output, decodes: has_keys, stops_at_mismatch };
        ColumnExtractor::new(Columns::new(log_format, Arc::new(options)).unwrap(), 2)
    }

    /// Pushes an input in chunks of a size; returns the output, or also the error.
    fn run(extractor: &mut ColumnExtractor, input: &[u8], size: usize) -> (String, String) {
        let mut output = Vec::new();
        let mut error = String::new();
        for chunk in input.chunks(size) {
            match extractor.push(chunk) {
                Ok(bytes) => output.extend(bytes),
                Err(stop) => error = stop.to_string(),
            }
        }
        match extractor.finish() {
            Ok(bytes) => output.extend(bytes),
            Err(stop) => error = stop.to_string(),
        }
        (String::from_utf8(output).unwrap(), error)
    }

    const LOG: &[u8] = br#"1.2.3.4 [x y] "GET /\x22" 200
1.2.3.4 (x y) "GET /" 200
1.2.3.4 [x y] "GET / 200
1.2.3.4 [y z] "" 404
"#;

    fn nginx() -> LogFormat {
        LogFormat::nginx(r#"$remote_addr [$time_local] "$request" $status"#).unwrap()
    }

    #[test]
    fn cuts_of_the_input_do_not_matter() {
        for size in 1..=LOG.len() {
            let mut text = extractor(nginx(), "status,request", false, false);
            // Twice: an input after another begins again.
            for _ in 0..2 {
                let (output, error) = run(&mut text, LOG, size);
                assert_eq!(output, "200\tGET /\\x22\n404\t\n", "chunks of {size}");
                assert_eq!(error, "");
                assert_eq!((text.lines(), text.left_out_count()), (4, 2));
                let left_out = text.take_left_out();
                let places: Vec<(u64, u64)> =
                    left_out.iter().map(|line| (line.line_number, line.offset)).collect();
                assert_eq!(places, [(2, 30), (3, 56)]);
                let reason = left_out[0].reason.to_string();
                assert!(
                    reason.starts_with("is in another format: expected '[' before time_local"),
                    "{reason}"
                );
                assert!(reason.ends_with("(byte 38)"), "{reason}");
                let reason = left_out[1].reason.to_string();
                assert_eq!(reason, "ends inside the quotes that open at byte 70");
            }
        }
    }

    #[test]
    fn values_are_decoded_under_the_names_of_their_columns() {
        let mut json = extractor(nginx(), "request,status", true, false);
        let (output, _) = run(&mut json, LOG, 1000);
        let expected = "{\"request\":\"GET /\\\"\",\"status\":\"200\"}\n\
                        {\"request\":\"\",\"status\":\"404\"}\n";
        assert_eq!(output, expected);
    }

    #[test]
    fn more_lines_than_are_kept_are_counted() {
        let mut text = extractor(nginx(), "1", false, false);
        let (output, _) = run(&mut text, b"a\nb\nc\n", 4);
        assert_eq!((output.as_str(), text.left_out_count()), ("", 3));
        assert_eq!(text.take_left_out().len(), 2);
    }

    #[test]
    fn an_error_comes_behind_the_records_before_it() {
        for size in [1, 30, 1000] {
            let mut text = extractor(nginx(), "1", false, true);
            let (output, error) = run(&mut text, LOG, size);
            assert_eq!(output, "1.2.3.4\n", "chunks of {size}");
            assert!(error.starts_with("line 2 at byte 30 is in another format"), "{error}");
            assert_eq!(text.lines(), 1);
        }
    }

    const IIS: &[u8] = b"#Version: 1.0\r\n#Fields: date cs-uri-stem sc-status\r\n\
        2026-03-01 /a 200\r\n2026-03-01 /b\r\n#Fields: sc-status cs-uri-stem\r\n404 /c\r\n#end";

    #[test]
    fn lines_on_the_way_name_other_columns() {
        for size in 1..=IIS.len() {
            let iis = LogFormat::preset("iis").unwrap().with_first_lines(IIS).unwrap().unwrap();
            let mut text = extractor(iis, "cs-uri-stem,sc-status", false, false);
            let (output, error) = run(&mut text, IIS, size);
            assert_eq!((&*output, &*error), ("/a\t200\n/c\t404\n", ""), "chunks of {size}");
            assert_eq!((text.lines(), text.left_out_count()), (7, 1));
            let left_out = text.take_left_out();
            assert_eq!((left_out[0].line_number, left_out[0].offset), (4, 71));
            assert_eq!(text.directive(), Some(&b"#Fields: sc-status cs-uri-stem"[..]));
        }
    }

    #[test]
    fn a_column_that_is_gone_ends_the_input() {
        for size in 1..=IIS.len() {
            let iis = LogFormat::preset("iis").unwrap().with_first_lines(IIS).unwrap().unwrap();
            let mut text = extractor(iis, "date", false, false);
            let (output, error) = run(&mut text, IIS, size);
            assert_eq!(output, "2026-03-01\n", "chunks of {size}");
            assert!(error.starts_with("line 5 at byte 86: "), "{error}");
            assert!(error.contains("there is no column 'date'"), "{error}");
            assert_eq!(text.lines(), 4);
        }
    }

    #[test]
    fn a_part_of_an_input_has_its_places() {
        let mut text = extractor(nginx(), "1", false, false);
        text.restart(Place { offset: 1000, lines_before: 10 });
        let (output, _) = run(&mut text, b"x\n", 10);
        assert_eq!((output.as_str(), text.lines()), ("", 11));
        let [line] = &text.take_left_out()[..] else { panic!("one line is left out") };
        assert_eq!((line.line_number, line.offset), (11, 1000));
    }
}
