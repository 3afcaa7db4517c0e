//! The pull-fed side: goes through files and pipes with one thread or several, and writes as it
//! goes.

use std::error::Error;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};
use std::thread;

use delimark::{Dialect, LineEnding, RaggedPolicy, Scanner};

use crate::columns::LineFormat;
use crate::comments::Comments;
use crate::encoding::Encoding;
use crate::error::ExtractError;
use crate::feed::Feed;
use crate::input::{Content, Input, InputName};
use crate::line_rules::{LineRules, squeeze};
use crate::order::{LineCounts, Order, Sinks, Writer, verify};
use crate::progress::Progress;
use crate::truncation::TruncationCheck;
use crate::waiting::Interrupt;
use crate::worker::{BURST_BYTES, Job, LongLine, Worker, scan_error};

/// Bytes of output that are collected before they are written, even amid a burst.
const OUTPUT_BYTES: usize = 1 << 20;

/// Bytes that several threads take at once, each its share of them: with the output that they come
/// to, 64 threads stay below 40 MiB.
const BYTES_OF_THREADS: usize = 8 << 20;

/// The least and the most of them that a thread takes at once.
const CHUNK_BYTES: RangeInclusive<usize> = BURST_BYTES.get()..=1 << 20;

/// Bytes of a file for which more than one thread are worth starting.
const BYTES_FOR_THREADS: usize = 8 << 20;

/// Bytes of an input that say what its format is, at most.
const FIRST_LINES_BYTES: usize = 64 << 10;

/// The most threads that are taken if nobody says how many: they share the memory's speed, and one
/// output.
const THREADS_MAXIMUM: usize = 8;

/// The beginning of an input, as far as its format depends on it.
#[derive(Clone, Copy, Debug)]
pub enum Opening<'o> {
    /// It does not.
    Any,
    /// The names in its header.
    Header(&'o [String]),
    /// Its first lines, or a part of them; see [`LineRules::needs_first_lines`].
    FirstLines(&'o [u8]),
}

/// Makes the format for an input that begins so. The error says why it does not fit.
pub type ChooseFormat<'f> =
    &'f mut dyn FnMut(Opening<'_>) -> Result<LineFormat, Box<dyn Error + Send + Sync>>;

/// The way in which an input is read.
struct Reading<'c> {
    check: Option<&'c TruncationCheck>,
    interrupt: Interrupt,
    threads: usize,
}

/// Extracts fields from one input after the other.
pub struct Extractor<'a> {
    rules: LineRules,
    comments: Option<Comments>,
    /// The number of threads, where it is given.
    threads: Option<NonZeroUsize>,
    workers: Vec<Worker>,
    long_lines: Mutex<LongLine>,
    progress: Arc<Progress>,
    writer: Writer<'a>,
}

impl<'a> Extractor<'a> {
    /// Makes an extractor of the records that a scanner finds, on this many threads or, without a
    /// number, as many as help.
    #[must_use]
    pub fn new(
        scanner: Scanner,
        rules: LineRules,
        threads: Option<NonZeroUsize>,
        sinks: Sinks<'a>,
    ) -> Self {
        let comments = rules.comment.as_deref().map(Comments::new);
        let worker = Worker::new(scanner);
        Self {
            rules,
            comments,
            threads,
            workers: vec![worker],
            long_lines: Mutex::default(),
            progress: Arc::default(),
            writer: Writer::new(sinks),
        }
    }

    /// Returns how far it gets, to be looked at from another thread.
    #[must_use]
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Extracts from an input, in the format that is chosen for it.
    ///
    /// # Errors
    ///
    /// The input cannot be read to its end, its header does not fit, or the output cannot be
    /// written. What was extracted before has been written.
    pub fn extract(
        &mut self,
        name: &InputName,
        input: Input,
        choose: ChooseFormat<'_>,
    ) -> Result<(), ExtractError> {
        self.writer.counts = LineCounts::default();
        let threads = self.threads.map_or_else(|| threads_for(&input), NonZeroUsize::get);
        let chunk_bytes = chunk_bytes(threads);
        let line_bytes = self.workers[0].scanner().dialect().line_limit_bytes();
        match input.content {
            Content::Map { map, start, check } => {
                let bytes = map.as_bytes().get(start..).unwrap_or_default();
                self.progress.begin(Some(bytes.len()));
                let feed = Feed::of_memory(bytes, chunk_bytes, line_bytes);
                let interrupt = Interrupt::default();
                self.copy(name, feed, Reading { check: Some(&check), interrupt, threads }, choose)
            }
            Content::Read { reader, interrupt, .. } => {
                self.progress.begin(None);
                if threads > 1 {
                    // One that waits for input is not to keep the others from ending.
                    interrupt.watch();
                }
                let feed = Feed::of_reader(reader, chunk_bytes, line_bytes);
                self.copy(name, feed, Reading { check: None, interrupt, threads }, choose)
            }
        }
    }

    /// Returns how much of the last input went by, whether it ended well or not.
    #[must_use]
    pub fn counts(&self) -> LineCounts {
        self.writer.counts
    }

    fn copy(
        &mut self,
        name: &InputName,
        feed: Feed<'_>,
        Reading { check, interrupt, threads }: Reading<'_>,
        choose: ChooseFormat<'_>,
    ) -> Result<(), ExtractError> {
        let mut feed = feed.with_long_lines_skipped(self.rules.reports_long_lines);
        self.note_encoding(name, &mut feed)?;
        let names = self.read_header(&mut feed)?;
        verify(check, 0)?;
        if self.rules.has_header && names.is_none() {
            // Nothing is left, not even a header.
            return Ok(());
        }
        let first_lines = self.first_lines(&mut feed)?;
        let opening = match (&names, &first_lines) {
            (Some(names), _) => Opening::Header(names),
            (None, Some(lines)) => Opening::FirstLines(lines),
            (None, None) => Opening::Any,
        };
        let format = choose(opening).map_err(ExtractError::header)?;
        let directives = match &format {
            LineFormat::Columns(columns) => {
                let dialect = columns.dialect(self.workers[0].scanner().dialect());
                self.use_dialect(&dialect);
                columns.log_format().has_directives().then(|| Comments::new(b"#"))
            }
            LineFormat::Fields(_) => None,
        };
        // The format changes on the way, which no two threads could agree on.
        let threads = if directives.is_some() { 1 } else { threads };
        let job = Job {
            format: &format,
            rules: &self.rules,
            comments: directives.as_ref().or(self.comments.as_ref()),
            keeps_lines: self.writer.sinks.ragged_lines.is_some(),
            progress: &self.progress,
            interrupt,
            // More than a chunk mostly comes to: a thread that writes amid its chunk has to wait
            // for those before it.
            output_bytes: if threads == 1 { OUTPUT_BYTES } else { chunk_bytes(threads) * 2 },
            long_lines: (threads > 1).then_some(&self.long_lines),
        };
        while self.workers.len() < threads {
            let worker = self.workers[0].another();
            self.workers.push(worker);
        }
        let lines_before = self.writer.counts.lines;
        let order = Order::new(&mut self.writer, name, check, lines_before);
        let feed = Mutex::new(feed);
        let (first, others) = self.workers[..threads].split_at_mut(1);
        thread::scope(|scope| {
            for worker in others {
                // A thread that cannot be started is one less.
                let run = || worker.run(&feed, &order, &job);
                let _ = thread::Builder::new().spawn_scoped(scope, run);
            }
            first[0].run(&feed, &order, &job);
        });
        order.finish()
    }

    /// Tells of an encoding that deserves it, and leaves a byte order mark out.
    fn note_encoding(&mut self, name: &InputName, feed: &mut Feed<'_>) -> Result<(), ExtractError> {
        let scanner = self.workers[0].scanner();
        let start = feed.peek(Encoding::is_enough);
        let start = start.map_err(|error| scan_error(scanner, error, 0))?;
        if let Some(encoding) = Encoding::of(start, scanner.dialect().delimiter()) {
            feed.skip(encoding.mark_bytes());
            self.writer.tell(format!("delimark: {name}: {encoding}\n").as_bytes());
        }
        Ok(())
    }

    /// Has all workers scan records of another dialect, if it is another.
    fn use_dialect(&mut self, dialect: &Dialect) {
        let scanner = self.workers[0].scanner();
        if scanner.dialect() != dialect {
            let scanner = Scanner::with_backend(*dialect, scanner.backend());
            let scanner = scanner.expect("a backend that a scanner has can run");
            self.workers = vec![Worker::new(scanner)];
        }
    }

    /// Returns the first lines, if they are needed: one that is no comment, and those that came
    /// with it.
    fn first_lines(&mut self, feed: &mut Feed<'_>) -> Result<Option<Vec<u8>>, ExtractError> {
        if !self.rules.needs_first_lines {
            return Ok(None);
        }
        let scanner = self.workers[0].scanner();
        let lines_before = self.writer.counts.lines;
        let is_enough = |bytes: &[u8]| {
            bytes.len() >= FIRST_LINES_BYTES
                || bytes
                    .split_inclusive(|&byte| byte == b'\n')
                    .any(|line| line.ends_with(b"\n") && !line.starts_with(b"#"))
        };
        let bytes = feed.peek(is_enough);
        let bytes = bytes.map_err(|error| scan_error(scanner, error, lines_before))?;
        Ok(Some(bytes[..bytes.len().min(FIRST_LINES_BYTES)].to_vec()))
    }

    /// Reads the names of the columns, if the input has any, from its first line that is no
    /// comment.
    fn read_header(&mut self, feed: &mut Feed<'_>) -> Result<Option<Vec<String>>, ExtractError> {
        if !self.rules.has_header {
            return Ok(None);
        }
        let scanner = self.workers[0].scanner();
        let counts = &mut self.writer.counts;
        loop {
            let line =
                feed.first_line().map_err(|error| scan_error(scanner, error, counts.lines))?;
            let Some(line) = line else { return Ok(None) };
            counts.lines += 1;
            if self.comments.as_ref().is_some_and(|comments| comments.is_comment(&line)) {
                counts.comments += 1;
                continue;
            }
            return Ok(Some(names(scanner, &self.rules, &line)));
        }
    }
}

/// Returns the number of threads that help with an input: those of a file in memory share the work
/// on it, one more formats what another decompresses, and a pipe is as slow as its other end.
fn threads_for(input: &Input) -> usize {
    let available = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    match &input.content {
        Content::Map { map, start, .. } if map.as_bytes().len() - start >= BYTES_FOR_THREADS => {
            available().min(THREADS_MAXIMUM)
        }
        Content::Read { is_compressed: true, .. } => available().min(2),
        Content::Map { .. } | Content::Read { .. } => 1,
    }
}

/// Returns the bytes that each of so many threads takes at once.
fn chunk_bytes(threads: usize) -> usize {
    match threads {
        1 => BURST_BYTES.get(),
        _ => (BYTES_OF_THREADS / threads).clamp(*CHUNK_BYTES.start(), *CHUNK_BYTES.end()),
    }
}

/// Returns the fields of a header. Those that are not UTF-8 have U+FFFD where it is not.
fn names(scanner: &Scanner, rules: &LineRules, line: &[u8]) -> Vec<String> {
    let dialect = scanner.dialect().with_ragged(RaggedPolicy::Keep);
    let mut squeezed = Vec::new();
    let line = if rules.squeezes_blanks {
        squeeze(line, dialect.line_ending() == LineEnding::Auto, &mut squeezed);
        &squeezed
    } else {
        line
    };
    let mut scanner = Scanner::with_backend(dialect, scanner.backend())
        .expect("a backend that a scanner has can run");
    let mut batches = scanner.scan(line);
    let batch = batches.next().ok().flatten();
    let header = batch.and_then(|batch| batch.records().next());
    let fields = header.into_iter().flat_map(|header| header.fields());
    fields.map(|field| String::from_utf8_lossy(field).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{self, Write};
    use std::panic::{self, AssertUnwindSafe};
    use std::path::Path;

    use delimark::Dialect;

    use super::*;
    use crate::input::{Access, InputOptions};
    use crate::json_lines::{InvalidUtf8, JsonLines, Keys};
    use crate::output_format::Format;
    use crate::text::Text;
    use crate::window_limit::WindowLimit;

    fn counts(path: &Path, policy: RaggedPolicy, access: Access) -> LineCounts {
        let dialect = Dialect::new(b'|').unwrap().with_columns(2).unwrap().with_ragged(policy);
        let dialect = dialect.with_line_limit(9).unwrap();
        let fields = "2".parse().unwrap();
        let format = JsonLines::new(&fields, Keys::Numbers, InvalidUtf8::Error).unwrap();
        let (mut output, mut messages) = (Vec::new(), Vec::new());
        let sinks = Sinks { output: &mut output, messages: &mut messages, ragged_lines: None };
        let scanner = Scanner::new(dialect).unwrap();
        let mut extractor = Extractor::new(scanner, LineRules::default(), None, sinks);
        let name = InputName::new(path);
        // Twice: an input is counted without the one before.
        for _ in 0..2 {
            let options = InputOptions { access, window_limit: WindowLimit::default() };
            let input = Input::open(&name, options).unwrap();
            let mut choose =
                |_: Opening<'_>| Ok(LineFormat::Fields(Format::JsonLines(format.clone())));
            assert!(extractor.extract(&name, input, &mut choose).is_err());
        }
        extractor.counts()
    }

    struct Panicking;

    impl Write for Panicking {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            panic!("as planned");
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_thread_that_panics_does_not_keep_the_others() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), b"a|b\n".repeat(1 << 20)).unwrap();
        let format = Format::Text(Text::new("1".parse().unwrap(), b'|', b"|".to_vec()));
        let (mut output, mut messages) = (Panicking, Vec::new());
        let sinks = Sinks { output: &mut output, messages: &mut messages, ragged_lines: None };
        let scanner = Scanner::new(Dialect::new(b'|').unwrap()).unwrap();
        let threads = NonZeroUsize::new(3);
        let mut extractor = Extractor::new(scanner, LineRules::default(), threads, sinks);
        let name = InputName::new(file.path());
        let options = InputOptions { access: Access::Map, window_limit: WindowLimit::default() };
        let input = Input::open(&name, options).unwrap();
        let mut choose = |_: Opening<'_>| Ok(LineFormat::Fields(format.clone()));
        let extracted =
            panic::catch_unwind(AssertUnwindSafe(|| extractor.extract(&name, input, &mut choose)));
        assert!(extracted.is_err());
    }

    #[test]
    fn lines_before_a_stop_are_counted() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for access in [Access::Map, Access::Read] {
            for (policy, input, lines, ragged) in [
                (RaggedPolicy::Error, &b"a|b\nc|d\ne\nf|g\n"[..], 2, 0),
                (RaggedPolicy::Report, b"a\nb|c\nd|\xff\ne\nf|g\n", 2, 1),
                (RaggedPolicy::Report, b"a\nb|c\ntoo|long|a|line\ne\n", 2, 1),
            ] {
                fs::write(file.path(), input).unwrap();
                let found = counts(file.path(), policy, access);
                let expected = LineCounts { lines, ragged, ..LineCounts::default() };
                assert_eq!(found, expected, "{}", input.escape_ascii());
            }
        }
    }
}
