//! Dead letters: the lines that are not in a table as they stand, for whoever wants to mend them.

use std::io::{self, BufRead, BufReader, Read, Write};

use delimark_extract::escape::escape_invalid;
use serde_json::{Map, Value};

/// A line that is left out of a table, or has a value in it that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The number of the line in the input, from 1.
    pub line_number: u64,
    /// The offset of the line's first byte in the input.
    pub offset: u64,
    /// The name of the column, where a value is the reason.
    pub column: Option<String>,
    /// The place of that value in the line, as its first byte and the one after its last.
    pub value: Option<(usize, usize)>,
    /// The reason; it reads on behind "the line", or with a column behind "the value".
    pub reason: String,
    /// The line, without its ending; `None` for one that was too long to be kept.
    pub line: Option<Vec<u8>>,
    /// True if the line is not in the table; else only the value is not.
    pub is_left_out: bool,
}

/// Takes dead letters.
pub trait DeadLetters: Send {
    /// Takes one, of the input with this name.
    ///
    /// # Errors
    ///
    /// It cannot be kept.
    fn take(&mut self, input: &str, letter: &DeadLetter) -> io::Result<()>;

    /// Makes sure that all that were taken are kept.
    ///
    /// # Errors
    ///
    /// They cannot be kept.
    fn flush(&mut self) -> io::Result<()>;
}

/// Writes dead letters as JSON Lines: `{"input": …, "line": 7, "offset": 812, "column": "status",
/// "reason": "is no whole number", "raw": "…"}`.
///
/// Bytes of a line that are not UTF-8 are written as `\xHH`, with each `\` doubled, and `raw` is
/// called `raw_escaped` then.
#[derive(Debug)]
pub struct JsonDeadLetters<W> {
    writer: W,
}

impl<W: Write> JsonDeadLetters<W> {
    /// Writes them there.
    pub fn new(writer: W) -> Self {
        Self { writer }
    }
}

impl<W: Write + Send> DeadLetters for JsonDeadLetters<W> {
    fn take(&mut self, input: &str, letter: &DeadLetter) -> io::Result<()> {
        let mut object = Map::new();
        object.insert("input".to_owned(), input.into());
        object.insert("line".to_owned(), letter.line_number.into());
        object.insert("offset".to_owned(), letter.offset.into());
        object.insert("column".to_owned(), letter.column.clone().map_or(Value::Null, Value::from));
        object.insert("reason".to_owned(), letter.reason.as_str().into());
        object.insert("left_out".to_owned(), letter.is_left_out.into());
        match letter.line.as_deref().map(|line| (line, str::from_utf8(line))) {
            None => object.insert("raw".to_owned(), Value::Null),
            Some((_, Ok(text))) => object.insert("raw".to_owned(), text.into()),
            Some((line, Err(_))) => {
                object.insert("raw_escaped".to_owned(), escape_invalid(line).into())
            }
        };
        serde_json::to_writer(&mut self.writer, &Value::Object(object))?;
        self.writer.write_all(b"\n")
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Returns the line of a dead letter, from its line of JSON.
///
/// # Errors
///
/// It is no dead letter, or its line was not kept.
pub fn read_dead_letter(json: &[u8]) -> Result<Vec<u8>, String> {
    let object: Map<String, Value> =
        serde_json::from_slice(json).map_err(|error| format!("is none: {error}"))?;
    if let Some(Value::String(raw)) = object.get("raw") {
        return Ok(raw.clone().into_bytes());
    }
    match object.get("raw_escaped") {
        Some(Value::String(escaped)) => unescaped(escaped),
        _ => Err("has no line in it: neither raw nor raw_escaped is text".to_owned()),
    }
}

/// Returns the line of a dead letter; nothing where only a value of it was left out, for then its
/// row is in the table already.
fn left_out_line(json: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let line = read_dead_letter(json)?;
    let object: Map<String, Value> = serde_json::from_slice(json).unwrap_or_default();
    Ok((object.get("left_out") != Some(&Value::Bool(false))).then_some(line))
}

/// Reads the lines of dead letters as if they were a log: those that were left out.
pub struct ReplayReader<R> {
    letters: BufReader<R>,
    json: Vec<u8>,
    /// The line that is handed out, and how much of it was.
    line: Vec<u8>,
    taken: usize,
    letters_read: u64,
}

impl<R: Read> ReplayReader<R> {
    /// Reads dead letters in JSON Lines, as [`JsonDeadLetters`] writes them.
    pub fn new(letters: R) -> Self {
        let letters = BufReader::new(letters);
        Self { letters, json: Vec::new(), line: Vec::new(), taken: 0, letters_read: 0 }
    }
}

impl<R: Read> Read for ReplayReader<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.line.len() {
            self.json.clear();
            if self.letters.read_until(b'\n', &mut self.json)? == 0 {
                return Ok(0);
            }
            self.letters_read += 1;
            if self.json.trim_ascii().is_empty() {
                continue;
            }
            let line = left_out_line(&self.json).map_err(|reason| {
                let message = format!("line {} of the dead letters {reason}", self.letters_read);
                io::Error::new(io::ErrorKind::InvalidData, message)
            })?;
            let Some(line) = line else { continue };
            self.line = line;
            self.line.push(b'\n');
            self.taken = 0;
        }
        let count = room.len().min(self.line.len() - self.taken);
        room[..count].copy_from_slice(&self.line[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

fn unescaped(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some(index) = memchr::memchr(b'\\', rest) {
        bytes.extend_from_slice(&rest[..index]);
        rest = &rest[index + 1..];
        match rest {
            [b'\\', behind @ ..] => {
                bytes.push(b'\\');
                rest = behind;
            }
            [b'x', high, low, behind @ ..] => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (Some(high), Some(low)) = (digit(*high), digit(*low)) else {
                    return Err(r"has a \x without two hexadecimal digits".to_owned());
                };
                bytes.push((high << 4 | low) as u8);
                rest = behind;
            }
            _ => return Err(r"has a \ that begins no escape".to_owned()),
        }
    }
    bytes.extend_from_slice(rest);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_back_byte_for_byte() {
        let lines: [&[u8]; 5] =
            [b"", b"a|b", "\u{e9} \\ \"".as_bytes(), b"\xff\\x41|\\", &[0, 10, 13, 128, 255, 92]];
        for line in lines {
            let letter = DeadLetter {
                line_number: 7,
                offset: 812,
                column: Some("status".to_owned()),
                value: Some((0, 1)),
                reason: "is no whole number".to_owned(),
                line: Some(line.to_vec()),
                is_left_out: true,
            };
            let mut written = JsonDeadLetters::new(Vec::new());
            written.take("access.log", &letter).unwrap();
            let json = written.writer;
            assert_eq!(json.iter().filter(|&&byte| byte == b'\n').count(), 1);
            assert_eq!(read_dead_letter(&json), Ok(line.to_vec()));
        }
    }

    #[test]
    fn lines_that_were_left_out_are_read_again() {
        let letters = concat!(
            r#"{"raw":"a|b","left_out":true}"#,
            "\n\n",
            r#"{"raw":"c|d","left_out":false}"#,
            "\n",
            r#"{"raw":"e|f"}"#,
        );
        let mut text = String::new();
        ReplayReader::new(letters.as_bytes()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "a|b\ne|f\n");
        let error = ReplayReader::new(&b"\nno letter\n"[..]).read_to_string(&mut text).unwrap_err();
        assert!(error.to_string().starts_with("line 2 of the dead letters is none"), "{error}");
    }

    #[test]
    fn what_is_no_dead_letter_is_told() {
        for (json, expected) in [
            ("", "is none"),
            ("[]", "is none"),
            ("{}", "neither raw nor raw_escaped"),
            (r#"{"raw":null}"#, "neither raw nor raw_escaped"),
            (r#"{"raw_escaped":"\\x4"}"#, "begins no escape"),
            (r#"{"raw_escaped":"\\xgg"}"#, "without two hexadecimal digits"),
        ] {
            let error = read_dead_letter(json.as_bytes()).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
