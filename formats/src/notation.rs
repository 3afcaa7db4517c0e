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
        if word == "log_format" {
            return Self::nginx(text);
        }
        if let Some((start, line)) = directive_line(text)? {
            let is_haproxy = line.trim_start().starts_with("log-format");
            let format = if is_haproxy { Self::haproxy(line) } else { Self::apache(line) };
            return format.map_err(|error| error.within(text, start));
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

/// Finds the line of a configuration of Apache, lighttpd or HAProxy that has the format, with those
/// that continue it, and its place. nginx's formats are found elsewhere.
fn directive_line(text: &str) -> Result<Option<(usize, &str)>, FormatError> {
    let mut found = None;
    let mut start = 0;
    while start < text.len() {
        let line = &text[start..start + logical_length(&text[start..])];
        let mut words = line.split(|letter: char| letter.is_ascii_whitespace() || letter == '=');
        let word = words.find(|word| !word.is_empty()).unwrap_or_default();
        // With the name of a format it only says where lines go.
        let is_custom = word.eq_ignore_ascii_case("CustomLog") && line.contains('%');
        if is_custom
            || word.eq_ignore_ascii_case("LogFormat")
            || ["log-format", "accesslog.format"].contains(&word)
        {
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

/// Returns the length of the first line, with those after it that a backslash before the newline
/// makes part of it.
fn logical_length(text: &str) -> usize {
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += line.len();
        if !line.trim_end_matches(['\r', '\n']).ends_with('\\') {
            break;
        }
    }
    length
}

/// Tells whether a variable has two letters, as HAProxy's have and none of Apache's.
fn has_long_variable(text: &str) -> bool {
    let is_letter = u8::is_ascii_alphabetic;
    text.as_bytes().windows(3).any(
        |bytes| matches!(bytes, [b'%', first, second] if is_letter(first) && is_letter(second)),
    )
}
