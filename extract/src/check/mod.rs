//! The check of a log: what a count of fields cannot tell, with the numbers of lines.

mod finding;
mod findings;
mod line_checks;
mod record_checks;
mod timestamps;

use delimark::{Backend, BackendError, Dialect, Scanner, SourceError};
use delimark_formats::{Guess, LogFormat, guess};

use self::findings::Findings;
use self::line_checks::LineChecks;
use self::record_checks::RecordChecks;
use crate::comments::{Comments, line_length};
use crate::encoding::Encoding;
use crate::error::ExtractError;
use crate::feed::{ChunkBuffer, ChunkContent, Feed};
use crate::input::{Content, Input};
use crate::order::verify;
use crate::truncation::TruncationCheck;
use crate::worker::{BURST_BYTES, scan_error};

pub use self::finding::{Finding, FindingKind};

/// Bytes that are looked at to guess the format.
const GUESSED_BYTES: usize = 64 << 10;

/// Bytes of the longest line that is looked at; longer ones are a finding.
const LINE_BYTES: usize = 16 << 20;

/// Looks for what is strange in logs.
#[derive(Clone, Debug)]
pub struct Checker {
    backend: Backend,
    format: Option<LogFormat>,
    examples_maximum: usize,
}

/// The findings in a log.
#[derive(Debug, Default)]
pub struct CheckReport {
    lines: u64,
    bytes: u64,
    guess: Option<Guess>,
    matched: Option<(u64, u64)>,
    findings: Vec<Finding>,
    error: Option<ExtractError>,
}

impl Checker {
    /// Checks logs of this format or, without one, of the format that their first lines are in.
    /// Findings name so many of their first lines at most.
    ///
    /// # Errors
    ///
    /// There is no backend, or `DELIMARK_BACKEND` names one that cannot run.
    pub fn new(format: Option<LogFormat>, examples_maximum: usize) -> Result<Self, BackendError> {
        let backend = Scanner::new(any_dialect())?.backend();
        Ok(Self { backend, format, examples_maximum })
    }

    /// Checks an input to its end. Lines are not kept: memory does not grow with the input.
    #[must_use]
    pub fn check(&self, input: Input) -> CheckReport {
        match input.content {
            Content::Map { map, start, check } => {
                let bytes = map.as_bytes().get(start..).unwrap_or_default();
                let feed = Feed::of_memory(bytes, BURST_BYTES.get(), LINE_BYTES);
                self.check_feed(feed, Some(&check))
            }
            Content::Read { reader, .. } => {
                self.check_feed(Feed::of_reader(reader, BURST_BYTES.get(), LINE_BYTES), None)
            }
        }
    }

    fn check_feed(&self, feed: Feed<'_>, truncation: Option<&TruncationCheck>) -> CheckReport {
        let mut run = Run {
            report: CheckReport::default(),
            findings: Findings::new(self.examples_maximum),
            lines: LineChecks::default(),
            records: None,
            backend: self.backend,
        };
        let read = run.read(self.format.as_ref(), feed.with_long_lines_skipped(true));
        let whole = read.and_then(|()| verify(truncation, run.report.bytes));
        run.report.error = whole.err();
        run.finish()
    }
}

/// Returns a dialect where it does not matter which.
fn any_dialect() -> Dialect {
    Dialect::new(b' ').expect("a blank can delimit")
}

impl CheckReport {
    /// Returns the number of lines.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Returns the number of bytes, decompressed.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the guess of the format, where it was not given and there were lines to guess from.
    #[must_use]
    pub fn guess(&self) -> Option<&Guess> {
        self.guess.as_ref()
    }

    /// Returns how many lines are in the format, and of how many: lines that only say what the
    /// format is are not counted. `None` where there is no format.
    #[must_use]
    pub fn matched(&self) -> Option<(u64, u64)> {
        self.matched
    }

    /// Returns the findings: those about the file first, then those about its lines.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns the reason why the input was not read to its end.
    #[must_use]
    pub fn error(&self) -> Option<&ExtractError> {
        self.error.as_ref()
    }
}

/// The check of one input.
struct Run {
    report: CheckReport,
    findings: Findings,
    lines: LineChecks,
    /// The checks of values; `None` where the format is not known.
    records: Option<RecordChecks>,
    backend: Backend,
}

impl Run {
    fn read(&mut self, format: Option<&LogFormat>, mut feed: Feed<'_>) -> Result<(), ExtractError> {
        let start = feed.peek(|bytes| bytes.len() >= GUESSED_BYTES);
        let start = start.map_err(|error| to_error(self.backend, error, 0))?;
        if start.is_empty() {
            self.findings.add_for_file(FindingKind::EmptyFile);
            return Ok(());
        }
        let encoding = Encoding::of(start, b' ');
        let mark_bytes = encoding.map_or(0, Encoding::mark_bytes);
        let is_text = match encoding {
            Some(Encoding::MarkedUtf8) => {
                self.findings.add_for_file(FindingKind::ByteOrderMark);
                true
            }
            Some(_) => {
                self.findings.add_for_file(FindingKind::WideCharacters);
                false
            }
            None => true,
        };
        if is_text {
            self.records = self.choose(format, &start[mark_bytes..]);
        }
        feed.skip(mark_bytes);
        self.report.bytes = mark_bytes as u64;
        let mut buffer = ChunkBuffer::default();
        while let Some(chunk) = feed.next(&mut buffer) {
            match chunk.content {
                ChunkContent::Lines { bytes, .. } => self.check_lines(bytes, is_text)?,
                ChunkContent::LongLine { .. } => {
                    self.report.lines += 1;
                    self.findings.add(FindingKind::LongLine, self.report.lines);
                }
                ChunkContent::Failure(error) => {
                    return Err(to_error(self.backend, error, self.report.lines));
                }
            }
            self.report.bytes = feed.offset();
        }
        Ok(())
    }

    /// Returns the checks for a format, given or guessed.
    fn choose(&mut self, format: Option<&LogFormat>, start: &[u8]) -> Option<RecordChecks> {
        if let Some(format) = format {
            return Some(RecordChecks::new(format.clone(), self.backend));
        }
        let guess = guess(start);
        // A format of a few lines is better than none to compare the others with.
        let format = guess.candidates().first().map(|found| found.preset().format());
        self.report.guess = Some(guess);
        format.map(|format| RecordChecks::new(format, self.backend))
    }

    fn check_lines(&mut self, bytes: &[u8], is_text: bool) -> Result<(), ExtractError> {
        let lines_before = self.report.lines;
        self.report.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        self.report.lines += u64::from(!bytes.ends_with(b"\n"));
        if !is_text {
            return Ok(());
        }
        self.lines.check(bytes, lines_before, &mut self.findings);
        let Some(records) = &mut self.records else { return Ok(()) };
        if !records.has_directives() {
            return records.check(bytes, lines_before, &mut self.findings);
        }
        let comments = Comments::new(b"#");
        let (mut rest, mut number) = (bytes, lines_before);
        while !rest.is_empty() {
            if comments.is_comment(rest) {
                let (line, behind) = rest.split_at(line_length(rest));
                number += 1;
                records.read_directive(line, number, &mut self.findings);
                rest = behind;
            } else {
                let part = comments.before_comment(rest);
                records.check(part, number, &mut self.findings)?;
                number += memchr::memchr_iter(b'\n', part).count() as u64;
                rest = &rest[part.len()..];
            }
        }
        Ok(())
    }

    fn finish(mut self) -> CheckReport {
        self.lines.finish(self.report.lines, &mut self.findings);
        if let Some(records) = self.records {
            let (matched, directives) = records.counts();
            self.report.matched = Some((matched, self.report.lines - directives));
            records.finish(&mut self.findings);
        }
        let is_guessed = self.report.guess.as_ref().is_some_and(|guess| guess.lines() > 0);
        if is_guessed
            && self.report.guess.as_ref().is_some_and(|guess| guess.candidates().is_empty())
        {
            self.findings.add_for_file(FindingKind::NoKnownFormat);
        }
        self.report.findings = self.findings.into_sorted();
        self.report
    }
}

fn to_error(backend: Backend, error: SourceError, lines_before: u64) -> ExtractError {
    let scanner = Scanner::with_backend(any_dialect(), backend);
    let mut scanner = scanner.expect("a backend that a scanner has can run");
    scan_error(&mut scanner, error, lines_before).into()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::input::{Access, InputName, InputOptions};
    use crate::window_limit::WindowLimit;

    /// Returns lines of three bursts, with a status of 0 in every thousandth.
    fn log() -> String {
        let status = |number: u64| if number.is_multiple_of(1_000) { "0" } else { "200" };
        (1..=20_000).map(|number| format!("{number} {}\r\n", status(number))).collect()
    }

    fn check(content: &[u8], access: Access) -> CheckReport {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, content).unwrap();
        let format = LogFormat::nginx("$request_length $status").unwrap();
        let checker = Checker::new(Some(format), 30).unwrap();
        let options = InputOptions { access, window_limit: WindowLimit::default() };
        checker.check(Input::open(&InputName::new(&path), options).unwrap())
    }

    #[test]
    fn lines_are_numbered_from_burst_to_burst() {
        for access in [Access::Map, Access::Read] {
            let report = check(log().as_bytes(), access);
            let [finding] = report.findings() else { panic!("{report:?}") };
            assert_eq!(*finding.kind(), FindingKind::OddStatus { value: Some("0".to_owned()) });
            assert_eq!(finding.count(), 20);
            let expected: Vec<u64> = (1..=20).map(|number| number * 1_000).collect();
            assert_eq!(finding.first_lines(), expected);
            assert_eq!(report.matched(), Some((20_000, 20_000)));
            assert_eq!((report.lines(), report.bytes()), (20_000, log().len() as u64));
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_value() {
        let report = check(&[b"\xef\xbb\xbf", log().as_bytes()].concat(), Access::Map);
        assert_eq!(*report.findings()[0].kind(), FindingKind::ByteOrderMark);
        assert_eq!(report.findings().len(), 2);
        assert_eq!(report.bytes(), log().len() as u64 + 3);
        assert_eq!(report.matched(), Some((20_000, 20_000)));
    }

    #[test]
    fn a_line_over_the_limit_is_passed_over_and_counted() {
        let long = vec![b'x'; LINE_BYTES + 1];
        let report = check(&[b"1 200\n", &long[..], b"\n3 0\n"].concat(), Access::Read);
        let lines: Vec<(String, &[u64])> = report
            .findings()
            .iter()
            .map(|finding| (finding.to_string(), finding.first_lines()))
            .collect();
        let expected = [
            ("1 line of more than 16 MiB".to_owned(), &[2][..]),
            ("1 record with status 0".to_owned(), &[3]),
        ];
        assert_eq!(lines, expected);
        assert_eq!(report.lines(), 3);
    }
}
