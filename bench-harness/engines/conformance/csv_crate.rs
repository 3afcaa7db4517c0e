//! An engine for `delimark-bench verify`: the csv crate, used with care.
//!
//! Quoting is off, a dialect that names a quote is refused, and any number of fields is allowed.
//! Under line_ending=lf a record ends with `\n` alone; under auto with the crate's default, which
//! is `\n`, `\r\n` and `\r`. The line and the offset of a record are those of its `position()`.
//! Nothing that it answers is repaired: it leaves out empty lines.

use std::io;
use std::process::ExitCode;

use csv::{ByteRecord, ReaderBuilder, Terminator};
use delimark::LineEnding;

use self::protocol::{Failure, Place, serve};

mod protocol;

fn main() -> io::Result<ExitCode> {
    serve(|request, input, answer| {
        let mut reader = ReaderBuilder::new()
            .delimiter(request.delimiter)
            .has_headers(false)
            .flexible(true)
            .quoting(false)
            .terminator(match request.line_ending {
                LineEnding::Auto => Terminator::CRLF,
                LineEnding::Lf => Terminator::Any(b'\n'),
            })
            .from_reader(input);
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(|error| Failure::of_library(&error))? {
            let position = record.position().expect("a record that was read has a position");
            let place = Place { line: position.line(), offset: Some(position.byte()) };
            answer.add(request, place, &record.iter().collect::<Vec<_>>())?;
        }
        Ok(())
    })
}
