//! One byte on the command line: a delimiter as people write it.

/// Reads a character, or one of the escapes `\t`, `\0` and `\xNN`.
///
/// # Errors
///
/// The text is more than a byte, or none.
pub(super) fn parse(text: &str) -> Result<u8, String> {
    let byte = match text.as_bytes() {
        [byte] => Some(*byte),
        br"\t" => Some(b'\t'),
        br"\0" => Some(0),
        [b'\\', b'x', digits @ ..] if digits.len() == 2 => {
            str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok())
        }
        _ => None,
    };
    let byte = byte
        .ok_or_else(|| format!("'{text}' is not one byte; write a character, \\t, \\0 or \\xNN"))?;
    delimark::Dialect::new(byte).map(|_| byte).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn characters_and_escapes() {
        assert_eq!(parse("|"), Ok(b'|'));
        assert_eq!(parse(r"\t"), Ok(b'\t'));
        assert_eq!(parse(r"\x1f"), Ok(0x1f));
        assert_eq!(parse(r"\"), Ok(b'\\'));
        for text in ["", "||", r"\x1", r"\xzz", "\n", "\u{e9}", r"\x0a"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
