//! One byte on the command line: a delimiter as people write it.

use delimark_extract::escape::unescape;

/// Reads a character or an escape that can be a delimiter.
///
/// # Errors
///
/// The text is more than a byte, or none, or the byte belongs to the line ending.
pub(super) fn parse(text: &str) -> Result<u8, String> {
    let bytes = unescape(text).map_err(|error| error.to_string())?;
    let &[byte] = &bytes[..] else {
        return Err(format!("'{text}' is not one byte; write a character, \\t, \\0 or \\xHH"));
    };
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
        for text in ["", "||", r"\x1", r"\xzz", "\n", r"\n", r"\r", "\u{e9}", r"\x0a"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
