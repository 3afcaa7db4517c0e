//! The program's memory from one request to the next, and the requests that use it.

use std::fmt::Display;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use delimark::{Backend, BackendError, Dialect, MapSource, QuoteEscape, RaggedPolicy, Scanner};
use delimark_runner::PROTOCOL;
use delimark_runner::allocations::{HeapUse, Watch};
use delimark_runner::case::Request;
use delimark_runner::model::{Answer, Model};
use delimark_runner::pass::{self, PassInput};

use crate::slowdown::Slowdown;

/// The size of a burst where the parser makes none.
const BURST_BYTES: usize = Scanner::DEFAULT_BURST_BYTES;

/// A backend with what was loaded for it.
pub(crate) struct Session {
    scanner: Scanner,
    input: Option<Input>,
    /// The buffer of reads, kept from pass to pass.
    buffer: Vec<u8>,
    slowdown: Slowdown,
}

struct Input {
    path: PathBuf,
    map: MapSource,
}

/// The task of a pass.
#[derive(Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) model: Model,
    /// The columns of [`Model::Project`].
    pub(crate) columns: &'a [usize],
}

impl Session {
    /// Begins with nothing loaded.
    ///
    /// # Errors
    ///
    /// The backend cannot run here, or the environment asks for a slowdown that there is not.
    pub(crate) fn new(backend: Backend) -> Result<Self, String> {
        let dialect = Dialect::new(b'|').map_err(text)?;
        let scanner = scanner(dialect, backend).map_err(text)?;
        let slowdown = Slowdown::from_environment(backend)?;
        Ok(Self { scanner, input: None, buffer: Vec::new(), slowdown })
    }

    pub(crate) fn about(&self) -> String {
        let (version, slowdown) = (env!("CARGO_PKG_VERSION"), Slowdown::DESCRIPTION);
        let backend = self.scanner.backend();
        format!(
            "{{\"engine\":\"delimark-runner {version}{slowdown}\",\"backend\":\"{backend}\",\
             \"protocol\":{PROTOCOL}}}"
        )
    }

    /// Maps the file: whoever has the same one loaded shares the memory that it is in.
    pub(crate) fn load(&mut self, path: &str) -> Result<String, String> {
        // What was loaded goes first, whatever comes of this.
        self.input = None;
        let map = MapSource::open(path).map_err(|error| format!("{path}: {error}"))?;
        let bytes = map.as_bytes().len();
        self.input = Some(Input { path: path.into(), map });
        Ok(format!("ok {bytes}"))
    }

    pub(crate) fn set_dialect(&mut self, words: &str) -> Result<String, String> {
        let dialect = dialect(words).ok_or_else(|| format!("'{words}' is no dialect"))??;
        self.scanner = scanner(dialect, self.scanner.backend()).map_err(text)?;
        Ok("ok".to_owned())
    }

    pub(crate) fn run(&mut self, task: Task<'_>) -> Result<String, String> {
        let begin = Instant::now();
        let answer = self.pass(task)?;
        let duration = begin.elapsed();
        Ok(format!("ok {} {}", duration.as_nanos(), numbers(answer)))
    }

    /// Goes through the input once untimed, then `passes` times by the clock.
    pub(crate) fn measure(&mut self, passes: usize, task: Task<'_>) -> Result<String, String> {
        let expected = self.pass(task)?;
        let mut line = String::with_capacity(64 + 16 * passes);
        let mut heap_use = HeapUse { allocations: 0, peak_bytes: 0 };
        for _ in 0..passes {
            let watch = Watch::start();
            let begin = Instant::now();
            let answer = self.pass(task)?;
            let duration = begin.elapsed();
            heap_use = watch.heap_use();
            if answer != expected {
                return Err(format!("one pass answers {expected}, the next {answer}"));
            }
            line.push_str(&format!(" {}", duration.as_nanos()));
        }
        let HeapUse { allocations, peak_bytes } = heap_use;
        Ok(format!("ok {} {allocations} {peak_bytes}{line}", numbers(expected)))
    }

    /// Goes through the input once.
    ///
    /// # Errors
    ///
    /// Nothing is loaded, or the scan ends early.
    pub(crate) fn pass(&mut self, Task { model, columns }: Task<'_>) -> Result<Answer, String> {
        let Self { scanner, input, buffer, slowdown } = self;
        let Input { path, map } = input.as_ref().ok_or("nothing is loaded")?;
        let bytes = black_box(map.as_bytes());
        let mut burst = slowdown.of(model);
        let input = PassInput { bytes, path, projection: columns };
        let open_map = || MapSource::open(path);
        let answer =
            pass::run(model, scanner, input, buffer, open_map, &mut burst).map_err(text)?;
        if model == Model::Count {
            (0..bytes.len().div_ceil(BURST_BYTES)).for_each(|_| burst(0));
        }
        Ok(answer)
    }
}

fn scanner(dialect: Dialect, backend: Backend) -> Result<Scanner, BackendError> {
    Scanner::with_backend(dialect.with_ragged(RaggedPolicy::Keep), backend)
}

/// Reads the words of `dialect`; nothing where they are none, the reason where it is not legal.
fn dialect(words: &str) -> Option<Result<Dialect, String>> {
    let mut words = words.split(' ');
    let mut request = Request {
        delimiter: words.next()?.parse().ok()?,
        columns: match words.next()? {
            "any" => None,
            columns => Some(columns.parse().ok()?),
        },
        ragged: words.next()?.parse().ok()?,
        line_ending: words.next()?.parse().ok()?,
        line_limit: words.next()?.parse().ok()?,
        quote: None,
        escape: QuoteEscape::None,
    };
    if let Some(quote) = words.next() {
        request.quote = Some(quote.parse().ok()?);
        request.escape = words.next()?.parse().ok()?;
    }
    words.next().is_none().then(|| request.dialect().map_err(text))
}

/// The numbers of an answer as they go over the pipe.
pub(crate) fn numbers(answer: Answer) -> String {
    match answer {
        Answer::Records { records, fields, checksum } => format!("{records} {fields} {checksum:x}"),
        Answer::Words(fold) => format!("0 0 {fold:x}"),
    }
}

fn text(error: impl Display) -> String {
    error.to_string()
}
