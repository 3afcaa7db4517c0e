//! nginx: `log_format` as it stands in nginx.conf, or its string alone.

use delimark::QuoteEscape;

use crate::assembly::{Given, assemble};
use crate::config_text::{Placed, PlacedByte, placed, quoted_length, strip_word, trim, trim_start};
use crate::encoding::Encoding;
use crate::error::{FormatError, near_names};
use crate::format::LogFormat;
use crate::nginx_variables::variable;
use crate::template::Template;

impl LogFormat {
    /// Reads a format of nginx: the directive `log_format` as pasted from nginx.conf, with its
    /// name, strings, line breaks, `escape=` and semicolon; or strings, or the text in them, alone.
    /// A format of JSON is read as any other.
    ///
    /// Columns have the names of the variables. Those of modules that are not known are text.
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
    /// let format = LogFormat::nginx(
    ///     r#"
    ///     log_format main '$remote_addr [$time_local] "$request" '
    ///                     '$status rt=$request_time';
    ///     "#,
    /// )?;
    /// let names = format.columns().iter().map(|column| column.name());
    /// assert!(names.eq(["remote_addr", "time_local", "request", "status", "request_time"]));
    ///
    /// let error = LogFormat::nginx("$remote_addr|$status$request_time").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "log format at byte 20: nothing stands between $status and $request_time; put a \
    ///      delimiter between them\n  $remote_addr|$status$request_time\n                      ^",
    /// );
    /// # Ok::<(), delimark_formats::FormatError>(())
    /// ```
    pub fn nginx(text: &str) -> Result<Self, FormatError> {
        assemble(template(text)?, Given::default())
    }
}

/// Reads a format string of nginx.
pub(crate) fn template(text: &str) -> Result<Template, FormatError> {
    let (bytes, escape) = strings(text)?;
    let encoding = match escape {
        Escape::Default => Encoding::HexEscapes,
        Escape::Json => Encoding::JsonEscapes,
        Escape::None => Encoding::Verbatim,
    };
    let quote_escape = match escape {
        Escape::Json => QuoteEscape::Backslash,
        Escape::Default | Escape::None => QuoteEscape::None,
    };
    let mut template = Template::new(text, quote_escape);
    let mut rest = &bytes[..];
    while let Some(((byte, place), behind)) = rest.split_first() {
        if *byte != b'$' {
            template.push_byte(*byte, *place);
            rest = behind;
            continue;
        }
        let (name, length) = name(behind).ok_or_else(|| {
            template.error(*place, "no name of a variable stands behind this '$'")
        })?;
        template.push_variable(variable(&name, encoding), *place);
        rest = &behind[length..];
    }
    Ok(template)
}

/// Reads `name` or `{name}`, and returns how many bytes it has.
fn name(bytes: &[PlacedByte]) -> Option<(String, usize)> {
    let has_braces = bytes.first().is_some_and(|(byte, _)| *byte == b'{');
    let start = usize::from(has_braces);
    let is_name = |(byte, _): &&PlacedByte| byte.is_ascii_alphanumeric() || *byte == b'_';
    let name: Vec<u8> = bytes[start..].iter().take_while(is_name).map(|(byte, _)| *byte).collect();
    let end = start + name.len();
    let is_closed = !has_braces || bytes.get(end).is_some_and(|(byte, _)| *byte == b'}');
    let name = String::from_utf8(name).ok().filter(|name| !name.is_empty() && is_closed)?;
    Some((name, end + usize::from(has_braces)))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escape {
    Default,
    Json,
    None,
}

/// Takes the format out of the configuration around it.
fn strings(text: &str) -> Result<(Placed, Escape), FormatError> {
    let all = placed(text);
    let Some(after_directive) = directive(&all) else {
        let bare = trim(&all);
        let bytes = if is_configuration(bare) { join_words(text, bare)? } else { unescape(bare) };
        return Ok((bytes, Escape::Default));
    };
    // The format's name; then, perhaps, how it escapes.
    let after_name = skip_word(after_directive);
    let (escape, words) = escape(text, after_name)?;
    Ok((join_words(text, words)?, escape))
}

/// Returns what stands behind the first `log_format`: comments, blocks and other directives can
/// stand before it.
fn directive(bytes: &[PlacedByte]) -> Option<&[PlacedByte]> {
    let mut is_start = true;
    let mut is_comment = false;
    for (index, (byte, _)) in bytes.iter().enumerate() {
        let rest = if is_start { strip_word(&bytes[index..], "log_format") } else { None };
        if rest.is_some() {
            return rest;
        }
        is_comment = *byte != b'\n' && (is_comment || (is_start && *byte == b'#'));
        is_start = !is_comment && matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'{' | b'}' | b';');
    }
    None
}

/// Tells whether text is strings as a configuration has them, not the text in them: `'...' '...'`,
/// or one `"..."` of more than one variable.
fn is_configuration(bytes: &[PlacedByte]) -> bool {
    match bytes.first() {
        Some((b'\'', _)) => true,
        Some((b'"', _)) => {
            let dollars = bytes.iter().filter(|(byte, _)| *byte == b'$').count();
            let end = bytes.iter().rposition(|(byte, _)| *byte != b';');
            dollars > 1 && quoted_length(bytes) == end.map(|last| last + 1)
        }
        _ => false,
    }
}

fn skip_word(bytes: &[PlacedByte]) -> &[PlacedByte] {
    let end = bytes.iter().position(|(byte, _)| byte.is_ascii_whitespace());
    trim_start(&bytes[end.unwrap_or(bytes.len())..])
}

/// Reads `escape=default`, `json` or `none`, if it stands there.
fn escape<'a>(
    text: &str,
    bytes: &'a [PlacedByte],
) -> Result<(Escape, &'a [PlacedByte]), FormatError> {
    let word: Vec<u8> = bytes
        .iter()
        .map(|(byte, _)| *byte)
        .take_while(|byte| !byte.is_ascii_whitespace() && *byte != b';')
        .collect();
    let Some(value) = word.strip_prefix(b"escape=") else {
        return Ok((Escape::Default, bytes));
    };
    let known = [("default", Escape::Default), ("json", Escape::Json), ("none", Escape::None)];
    let Some((_, escape)) = known.iter().find(|(name, _)| name.as_bytes() == value) else {
        let value = String::from_utf8_lossy(value);
        let near = near_names(&value, known.iter().map(|(name, _)| *name));
        let hint = if near.is_empty() { near } else { format!("; is it {near}?") };
        let reason =
            format!("unknown escape '{value}' (expected one of: default, json, none){hint}");
        return Err(FormatError::new(text, bytes[0].1, reason));
    };
    Ok((*escape, skip_word(bytes)))
}

/// Joins words and strings up to the semicolon, as nginx does.
fn join_words(text: &str, bytes: &[PlacedByte]) -> Result<Placed, FormatError> {
    let mut joined = Vec::new();
    let mut rest = trim_start(bytes);
    while let Some((byte, place)) = rest.first() {
        let length = match byte {
            b';' => {
                if let Some(second) = directive(rest).and_then(<[_]>::first) {
                    let reason = "another log_format begins here; give one of them";
                    return Err(FormatError::new(text, second.1, reason));
                }
                break;
            }
            b'#' => rest.iter().position(|(byte, _)| *byte == b'\n').unwrap_or(rest.len()),
            quote @ (b'\'' | b'"') => {
                let length = quoted_length(rest).ok_or_else(|| {
                    let quote = char::from(*quote);
                    let reason = format!("the string that begins here has no {quote} at its end");
                    FormatError::new(text, *place, reason)
                })?;
                joined.extend(unescape(&rest[1..length - 1]));
                length
            }
            _ => {
                let is_end = |(byte, _): &PlacedByte| byte.is_ascii_whitespace() || *byte == b';';
                let length = rest.iter().position(is_end).unwrap_or(rest.len());
                joined.extend(unescape(&rest[..length]));
                length
            }
        };
        rest = trim_start(&rest[length..]);
    }
    Ok(joined)
}

/// Replaces the escapes that nginx knows in configurations; other backslashes stay.
fn unescape(bytes: &[PlacedByte]) -> Placed {
    let mut unescaped = Vec::new();
    let mut rest = bytes;
    while let Some(((byte, place), behind)) = rest.split_first() {
        let replaced = match (byte, behind.first()) {
            (b'\\', Some((escaped @ (b'"' | b'\'' | b'\\'), _))) => Some(*escaped),
            (b'\\', Some((b't', _))) => Some(b'\t'),
            (b'\\', Some((b'r', _))) => Some(b'\r'),
            (b'\\', Some((b'n', _))) => Some(b'\n'),
            _ => None,
        };
        unescaped.push((replaced.unwrap_or(*byte), *place));
        rest = if replaced.is_some() { &behind[1..] } else { behind };
    }
    unescaped
}
