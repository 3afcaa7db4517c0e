//! `delimark-runner BACKEND [FILE]`: keeps one backend where the harness cannot call it, be that an
//! emulated processor or another revision of this project, and answers requests.
//!
//! Requests come from standard input, or from a file where the emulator has no input. They are the
//! lines that `bench-harness/engines/runtimes/README.md` describes; each is answered with a line.
//! It ends with the input; a case whose length it cannot read ends it with status 2, since nobody
//! knows where the next request begins.

mod counted;
mod requests;
mod session;
#[cfg_attr(feature = "slow", path = "slowdown/injected.rs")]
#[cfg_attr(not(feature = "slow"), path = "slowdown/none.rs")]
mod slowdown;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Error, ErrorKind, Write};
use std::process::ExitCode;

use delimark::Backend;
use delimark_runner::allocations::Counting;

use self::session::Session;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody can be told if standard error is closed.
            let _ = writeln!(io::stderr(), "delimark-runner: {error}");
            ExitCode::from(2)
        }
    }
}

fn serve() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let backend = arguments.next().ok_or_else(|| invalid("name a backend"))?;
    let backend: Backend = backend.parse().map_err(invalid)?;
    let mut session = Session::new(backend).map_err(invalid)?;
    let mut input: Box<dyn BufRead> = match arguments.next() {
        Some(path) => Box::new(BufReader::new(File::open(path)?)),
        None => Box::new(io::stdin().lock()),
    };
    let mut output = io::stdout().lock();
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let request = line.trim_end_matches(['\r', '\n']);
        let answer = match request.strip_prefix("verify ") {
            Some(length) => delimark_runner::respond(backend, &case(length, &mut input)?),
            None => session.answer(request),
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
        line.clear();
    }
    Ok(())
}

/// Reads a case, see [`delimark_runner::case`].
fn case(length: &str, input: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let length = length.parse().map_err(|_| invalid("the line is not 'verify N'"))?;
    let mut frame = vec![0; length];
    input.read_exact(&mut frame)?;
    Ok(frame)
}

fn invalid(reason: impl ToString) -> Error {
    Error::new(ErrorKind::InvalidInput, reason.to_string())
}
