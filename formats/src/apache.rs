//! Apache: `LogFormat` as it stands in httpd.conf, or its string alone. lighttpd writes the same.

use delimark::QuoteEscape;

use crate::apache_directives::{Argument, variable};
use crate::assembly::{Given, assemble};
use crate::config_text::{Placed, PlacedByte, placed, quoted_length, strip_word, trim, trim_start};
use crate::encoding::Encoding;
use crate::error::FormatError;
use crate::format::LogFormat;
use crate::template::Template;

impl LogFormat {
    /// Reads a format of Apache: `LogFormat "..." name` or `CustomLog path "..."` as pasted from
    /// its configuration, or the string in it; and lighttpd's `accesslog.format = "..."`.
    ///
    /// Columns have the names of nginx's variables where one means the same:
    ///
    /// | directive | column | | directive | column |
    /// |---|---|---|---|---|
    /// | `%h`, `%a` | `remote_addr` | | `%{X-Y}i` | `http_x_y` |
    /// | `%{c}a` | `peer_addr` | | `%{X-Y}o` | `sent_http_x_y` |
    /// | `%A` | `server_addr` | | `%{x}C` | `cookie_x` |
    /// | `%l` | `remote_logname` | | `%{x}e`, `%{x}n`, `%{x}x` | `env_x`, `note_x`, `x` |
    /// | `%u` | `remote_user` | | `%{X}^ti`, `%{X}^to` | `trailer_x`, `sent_trailer_x` |
    /// | `%t` | `time_local` | | `%v`, `%V` | `server_name`, `host` |
    /// | `%{...}t` | `time_local`, `time_sec`, ... | | `%p`, `%{remote}p` | `server_port`, ... |
    /// | `%r` | `request` | | `%m`, `%U` | `request_method`, `uri` |
    /// | `%s`, `%>s` | `status` | | `%q`, `%H` | `query_string`, `server_protocol` |
    /// | `%b`, `%B` | `body_bytes_sent` | | `%f`, `%R` | `request_filename`, `handler` |
    /// | `%I`, `%O` | `request_length`, `bytes_sent` | | `%k` | `keepalive_requests` |
    /// | `%S` | `bytes_transferred` | | `%L` | `log_id` |
    /// | `%T`, `%{s}T` | `request_time` | | `%P`, `%{tid}P` | `pid`, `tid` |
    /// | `%{ms}T` | `request_time_ms` | | `%X` | `connection_status` |
    /// | `%D`, `%{us}T` | `request_time_us` | | `%^FB`, `%F` | `first_byte_time_us`, `flushed` |
    ///
    /// A name that comes a second time has `_2` behind it.
    ///
    /// # Errors
    ///
    /// The text is no format, or lines in it cannot be split safely. The error has the place.
    ///
    /// # Examples
    ///
    /// ```
    /// use delimark_formats::LogFormat;
    ///
    /// let text = r#"LogFormat "%h %l %u %t \"%r\" %>s %b" common"#;
    /// let names: Vec<String> =
    ///     LogFormat::apache(text)?.columns().iter().map(|column| column.name().into()).collect();
    /// assert_eq!(
    ///     names.join(" "),
    ///     "remote_addr remote_logname remote_user time_local request status body_bytes_sent",
    /// );
    /// # Ok::<(), delimark_formats::FormatError>(())
    /// ```
    pub fn apache(text: &str) -> Result<Self, FormatError> {
        assemble(template(text)?, Given::default())
    }
}

/// Reads a format string of Apache.
pub(crate) fn template(text: &str) -> Result<Template, FormatError> {
    let bytes = string(text)?;
    let mut template = Template::new(text, QuoteEscape::Backslash);
    let mut rest = &bytes[..];
    while let Some(((byte, place), behind)) = rest.split_first() {
        if *byte != b'%' {
            let escaped = behind.first().map(|(byte, _)| *byte).filter(|_| *byte == b'\\');
            let replaced = match escaped {
                Some(b'\\') => Some(b'\\'),
                Some(b'n') => Some(b'\n'),
                Some(b'r') => Some(b'\r'),
                Some(b't') => Some(b'\t'),
                _ => None,
            };
            template.push_byte(replaced.unwrap_or(*byte), *place);
            rest = if replaced.is_some() { &behind[1..] } else { behind };
            continue;
        }
        if behind.first().is_some_and(|(byte, _)| *byte == b'%') {
            template.push_byte(b'%', *place);
            rest = &behind[1..];
            continue;
        }
        let (directive, length) =
            directive(behind).map_err(|reason| template.error(*place, reason))?;
        let variable = variable(&directive, Encoding::CEscapes)
            .map_err(|reason| template.error(*place, reason))?;
        // The server puts the brackets around this one itself.
        let has_brackets = directive.is_bracketed_time();
        if has_brackets {
            template.push_byte(b'[', *place);
        }
        template.push_variable(variable, *place);
        if has_brackets {
            template.push_byte(b']', *place);
        }
        rest = &behind[length..];
    }
    Ok(template)
}

/// Takes the format out of the configuration around it.
fn string(text: &str) -> Result<Placed, FormatError> {
    let all = joined_lines(&placed(text));
    let bytes = trim(&all);
    let named = strip_word(bytes, "LogFormat").or_else(|| {
        // The path of the file comes first; it can be in quotes.
        let rest = strip_word(bytes, "CustomLog")?;
        let is_blank = |(byte, _): &PlacedByte| byte.is_ascii_whitespace();
        let quoted =
            rest.first().filter(|(byte, _)| *byte == b'"').and_then(|_| quoted_length(rest));
        let length = quoted.or_else(|| rest.iter().position(is_blank))?;
        Some(trim_start(&rest[length..]))
    });
    let assigned = || {
        let rest = strip_word(bytes, "accesslog.format")?;
        let (sign, rest) = rest.split_first()?;
        (sign.0 == b'=').then(|| trim_start(rest))
    };
    if let Some(rest) = named.or_else(assigned) {
        return match rest.first() {
            Some((b'"' | b'\'', place)) => {
                let length = quoted_length(rest).ok_or_else(|| {
                    FormatError::new(text, *place, "the string that begins here does not end")
                })?;
                Ok(unquote(&rest[1..length - 1], rest[0].0))
            }
            // Without quotes it is one word.
            Some(_) => {
                let end = rest.iter().position(|(byte, _)| byte.is_ascii_whitespace());
                Ok(rest[..end.unwrap_or(rest.len())].to_vec())
            }
            None => Err(FormatError::new(text, text.len(), "there is no format behind this")),
        };
    }
    let directives = bytes.iter().filter(|(byte, _)| *byte == b'%').count();
    if let Some((quote @ b'"', _)) = bytes.first()
        && directives > 1
        && quoted_length(bytes) == Some(bytes.len())
    {
        return Ok(unquote(&bytes[1..bytes.len() - 1], *quote));
    }
    Ok(unquote(bytes, b'"'))
}

/// Takes continued lines together, as the server does before anything else.
fn joined_lines(bytes: &[PlacedByte]) -> Placed {
    let mut joined = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, behind)) = rest.split_first() {
        rest = match behind {
            [(b'\n', _), behind @ ..] if byte.0 == b'\\' => behind,
            [(b'\r', _), (b'\n', _), behind @ ..] if byte.0 == b'\\' => behind,
            _ => {
                joined.push(*byte);
                behind
            }
        };
    }
    joined
}

/// Takes the backslash off quotes and backslashes.
fn unquote(bytes: &[PlacedByte], quote: u8) -> Placed {
    let mut unquoted = Vec::new();
    let mut rest = bytes;
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        match (byte.0, behind) {
            (b'\\', [next, ..]) if next.0 == quote => {
                unquoted.push((quote, byte.1));
                rest = &behind[1..];
            }
            (b'\\', [(b'\r', _), (b'\n', _), ..]) => rest = &behind[2..],
            (b'\\', [(b'\\', _), ..]) => {
                unquoted.push(*byte);
                rest = &behind[1..];
            }
            _ => unquoted.push(*byte),
        }
    }
    unquoted
}

/// A directive as the format string has it, behind its `%`.
pub(crate) fn directive(bytes: &[PlacedByte]) -> Result<(Argument, usize), String> {
    let mut argument = None;
    let mut index = 0;
    let byte = |index: usize| bytes.get(index).map(|(byte, _)| *byte);
    loop {
        match byte(index) {
            // For which status codes, and of which of the requests within one.
            Some(b'!' | b'<' | b'>' | b',' | b'0'..=b'9') => index += 1,
            Some(b'{') => {
                let rest = &bytes[index + 1..];
                let end = rest.iter().position(|(byte, _)| *byte == b'}');
                let end = end.ok_or("the '{' of this directive has no '}'")?;
                let name: Vec<u8> = rest[..end].iter().map(|(byte, _)| *byte).collect();
                argument = Some(String::from_utf8_lossy(&name).into_owned());
                index += end + 2;
            }
            _ => break,
        }
    }
    let length = match byte(index) {
        None => return Err("the format ends within this directive".to_owned()),
        Some(b'^') => 3.min(bytes.len() - index),
        Some(_) => 1,
    };
    let text = |range: &[PlacedByte]| {
        let bytes: Vec<u8> = range.iter().map(|(byte, _)| *byte).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let written = format!("%{}", text(&bytes[..index + length]));
    let letter = text(&bytes[index..index + length]);
    Ok((Argument { letter, argument, written }, index + length))
}
