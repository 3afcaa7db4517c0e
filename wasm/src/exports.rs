//! The module's plain exports, for runtimes that measure and verify: numbers in, numbers out.
//!
//! A runtime writes a message, or the input, to the address that it is given, and calls a function
//! that reads it. Functions that can fail return 1 where they could and 0 where they could not, and
//! leave the reason as the answer. `bench-harness/engines/runtimes/node.mjs` is such a host.

#![expect(unsafe_code, reason = "names for other languages are made with an unsafe attribute")]

use std::cell::RefCell;

use delimark::{Backend, Scanner};
use delimark_runner::case;
use delimark_runner::model::{Answer, Model};
use delimark_runner::pass;
#[cfg(feature = "verify")]
use delimark_runner::respond;

use crate::last_words;

/// Bytes that the scan takes at once: a line of the cache.
const BLOCK_BYTES: usize = 64;

/// The state between two calls.
#[derive(Default)]
struct State {
    /// The runtime's message for its next call.
    message: Vec<u8>,
    /// The input, after what brings it to a multiple of a block's length.
    input: Vec<u8>,
    input_start: usize,
    scanner: Option<Scanner>,
    task: Option<Task>,
    /// The numbers of the last pass.
    numbers: Numbers,
    /// The answer of the last call, or its reason.
    answer: String,
}

/// The task of the next pass.
struct Task {
    model: Model,
    columns: Vec<usize>,
}

#[derive(Default)]
struct Numbers {
    records: u64,
    fields: u64,
    checksum: u64,
}

type Outcome<T> = Result<T, String>;

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State::default());
}

fn with<T>(call: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(call)
}

/// Calls what can fail, and keeps the reason.
fn attempt(call: impl FnOnce(&mut State) -> Outcome<()>) -> u32 {
    with(|state| match call(state) {
        Ok(()) => 1,
        Err(reason) => {
            state.answer = reason;
            0
        }
    })
}

impl State {
    /// Makes the scanner of a dialect, written as the first line of a case.
    fn set_dialect(&mut self) -> Outcome<()> {
        let (request, _) = case::parse(&self.message).ok_or("this is no dialect")?;
        let dialect = request.dialect().map_err(|error| error.to_string())?;
        let scanner = Scanner::with_backend(dialect, Backend::best());
        self.scanner = Some(scanner.map_err(|error| error.to_string())?);
        Ok(())
    }

    /// Reads `MODEL [COLUMN,COLUMN...]`.
    fn prepare(&mut self) -> Outcome<()> {
        let message = str::from_utf8(&self.message).map_err(|error| error.to_string())?;
        let (name, columns) = message.split_once(' ').unwrap_or((message, ""));
        let model = Model::ALL.into_iter().find(|model| model.name() == name);
        let model = model.ok_or_else(|| format!("unknown model '{name}'"))?;
        let columns = columns.split(',').filter(|column| !column.is_empty());
        let columns: Result<_, _> = columns.map(str::parse).collect();
        let columns = columns.map_err(|error| format!("columns are numbers: {error}"))?;
        self.task = Some(Task { model, columns });
        Ok(())
    }

    /// Goes through the input.
    fn run(&mut self) -> Outcome<()> {
        let task = self.task.as_ref().ok_or("no model was named")?;
        let scanner = self.scanner.as_mut().ok_or("no dialect was named")?;
        let input = &self.input[self.input_start..];
        let answer = pass::from_memory(task.model, scanner, input, &task.columns, |_| ());
        match answer.map_err(|error| error.to_string())? {
            Answer::Records { records, fields, checksum } => {
                self.numbers = Numbers { records, fields, checksum };
                Ok(())
            }
            Answer::Words(_) => Err("a parser answers with records".to_owned()),
        }
    }
}

/// Makes room for a message of this many bytes; returns its address.
#[unsafe(no_mangle)]
extern "C" fn delimark_message(length: usize) -> *mut u8 {
    last_words::keep();
    with(|state| {
        state.message.clear();
        state.message.resize(length, 0);
        state.message.as_mut_ptr()
    })
}

/// Makes room for an input of this many bytes in place of the one before; returns its address, or
/// 0 where there is no memory for it.
#[unsafe(no_mangle)]
extern "C" fn delimark_input(length: usize) -> *mut u8 {
    with(|state| {
        state.input = Vec::new();
        state.input_start = 0;
        if state.input.try_reserve_exact(length + BLOCK_BYTES).is_err() {
            return std::ptr::null_mut();
        }
        // An input in a page of its own begins like that as well.
        state.input_start = state.input.as_ptr().align_offset(BLOCK_BYTES);
        state.input.resize(state.input_start + length, 0);
        state.input[state.input_start..].as_mut_ptr()
    })
}

/// Takes the dialect from the message, a case without input.
#[unsafe(no_mangle)]
extern "C" fn delimark_set_dialect() -> u32 {
    attempt(State::set_dialect)
}

/// Takes model and columns of the next passes from the message, `MODEL [COLUMN,COLUMN...]`.
#[unsafe(no_mangle)]
extern "C" fn delimark_prepare() -> u32 {
    attempt(State::prepare)
}

/// Goes through the input once.
#[unsafe(no_mangle)]
extern "C" fn delimark_run() -> u32 {
    attempt(State::run)
}

/// Returns the number of records that the last pass found.
#[unsafe(no_mangle)]
extern "C" fn delimark_records() -> u64 {
    with(|state| state.numbers.records)
}

/// Returns the number of fields that the last pass found.
#[unsafe(no_mangle)]
extern "C" fn delimark_fields() -> u64 {
    with(|state| state.numbers.fields)
}

/// Returns the checksum of the last pass.
#[unsafe(no_mangle)]
extern "C" fn delimark_checksum() -> u64 {
    with(|state| state.numbers.checksum)
}

/// Puts the case in the message to the backend; the answer is a line of JSON.
#[cfg(feature = "verify")]
#[unsafe(no_mangle)]
extern "C" fn delimark_verify() -> u32 {
    attempt(|state| {
        state.answer = respond(Backend::best(), &state.message);
        Ok(())
    })
}

/// Returns the address of the last call's answer or reason.
#[unsafe(no_mangle)]
extern "C" fn delimark_answer() -> *const u8 {
    with(|state| state.answer.as_ptr())
}

/// Returns the length of that text.
#[unsafe(no_mangle)]
extern "C" fn delimark_answer_bytes() -> usize {
    with(|state| state.answer.len())
}

/// Returns the address of the backend's name.
#[unsafe(no_mangle)]
extern "C" fn delimark_backend() -> *const u8 {
    Backend::best().name().as_ptr()
}

/// Returns the length of that name.
#[unsafe(no_mangle)]
extern "C" fn delimark_backend_bytes() -> usize {
    Backend::best().name().len()
}

/// Returns the address of a panic's message. This can be called after a trap, too.
#[unsafe(no_mangle)]
extern "C" fn delimark_last_words() -> *const u8 {
    last_words::get().0
}

/// Returns the length of that message.
#[unsafe(no_mangle)]
extern "C" fn delimark_last_words_bytes() -> usize {
    last_words::get().1
}
