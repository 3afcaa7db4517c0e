//! Whose notation a format string is in, where nobody says.

use crate::error::FormatError;
use crate::format::LogFormat;

impl LogFormat {
    /// Reads the format string of a server, whichever it is: nginx's `log_format`, Apache's
    /// `LogFormat` or HAProxy's `log-format`, with or without that word before it, or with the
    /// configuration around it.
    ///
    /// # Errors
    ///
    /// The string is in none of these notations, or lines cannot be split safely by it.
    ///
    /// # Examples
    ///
    /// ```
    /// use delimark_formats::LogFormat;
    ///
    /// for text in ["$remote_addr|$status", "%a|%>s", "%ci|%ST"] {
    ///     assert_eq!(LogFormat::of_server(text)?.columns().len(), 2);
    /// }
    /// # Ok::<(), delimark_formats::FormatError>(())
    /// ```
    pub fn of_server(text: &str) -> Result<Self, FormatError> {
        let word = text.split_ascii_whitespace().next().unwrap_or_default();
        match word {
            "log_format" => return Self::nginx(text),
            "log-format" => return Self::haproxy(text),
            word if word.eq_ignore_ascii_case("LogFormat") => return Self::apache(text),
            _ => {}
        }
        if let Some((start, line)) = directive_line(text)? {
            return Self::of_server(line).map_err(|error| error.within(text, start));
        }
        // Neither of the others has variables with a dollar.
        let has_variable = text
            .as_bytes()
            .windows(2)
            .any(|pair| matches!(pair, [b'$', b'a'..=b'z' | b'{' | b'_']));
        if has_variable || !text.contains('%') {
            return Self::nginx(text);
        }
        match (Self::apache(text), Self::haproxy(text)) {
            // To Apache, %HM is the protocol and a letter.
            (Ok(_), Ok(haproxy)) if has_long_variable(text) => Ok(haproxy),
            (Ok(format), _) | (Err(_), Ok(format)) => Ok(format),
            // The one that got further knows more of it.
            (Err(apache), Err(haproxy)) if haproxy.offset() > apache.offset() => Err(haproxy),
            (Err(apache), Err(_)) => Err(apache),
        }
    }
}

/// Finds the line of a configuration of Apache, lighttpd or HAProxy that has the format, and its
/// place. nginx's formats have more than a line, and are found elsewhere.
fn directive_line(text: &str) -> Result<Option<(usize, &str)>, FormatError> {
    let mut found = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let word = line.split(|letter: char| letter.is_ascii_whitespace() || letter == '=');
        let word = word.into_iter().find(|word| !word.is_empty()).unwrap_or_default();
        let is_directive = ["log-format", "accesslog.format"].contains(&word)
            || word.eq_ignore_ascii_case("LogFormat");
        // A line alone is read as it is.
        if is_directive && line.len() < text.len() {
            if found.is_some() {
                let reason = format!("another {word} begins here; give one of them");
                let indent = line.len() - line.trim_start().len();
                return Err(FormatError::new(text, start + indent, reason));
            }
            found = Some((start, line.trim_end()));
        }
        start += line.len();
    }
    Ok(found)
}

/// Tells whether a variable has two letters, as HAProxy's have and none of Apache's.
fn has_long_variable(text: &str) -> bool {
    let is_letter = u8::is_ascii_alphabetic;
    text.as_bytes().windows(3).any(
        |bytes| matches!(bytes, [b'%', first, second] if is_letter(first) && is_letter(second)),
    )
}
