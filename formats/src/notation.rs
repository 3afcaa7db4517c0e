//! Whose notation a format string is in, where nobody says.

use crate::error::FormatError;
use crate::format::LogFormat;

impl LogFormat {
    /// Reads the format string of a server, whichever it is: nginx's `log_format`, Apache's
    /// `LogFormat` or HAProxy's `log-format`, with or without that word before it.
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
        // Neither of the others has variables with a dollar.
        let has_variable = text
            .as_bytes()
            .windows(2)
            .any(|pair| matches!(pair, [b'$', b'a'..=b'z' | b'{' | b'_']));
        if has_variable || !text.contains('%') {
            return Self::nginx(text);
        }
        let apache = match Self::apache(text) {
            Ok(format) => return Ok(format),
            Err(error) => error,
        };
        // The one that got further knows more of it.
        Self::haproxy(text)
            .map_err(|haproxy| if haproxy.offset() > apache.offset() { haproxy } else { apache })
    }
}
