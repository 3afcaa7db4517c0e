//! Encodings: the escapes that servers write for bytes they do not want in a log, and back.

use std::fmt;

use memchr::memchr2;

/// The escapes in a column's values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// None: bytes stand as they were.
    #[default]
    Verbatim,
    /// `\xHH`, and nothing else: nginx with `escape=default`, which writes `"` and `\` so, too.
    HexEscapes,
    /// The escapes of C, and `\xhh`: Apache and lighttpd. A superset of nginx's.
    CEscapes,
    /// The escapes of JSON: `escape=json` of nginx and lighttpd.
    JsonEscapes,
    /// `#HH`: HAProxy, in request lines, URIs and captured headers.
    HashEscapes,
    /// `%HH`: CloudFront.
    PercentEscapes,
    /// `%hh`, and `\\` for a backslash: Squid, in the names of users.
    PercentAndBackslash,
    /// `+` for a blank: IIS. A `+` that was one is lost.
    PlusForBlank,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Self; 8] = [
        Self::Verbatim,
        Self::HexEscapes,
        Self::CEscapes,
        Self::JsonEscapes,
        Self::HashEscapes,
        Self::PercentEscapes,
        Self::PercentAndBackslash,
        Self::PlusForBlank,
    ];

    /// Returns the encoding's name in lists of columns.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verbatim => "verbatim",
            Self::HexEscapes => "hex-escapes",
            Self::CEscapes => "c-escapes",
            Self::JsonEscapes => "json-escapes",
            Self::HashEscapes => "hash-escapes",
            Self::PercentEscapes => "percent-escapes",
            Self::PercentAndBackslash => "percent-and-backslash",
            Self::PlusForBlank => "plus-for-blank",
        }
    }

    /// Tells whether no value has this byte, wherever it may come from.
    pub(crate) fn excludes(self, byte: u8) -> bool {
        let is_control = byte < b' ';
        match self {
            Self::Verbatim => false,
            Self::HexEscapes | Self::HashEscapes => is_control || byte >= 0x7f || byte == b'"',
            // A `"` stands there behind a backslash.
            Self::CEscapes => is_control || byte >= 0x7f,
            Self::JsonEscapes => is_control,
            Self::PercentEscapes => is_control || byte >= 0x7f || matches!(byte, b' ' | b'"'),
            Self::PercentAndBackslash => is_control || byte >= 0x7f || b"[]".contains(&byte),
            Self::PlusForBlank => byte == b' ',
        }
    }

    /// Tells whether no value has a bare `"`: one that a parser takes for the end of a value.
    pub(crate) fn excludes_quotes(self) -> bool {
        !matches!(self, Self::Verbatim | Self::PercentAndBackslash | Self::PlusForBlank)
    }

    /// Returns the bytes that escapes begin with, twice the same where it is one.
    fn introducers(self) -> Option<[u8; 2]> {
        match self {
            Self::Verbatim => None,
            Self::HexEscapes | Self::CEscapes | Self::JsonEscapes => Some([b'\\'; 2]),
            Self::HashEscapes => Some([b'#'; 2]),
            Self::PercentEscapes => Some([b'%'; 2]),
            Self::PercentAndBackslash => Some([b'%', b'\\']),
            Self::PlusForBlank => Some([b'+'; 2]),
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// Appends a value to a buffer, as it was before the server escaped it.
///
/// Bytes that look like the beginning of an escape and are none stay as they are.
///
/// # Examples
///
/// ```
/// use delimark_formats::{Encoding, decode};
///
/// let mut output = Vec::new();
/// decode(Encoding::HexEscapes, br"GET /\x22a\x22 \x", &mut output);
/// assert_eq!(output, br#"GET /"a" \x"#);
/// ```
pub fn decode(encoding: Encoding, value: &[u8], output: &mut Vec<u8>) {
    let Some([first, second]) = encoding.introducers() else {
        output.extend_from_slice(value);
        return;
    };
    let mut rest = value;
    while let Some(at) = memchr2(first, second, rest) {
        output.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let taken = match encoding {
            Encoding::Verbatim => None,
            Encoding::HexEscapes => hex_escape(rest, output),
            Encoding::CEscapes => hex_escape(rest, output).or_else(|| c_escape(rest, output)),
            Encoding::JsonEscapes => json_escape(rest, output),
            Encoding::HashEscapes | Encoding::PercentEscapes => marked_pair(rest, output),
            Encoding::PercentAndBackslash if rest[0] == b'%' => marked_pair(rest, output),
            Encoding::PercentAndBackslash => rest.starts_with(br"\\").then(|| {
                output.push(b'\\');
                2
            }),
            Encoding::PlusForBlank => {
                output.push(b' ');
                Some(1)
            }
        };
        let taken = taken.unwrap_or_else(|| {
            output.push(rest[0]);
            1
        });
        rest = &rest[taken..];
    }
    output.extend_from_slice(rest);
}

/// Reads two hexadecimal digits.
fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digit = |index: usize| char::from(*bytes.get(index)?).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

/// Appends the byte of two digits behind a mark, and returns the escape's length.
fn marked_pair(bytes: &[u8], output: &mut Vec<u8>) -> Option<usize> {
    output.push(hex_pair(&bytes[1..])?);
    Some(3)
}

/// Appends the byte of `\xHH`, and returns the escape's length.
fn hex_escape(bytes: &[u8], output: &mut Vec<u8>) -> Option<usize> {
    let digits = bytes.strip_prefix(br"\x")?;
    output.push(hex_pair(digits)?);
    Some(4)
}

fn c_escape(bytes: &[u8], output: &mut Vec<u8>) -> Option<usize> {
    output.push(match bytes.get(1)? {
        b'a' => 0x07,
        b'b' => 0x08,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 0x0b,
        b'f' => 0x0c,
        b'r' => b'\r',
        &byte @ (b'"' | b'\\') => byte,
        _ => return None,
    });
    Some(2)
}

fn json_escape(bytes: &[u8], output: &mut Vec<u8>) -> Option<usize> {
    output.push(match bytes.get(1)? {
        b'b' => 0x08,
        b't' => b'\t',
        b'n' => b'\n',
        b'f' => 0x0c,
        b'r' => b'\r',
        &byte @ (b'"' | b'\\' | b'/') => byte,
        b'u' => return unicode_escape(bytes, output),
        _ => return None,
    });
    Some(2)
}

/// Appends the character of `\uHHHH`, or of a pair of them, and returns their length.
fn unicode_escape(bytes: &[u8], output: &mut Vec<u8>) -> Option<usize> {
    let unit = |bytes: &[u8]| {
        let digits = bytes.strip_prefix(br"\u")?;
        Some(u16::from_be_bytes([hex_pair(digits)?, hex_pair(digits.get(2..)?)?]))
    };
    let first = unit(bytes)?;
    let second = bytes.get(6..).and_then(unit);
    let units = [first, second.unwrap_or_default()];
    let mut characters = char::decode_utf16(units);
    let character = characters.next()?.ok()?;
    output.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    Some(if character.len_utf16() == 2 { 12 } else { 6 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(encoding: Encoding, value: &[u8], expected: &[u8]) {
        let mut output = b"before".to_vec();
        decode(encoding, value, &mut output);
        assert_eq!(
            output.escape_ascii().to_string(),
            [b"before", expected].concat().escape_ascii().to_string()
        );
    }

    #[test]
    fn nginx_writes_hexadecimal_and_nothing_else() {
        check(Encoding::HexEscapes, br"\x22\x5C\x00\xFF", b"\"\\\x00\xff");
        check(Encoding::HexEscapes, br"a\nb\", br"a\nb\");
        check(Encoding::HexEscapes, br"\x4\xg0\x", br"\x4\xg0\x");
        check(Encoding::HexEscapes, br"\x5Cx41", br"\x41");
    }

    #[test]
    fn apache_writes_escapes_of_c() {
        check(
            Encoding::CEscapes,
            br#"\"q\" \\ \n\t\r\b\f\v\a \xc3\xa9"#,
            b"\"q\" \\ \n\t\r\x08\x0c\x0b\x07 \xc3\xa9",
        );
        check(Encoding::CEscapes, br"\\x41 \q \", br"\x41 \q \");
    }

    #[test]
    fn json_has_unicode() {
        check(Encoding::JsonEscapes, br#"\"\\\/\b\f\n\r\t\u0001"#, b"\"\\/\x08\x0c\n\r\t\x01");
        check(Encoding::JsonEscapes, br"\u00e9 \ud83d\ude00!", "é 😀!".as_bytes());
        check(Encoding::JsonEscapes, br"\ud83d \u12 \x41", br"\ud83d \u12 \x41");
        check(Encoding::JsonEscapes, br"\ud83d\u0041", br"\ud83dA");
    }

    #[test]
    fn proxies_write_marks_and_digits() {
        check(Encoding::HashEscapes, b"GET /#22#7C#xx#2", b"GET /\"|#xx#2");
        check(Encoding::PercentEscapes, b"Mozilla/5.0%20(X11)%", b"Mozilla/5.0 (X11)%");
        check(Encoding::PlusForBlank, b"Mozilla/5.0+(X11)", b"Mozilla/5.0 (X11)");
        check(Encoding::Verbatim, br"\x41#41%41+", br"\x41#41%41+");
    }

    #[test]
    fn squid_doubles_backslashes_in_names() {
        check(Encoding::PercentAndBackslash, br"corp\\zo%c3%ab%20x", "corp\\zoë x".as_bytes());
        check(Encoding::PercentAndBackslash, br"50%2525 \\x22 \\\\", br"50%25 \x22 \\");
        check(Encoding::PercentAndBackslash, br"a%zz\x%2", br"a%zz\x%2");
        check(Encoding::PercentAndBackslash, br"\", br"\");
    }

    #[test]
    fn escaped_bytes_are_excluded() {
        assert!(Encoding::HexEscapes.excludes(b'"'));
        assert!(!Encoding::CEscapes.excludes(b'"'));
        assert!(Encoding::CEscapes.excludes(b'\t'));
        assert!(!Encoding::Verbatim.excludes(b'\t'));
        assert!(Encoding::PlusForBlank.excludes(b' '));
        assert!(Encoding::PercentAndBackslash.excludes(b'['));
        assert!(!Encoding::PercentAndBackslash.excludes(b'"'));
        assert!(!Encoding::PercentAndBackslash.excludes_quotes());
    }
}
