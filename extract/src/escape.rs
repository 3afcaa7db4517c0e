//! Escapes for bytes that shells make hard to pass, and for those that terminals act upon.

use std::fmt::{self, Write};
use std::str::FromStr;

use delimark::Dialect;

/// Replaces `\t`, `\n`, `\r`, `\0`, `\\` and `\xHH` by the byte they stand for.
///
/// A backslash at the end is the backslash, as people who type one mean it.
///
/// # Errors
///
/// There is another escape in the text.
pub fn unescape(text: &str) -> Result<Vec<u8>, EscapeError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        let byte = match (first, behind) {
            (b'\\', [b't', ..]) => b'\t',
            (b'\\', [b'n', ..]) => b'\n',
            (b'\\', [b'r', ..]) => b'\r',
            (b'\\', [b'0', ..]) => 0,
            (b'\\', [b'\\', ..]) => b'\\',
            (b'\\', [b'x', high, low, ..]) => {
                rest = &behind[2..];
                hexadecimal(*high, *low).ok_or_else(|| EscapeError::new(text))?
            }
            (b'\\', [_, ..]) => return Err(EscapeError::new(text)),
            _ => {
                bytes.push(first);
                continue;
            }
        };
        rest = &rest[1..];
        bytes.push(byte);
    }
    Ok(bytes)
}

/// Returns bytes as text: those that are no UTF-8 as `\xHH`, and each backslash doubled, so that
/// [`unescape`] gives the bytes back.
///
/// # Examples
///
/// ```
/// use delimark_extract::escape::{escape_invalid, unescape};
///
/// let bytes = b"a\\t\xffb";
/// assert_eq!(escape_invalid(bytes), r"a\\t\xFFb");
/// assert_eq!(unescape(&escape_invalid(bytes)).unwrap(), bytes);
/// ```
#[must_use]
pub fn escape_invalid(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', r"\\"));
        for byte in chunk.invalid() {
            text.push_str(&format!(r"\x{byte:02X}"));
        }
    }
    text
}

fn hexadecimal(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Reads a delimiter: a character or an escape that stands for one byte.
///
/// # Errors
///
/// The text is more than a byte, or none, or the byte belongs to the line ending.
pub fn parse_delimiter(text: &str) -> Result<u8, String> {
    let byte = parse_byte(text)?;
    Dialect::new(byte).map(|_| byte).map_err(|error| error.to_string())
}

/// Text from outside, such as a file's name, as a message shows it: in one line, and without
/// anything that a terminal acts upon.
///
/// # Examples
///
/// ```
/// use delimark_extract::escape::Printable;
///
/// assert_eq!(Printable(b"it's \x1b[31m\n\xff").to_string(), r"it's \u{1b}[31m\n\xff");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Printable<'a>(pub &'a [u8]);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for letter in chunk.valid().chars() {
                match letter {
                    '\'' | '"' => formatter.write_char(letter)?,
                    letter => write!(formatter, "{}", letter.escape_debug())?,
                }
            }
            write!(formatter, "{}", chunk.invalid().escape_ascii())?;
        }
        Ok(())
    }
}

/// Reads a byte of any meaning: a character or an escape that stands for one.
///
/// # Errors
///
/// The text is more than a byte, or none.
pub fn parse_byte(text: &str) -> Result<u8, String> {
    let bytes = unescape(text).map_err(|error| error.to_string())?;
    match bytes[..] {
        [byte] => Ok(byte),
        _ => Err(format!("'{text}' is not one byte; write a character, \\t, \\0 or \\xHH")),
    }
}

/// The bytes between the fields of the output; none joins them without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputDelimiter(pub Vec<u8>);

impl FromStr for OutputDelimiter {
    type Err = EscapeError;

    fn from_str(text: &str) -> Result<Self, EscapeError> {
        unescape(text).map(Self)
    }
}

/// Says that a text has an escape that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscapeError {
    text: String,
}

impl EscapeError {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }
}

impl fmt::Display for EscapeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        write!(formatter, r"'{text}' has an unknown escape; there are \t, \n, \r, \0, \\ and \xHH")
    }
}

impl std::error::Error for EscapeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain_and_escaped_bytes() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("; ", b"; "),
            (r"\x2c\t\0\r\n\\", b",\t\0\r\n\\"),
            ("a\\", b"a\\"),
            (r"\xff", b"\xff"),
        ] {
            assert_eq!(unescape(text), Ok(bytes.to_vec()), "{text}");
        }
    }

    #[test]
    fn shows_text_and_escapes_the_rest() {
        for (bytes, shown) in [
            ("/var/log/ação \"x\" 日本.log".as_bytes(), "/var/log/ação \"x\" 日本.log"),
            (b"a\tb\r\n\x07\x7f", r"a\tb\r\n\u{7}\u{7f}"),
            ("\u{9b}31m\u{202e}gol\u{200b}".as_bytes(), r"\u{9b}31m\u{202e}gol\u{200b}"),
            (br"back\slash", r"back\\slash"),
            (b"\xff\xc3", r"\xff\xc3"),
        ] {
            assert_eq!(Printable(bytes).to_string(), shown);
        }
    }

    #[test]
    fn rejects_unknown_escapes() {
        for text in [r"\q", r"\x1", r"\xzz", r"\x"] {
            assert!(unescape(text).is_err(), "{text}");
        }
    }

    #[test]
    fn delimiters_are_characters_and_escapes() {
        assert_eq!(parse_delimiter("|"), Ok(b'|'));
        assert_eq!(parse_delimiter(r"\t"), Ok(b'\t'));
        assert_eq!(parse_delimiter(r"\x1f"), Ok(0x1f));
        assert_eq!(parse_delimiter(r"\"), Ok(b'\\'));
        for text in ["", "||", r"\x1", r"\xzz", "\n", r"\n", r"\r", "\u{e9}", r"\x0a"] {
            assert!(parse_delimiter(text).is_err(), "{text:?}");
        }
    }
}
