//! `delimark-guest BACKEND [FILE]`: answers conformance cases, for processors that only an emulator
//! has. Cases come from standard input, or from a file where the emulator has no input.
//!
//! A case is the line `verify N` and N bytes, see [`delimark_guest::case`]; each is answered with a
//! line of JSON. It ends with the input; what it does not understand ends it with status 2.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read, Write};
use std::process::ExitCode;

use delimark::Backend;

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody can be told if standard error is closed.
            let _ = writeln!(io::stderr(), "delimark-guest: {error}");
            ExitCode::from(2)
        }
    }
}

fn serve() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let backend = arguments.next().ok_or_else(|| invalid("name a backend"))?;
    let backend: Backend = backend.parse().map_err(invalid)?;
    delimark::Dialect::new(b'|')
        .map(|dialect| delimark::Scanner::with_backend(dialect, backend))
        .map_err(invalid)?
        .map_err(invalid)?;
    let mut input: Box<dyn BufRead> = match arguments.next() {
        Some(path) => Box::new(BufReader::new(File::open(path)?)),
        None => Box::new(io::stdin().lock()),
    };
    let mut output = io::stdout().lock();
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let length = line.trim_end().strip_prefix("verify ").and_then(|word| word.parse().ok());
        let length: usize = length.ok_or_else(|| invalid("the line is not 'verify N'"))?;
        let mut frame = vec![0; length];
        input.read_exact(&mut frame)?;
        writeln!(output, "{}", delimark_guest::respond(backend, &frame))?;
        output.flush()?;
        line.clear();
    }
    Ok(())
}

fn invalid(reason: impl ToString) -> Error {
    Error::new(ErrorKind::InvalidInput, reason.to_string())
}
