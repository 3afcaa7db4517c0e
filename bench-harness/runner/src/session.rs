//! What the program remembers from one request to the next, and its answers; apart from the loop
//! that reads requests, since cases are answered without it.

use std::fmt::Display;
use std::fs::File;
use std::hint::black_box;
use std::mem;
use std::path::PathBuf;
use std::time::Instant;

use delimark::{Backend, BackendError, Dialect, MapSource, RaggedPolicy, ReadSource, Scanner};
use delimark_runner::allocations::{HeapUse, Watch};
use delimark_runner::case::Request;
use delimark_runner::model::{Answer, Model};
use delimark_runner::pass;

use crate::counted;
use crate::slowdown::Slowdown;

/// The version of what `measure`, `count` and `step` mean, for a harness of another revision.
const PROTOCOL: u32 = 1;

/// How much of an input counts as a burst where the parser makes none.
const BURST_BYTES: usize = Scanner::DEFAULT_BURST_BYTES;

/// A backend with what was loaded for it.
pub(crate) struct Session {
    scanner: Scanner,
    input: Option<Input>,
    /// What reads go into, kept from pass to pass.
    buffer: Vec<u8>,
    slowdown: Slowdown,
}

struct Input {
    path: PathBuf,
    map: MapSource,
}

/// What a pass is over.
#[derive(Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) model: Model,
    /// Those of [`Model::Project`].
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

    /// Answers a request, whatever it is, with one line.
    pub(crate) fn answer(&mut self, request: &str) -> String {
        self.try_answer(request).unwrap_or_else(|reason| {
            let reason = reason.replace(['\r', '\n'], " ");
            format!("error {reason}")
        })
    }

    fn try_answer(&mut self, request: &str) -> Result<String, String> {
        let (verb, rest) = request.split_once(' ').unwrap_or((request, ""));
        match verb {
            "about" => Ok(self.about()),
            "load" => self.load(rest),
            "dialect" => self.set_dialect(rest),
            "run" => with_task(rest, |task| self.run(task)),
            "measure" => {
                let (passes, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                let passes = passes.parse().map_err(|_| format!("'{passes}' is no number"))?;
                with_task(rest, |task| self.measure(passes, task))
            }
            "count" => with_task(rest, |task| self.count(task)),
            "step" => with_task(rest, |task| self.step(task)),
            _ => Err(format!("there is no request '{verb}'")),
        }
    }

    fn about(&self) -> String {
        let (version, slowdown) = (env!("CARGO_PKG_VERSION"), Slowdown::DESCRIPTION);
        let backend = self.scanner.backend();
        format!(
            "{{\"engine\":\"delimark-runner {version}{slowdown}\",\"backend\":\"{backend}\",\
             \"protocol\":{PROTOCOL}}}"
        )
    }

    /// Maps the file: whoever has the same one loaded shares the memory that it is in.
    fn load(&mut self, path: &str) -> Result<String, String> {
        // What was loaded goes first, whatever comes of this.
        self.input = None;
        let map = MapSource::open(path).map_err(|error| format!("{path}: {error}"))?;
        let bytes = map.as_bytes().len();
        self.input = Some(Input { path: path.into(), map });
        Ok(format!("ok {bytes}"))
    }

    fn set_dialect(&mut self, words: &str) -> Result<String, String> {
        let dialect = dialect(words).ok_or_else(|| format!("'{words}' is no dialect"))??;
        self.scanner = scanner(dialect, self.scanner.backend()).map_err(text)?;
        Ok("ok".to_owned())
    }

    fn run(&mut self, task: Task<'_>) -> Result<String, String> {
        let begin = Instant::now();
        let answer = self.pass(task)?;
        let duration = begin.elapsed();
        Ok(format!("ok {} {}", duration.as_nanos(), numbers(answer)))
    }

    /// Goes through the input once untimed, then so many times by the clock.
    fn measure(&mut self, passes: usize, task: Task<'_>) -> Result<String, String> {
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

    /// Goes through the input in the function that tools look for.
    fn count(&mut self, task: Task<'_>) -> Result<String, String> {
        Ok(format!("ok 0 {}", numbers(counted::pass(self, task)?)))
    }

    /// As [`count`](Self::count), with stops before and behind it, for somebody who steps.
    fn step(&mut self, task: Task<'_>) -> Result<String, String> {
        Ok(format!("ok 0 {}", numbers(counted::stepped_pass(self, task)?)))
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
        match model {
            Model::Count => {
                let answer = pass::count(scanner, bytes);
                (0..bytes.len().div_ceil(BURST_BYTES)).for_each(|_| burst(0));
                Ok(answer)
            }
            Model::Index => pass::index(scanner.scan(bytes), burst).map_err(text),
            Model::Fields => pass::fields(&mut scanner.scan(bytes), burst).map_err(text),
            Model::Project => pass::project(scanner.scan(bytes), columns, burst).map_err(text),
            Model::FileMap => {
                let source = MapSource::open(path).map_err(text)?;
                pass::fields(&mut scanner.scan_source(source), burst).map_err(text)
            }
            Model::FileRead => {
                let file = File::open(path).map_err(text)?;
                let source = ReadSource::with_buffer(file, mem::take(buffer));
                let mut batches = scanner.scan_source(source);
                let answer = pass::fields(&mut batches, burst).map_err(text)?;
                *buffer = batches.into_source().into_buffer();
                Ok(answer)
            }
            Model::Extract => Err("this is no whole command".to_owned()),
        }
    }
}

fn scanner(dialect: Dialect, backend: Backend) -> Result<Scanner, BackendError> {
    Scanner::with_backend(dialect.with_ragged(RaggedPolicy::Keep), backend)
}

/// Reads the words of `dialect`; nothing where they are none, the reason where it is not legal.
fn dialect(words: &str) -> Option<Result<Dialect, String>> {
    let mut words = words.split(' ');
    let request = Request {
        delimiter: words.next()?.parse().ok()?,
        columns: match words.next()? {
            "any" => None,
            columns => Some(columns.parse().ok()?),
        },
        ragged: words.next()?.parse().ok()?,
        line_ending: words.next()?.parse().ok()?,
        line_limit: words.next()?.parse().ok()?,
    };
    words.next().is_none().then(|| request.dialect().map_err(text))
}

/// Reads the words behind a verb, `MODEL [COLUMN,COLUMN...]`, and does it.
fn with_task(
    words: &str,
    with: impl FnOnce(Task<'_>) -> Result<String, String>,
) -> Result<String, String> {
    let (name, columns) = words.split_once(' ').unwrap_or((words, ""));
    let model = Model::OF_LIBRARIES.into_iter().find(|model| model.name() == name);
    let model = model.ok_or_else(|| format!("there is no model '{name}'"))?;
    let columns: Result<Vec<usize>, _> =
        columns.split(',').filter(|word| !word.is_empty()).map(str::parse).collect();
    let columns = columns.map_err(|error| format!("the columns of '{words}': {error}"))?;
    with(Task { model, columns: &columns })
}

/// The numbers of an answer as they go over the pipe.
fn numbers(answer: Answer) -> String {
    match answer {
        Answer::Records { records, fields, checksum } => format!("{records} {fields} {checksum:x}"),
        Answer::Words(fold) => format!("0 0 {fold:x}"),
    }
}

fn text(error: impl Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A session with 200 lines of three fields loaded, and the file that they are in.
    fn loaded() -> (Session, PathBuf) {
        let name = format!("delimark-runner-{:?}.log", std::thread::current().id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, "a|bc|\n".repeat(200)).unwrap();
        let mut session = Session::new(Backend::best()).unwrap();
        assert_eq!(session.answer(&format!("load {}", path.display())), "ok 1200");
        assert_eq!(session.answer("dialect 124 3 keep auto 1000"), "ok");
        (session, path)
    }

    #[test]
    fn every_model_answers_the_same_by_every_verb() {
        let (mut session, path) = loaded();
        for model in Model::OF_LIBRARIES {
            let run = session.answer(&format!("run {model} 0,2"));
            let words: Vec<&str> = run.split(' ').collect();
            let [ok, _nanoseconds, records, fields, checksum] = words[..] else { panic!("{run}") };
            assert_eq!((ok, records), ("ok", "200"), "{model}");
            let count = session.answer(&format!("count {model} 0,2"));
            assert_eq!(count, format!("ok 0 200 {fields} {checksum}"));
            let measured = session.answer(&format!("measure 3 {model} 0,2"));
            let begin = format!("ok 200 {fields} {checksum} ");
            let rest = measured.strip_prefix(&begin).expect(&measured);
            assert_eq!(rest.split(' ').count(), 5, "allocations, bytes and 3 times: {measured}");
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_scan_allocates_nothing_when_it_is_warm() {
        let (mut session, path) = loaded();
        let measured = session.answer("measure 2 fields");
        let words: Vec<&str> = measured.split(' ').collect();
        assert_eq!(words[4..6], ["0", "0"], "{measured}");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn what_cannot_be_done_is_said_in_a_line() {
        let mut session = Session::new(Backend::best()).unwrap();
        for (request, expected) in [
            ("run index", "error nothing is loaded"),
            ("run sort", "error there is no model 'sort'"),
            ("run extract", "error there is no model 'extract'"),
            ("measure many index", "error 'many' is no number"),
            ("dialect 124", "error '124' is no dialect"),
            ("load no/such/file", "error no/such/file: "),
            ("", "error there is no request ''"),
        ] {
            let answer = session.answer(request);
            assert!(answer.starts_with(expected) && !answer.contains('\n'), "{answer}");
        }
        assert!(session.answer("dialect 10 any keep auto 9").starts_with("error "));
    }
}
