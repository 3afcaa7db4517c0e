//! An engine for `delimark-bench verify`: the simd-csv crate's zero-copy reader, used with care.
//!
//! Its quoting cannot be turned off, so the quote is a byte that does not occur in the input and
//! ends no line, or `"` where there is none; a dialect that names a quote is refused. Any number of
//! fields is allowed. It does not tell lines, so records are counted. Nothing that it answers is
//! repaired: it leaves out empty lines, and there is no way to keep a carriage return at the end of
//! a line.

use std::io;
use std::process::ExitCode;

use simd_csv::ZeroCopyReaderBuilder;

use self::protocol::{Failure, Place, serve};

mod protocol;

fn main() -> io::Result<ExitCode> {
    serve(|request, input, answer| {
        let is_unused =
            |byte: &u8| ![request.delimiter, b'\n', b'\r'].contains(byte) && !input.contains(byte);
        let quote = (1..=u8::MAX).find(is_unused).unwrap_or(b'"');
        let mut reader = ZeroCopyReaderBuilder::new()
            .delimiter(request.delimiter)
            .quote(quote)
            .has_headers(false)
            .flexible(true)
            .from_reader(input);
        let mut line = 0;
        while let Some(record) =
            reader.read_byte_record().map_err(|error| Failure::of_library(&error))?
        {
            line += 1;
            let fields: Vec<&[u8]> = record.iter().collect();
            answer.add(request, Place { line, offset: None }, &fields)?;
        }
        Ok(())
    })
}
