//! HAProxy: `log-format` as it stands in haproxy.cfg, or its string alone.

use delimark::QuoteEscape;

use crate::assembly::{Given, assemble};
use crate::column::ValueType;
use crate::config_text::{Placed, PlacedByte, placed, quoted_length, strip_word, trim};
use crate::encoding::Encoding;
use crate::error::FormatError;
use crate::format::{LogFormat, Options};
use crate::haproxy_aliases::{alias, expression};
use crate::template::{Template, TokenKind};
use crate::value::Holds;

/// The format of `option httplog`.
pub(crate) const HTTP: &str = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc \
                               %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r";

/// The format of `option httpslog`.
pub(crate) const HTTPS: &str = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc \
                                %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r \
                                %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/\
                                %[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc";

/// The format of `option tcplog`.
pub(crate) const TCP: &str =
    "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq";

impl LogFormat {
    /// Reads a format of HAProxy: `log-format` as pasted from haproxy.cfg, with its quotes or
    /// backslashes before blanks, or the string alone. The header that syslog puts before lines can
    /// be there, and is skipped.
    ///
    /// Captured headers (`%hr`, `%hs`) are one column each, with their braces, and have no place in
    /// lines without them; if only one of both is there, it is taken for the first in the format.
    ///
    /// | alias | column |
    /// |---|---|
    /// | `%ci`, `%cp` | `remote_addr`, `remote_port` |
    /// | `%fi`, `%fp` | `server_addr`, `server_port` |
    /// | `%bi`, `%bp` | `backend_source_addr`, `backend_source_port` |
    /// | `%si`, `%sp` | `backend_addr`, `backend_port` |
    /// | `%t`, `%tr`, `%T`, `%Tl`, `%trg`, `%trl` | `time_local` |
    /// | `%Ts`, `%ms` | `time_sec`, `time_msec_frac` |
    /// | `%f`, `%ft` | `frontend_name` |
    /// | `%b`, `%s` | `backend_name`, `server_name` |
    /// | `%Th`, `%Ti` | `handshake_time_ms`, `idle_time_ms` |
    /// | `%Tq`, `%TR` | `total_request_time_ms`, `header_time_ms` |
    /// | `%Tw`, `%Tc` | `queue_time_ms`, `connect_time_ms` |
    /// | `%Tr`, `%Td` | `response_time_ms`, `data_time_ms` |
    /// | `%Ta`, `%Tt` | `active_time_ms`, `total_time_ms` |
    /// | `%Tu` | `user_time_ms` |
    /// | `%H`, `%pid` | `hostname`, `pid` |
    /// | `%r` | `request` |
    /// | `%HM`, `%HV` | `request_method`, `server_protocol` |
    /// | `%HU`, `%HP` | `request_uri`, `uri` |
    /// | `%HPO`, `%HQ` | `path`, `query_string` |
    /// | `%ST` | `status` |
    /// | `%B`, `%U` | `bytes_sent`, `request_length` |
    /// | `%CC`, `%CS` | `request_cookie`, `response_cookie` |
    /// | `%hr`, `%hs` | `request_headers`, `response_headers` |
    /// | `%ts`, `%tsc` | `termination_state` |
    /// | `%ac`, `%fc` | `active_connections`, `frontend_connections` |
    /// | `%bc`, `%sc` | `backend_connections`, `server_connections` |
    /// | `%rc` | `retries` |
    /// | `%sq`, `%bq` | `server_queue`, `backend_queue` |
    /// | `%sslv`, `%sslc` | `ssl_protocol`, `ssl_cipher` |
    /// | `%ID`, `%rt`, `%lc` | `request_id`, `request_counter`, `log_counter` |
    ///
    /// `${HAPROXY_HTTP_LOG_FMT}` in double quotes, and those of HTTPS and TCP, stand for HAProxy's
    /// own formats.
    ///
    /// `%(name)alias` and `%(name)[expression]` have that name, `%[expression]` one made of it.
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
    /// let format = LogFormat::haproxy(r#"log-format "%ci:%cp [%tr] %b/%s %ST %{+Q}r""#)?;
    /// let names = format.columns().iter().map(|column| column.name());
    /// assert!(names.eq([
    ///     "remote_addr", "remote_port", "time_local", "backend_name", "server_name", "status",
    ///     "request",
    /// ]));
    /// # Ok::<(), delimark_formats::FormatError>(())
    /// ```
    pub fn haproxy(text: &str) -> Result<Self, FormatError> {
        let options = Options { has_syslog_header: true, ..Options::default() };
        assemble(template(text)?, Given { options, ..Given::default() })
    }
}

/// Flags of an item, or of all that follow.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    /// Strings stand in quotes.
    quotes: bool,
    /// Numbers and addresses are hexadecimal.
    is_hexadecimal: bool,
    /// Quotes, backslashes and `]` stand behind a backslash.
    escapes: bool,
}

/// Reads a format string of HAProxy.
fn template(text: &str) -> Result<Template, FormatError> {
    let bytes = string(text)?;
    let mut template = Template::new(text, QuoteEscape::None);
    let mut flags = Flags::default();
    let mut rest = &bytes[..];
    while let Some(((byte, place), behind)) = rest.split_first() {
        match (byte, behind.first().map(|(byte, _)| byte)) {
            (b'%', Some(b'%')) => {
                template.push_byte(b'%', *place);
                rest = &behind[1..];
            }
            (b'%', _) => {
                let (item, length) =
                    read_item(behind, flags).map_err(|reason| template.error(*place, reason))?;
                rest = &behind[length..];
                push(&mut template, item, &mut flags, *place)?;
            }
            (b' ' | b'\t', _) => {
                // HAProxy writes one blank for a run of them.
                let is_first = !matches!(
                    template.tokens.last().map(|token| &token.kind),
                    None | Some(TokenKind::Byte(b' '))
                );
                if is_first {
                    template.push_byte(b' ', *place);
                }
                rest = behind;
            }
            _ => {
                template.push_byte(*byte, *place);
                rest = behind;
            }
        }
    }
    while matches!(template.tokens.last().map(|token| &token.kind), Some(TokenKind::Byte(b' '))) {
        template.tokens.pop();
    }
    Ok(template)
}

/// Adds an item to a template, with the quotes that its flags put around it.
fn push(
    template: &mut Template,
    item: Item,
    flags: &mut Flags,
    place: usize,
) -> Result<(), FormatError> {
    if item.alias == "o" && !item.is_expression {
        *flags = item.flags;
        return Ok(());
    }
    let written = &item.written;
    let found = if item.is_expression {
        Ok(expression(&item.alias, written))
    } else {
        alias(&item.alias, written)
    };
    let mut variable = found.map_err(|reason| template.error(place, reason))?;
    if let Some(name) = item.name {
        variable.name = name;
    }
    if item.flags.is_hexadecimal && matches!(variable.holds, Holds::Integer | Holds::Address) {
        variable.holds = Holds::Word;
        variable.value_type = ValueType::Text;
    }
    let is_string = !matches!(variable.holds, Holds::Integer | Holds::Number | Holds::Shape(_));
    if item.flags.escapes && variable.encoding == Encoding::Verbatim && is_string {
        variable.encoding = Encoding::CEscapes;
        template.quote_escape = QuoteEscape::Backslash;
    }
    let has_quotes = item.flags.quotes && is_string;
    if has_quotes {
        template.push_byte(b'"', place);
    }
    template.push_variable(variable, place);
    if has_quotes {
        template.push_byte(b'"', place);
    }
    Ok(())
}

/// One item: `%(name){flags}alias` or `%(name){flags}[expression]`.
struct Item {
    name: Option<String>,
    flags: Flags,
    /// The alias, or the expression.
    alias: String,
    is_expression: bool,
    /// All of it, as the format has it.
    written: String,
}

/// Reads an item behind its `%`, and returns its length.
fn read_item(bytes: &[PlacedByte], flags: Flags) -> Result<(Item, usize), String> {
    let text = |range: &[PlacedByte]| {
        let bytes: Vec<u8> = range.iter().map(|(byte, _)| *byte).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let byte = |index: usize| bytes.get(index).map(|(byte, _)| *byte);
    let find = |from: usize, wanted: u8| {
        let found = bytes[from..].iter().position(|(byte, _)| *byte == wanted);
        found
            .map(|length| from + length)
            .ok_or_else(|| format!("this item has no '{}' at its end", char::from(wanted)))
    };
    let mut flags = flags;
    let mut index = 0;
    let mut name = None;
    if byte(0) == Some(b'(') {
        let end = find(1, b')')?;
        let whole = text(&bytes[1..end]);
        let (given, _) = whole.split_once(':').unwrap_or((&whole, ""));
        name = Some(given.to_owned()).filter(|name| !name.is_empty());
        index = end + 1;
    }
    if byte(index) == Some(b'{') {
        let end = find(index + 1, b'}')?;
        read_flags(&text(&bytes[index + 1..end]), &mut flags)?;
        index = end + 1;
    }
    let (alias, end, is_expression) = if byte(index) == Some(b'[') {
        let end = expression_end(&bytes[index..]).ok_or("this expression has no ']' at its end")?;
        (text(&bytes[index + 1..index + end]), index + end + 1, true)
    } else {
        let is_name = |(byte, _): &&PlacedByte| byte.is_ascii_alphanumeric();
        let length = bytes[index..].iter().take_while(is_name).count();
        if length == 0 {
            return Err("no name of an alias stands behind this '%'; '%%' is a percent sign".into());
        }
        (text(&bytes[index..index + length]), index + length, false)
    };
    let written = format!("%{}", text(&bytes[..end]));
    Ok((Item { name, flags, alias, is_expression, written }, end))
}

/// Returns the index of the bracket that ends an expression: those within quotes do not.
fn expression_end(bytes: &[PlacedByte]) -> Option<usize> {
    let mut depth = 0;
    let mut quote = None;
    for (index, (byte, _)) in bytes.iter().enumerate() {
        match (byte, quote) {
            (byte, Some(open)) if *byte == open => quote = None,
            (_, Some(_)) => {}
            (b'"' | b'\'', None) => quote = Some(*byte),
            (b'[', None) => depth += 1,
            (b']', None) => {
                depth -= 1;
                if depth == 0 {
                    return Some(index);
                }
            }
            _ => {}
        }
    }
    None
}

fn read_flags(list: &str, flags: &mut Flags) -> Result<(), String> {
    for flag in list.split(',').map(str::trim).filter(|flag| !flag.is_empty()) {
        let (is_on, name) = match flag.split_at_checked(1) {
            Some(("+", name)) => (true, name),
            Some(("-", name)) => (false, name),
            _ => return Err(format!("the flag '{flag}' has neither '+' nor '-' before it")),
        };
        match name {
            "Q" => flags.quotes = is_on,
            "X" => flags.is_hexadecimal = is_on,
            "E" => flags.escapes = is_on,
            "M" | "bin" => {}
            "json" | "cbor" if is_on => {
                return Err(format!("the flag '{name}' makes logs that a reader of {name} reads"));
            }
            "json" | "cbor" => {}
            _ => {
                let expected = "Q, X, E, bin, json, cbor";
                return Err(format!("unknown flag '{name}' (expected one of: {expected})"));
            }
        }
    }
    Ok(())
}

/// Takes the format out of the configuration around it.
fn string(text: &str) -> Result<Placed, FormatError> {
    let all = placed(text);
    let bytes = trim(&all);
    let words = ["log-format", "error-log-format", "unique-id-format"];
    if let Some(rest) = words.iter().find_map(|word| strip_word(bytes, word)) {
        return word(text, rest);
    }
    let percents = bytes.iter().filter(|(byte, _)| *byte == b'%').count();
    let is_string = match bytes.first() {
        Some((b'\'', _)) => true,
        Some((b'"', _)) => percents > 1 && quoted_length(bytes) == Some(bytes.len()),
        _ => bytes.windows(2).any(|pair| pair[0].0 == b'\\' && pair[1].0 == b' '),
    };
    if is_string { word(text, bytes) } else { Ok(bytes.to_vec()) }
}

/// Returns the value of a variable of the environment whose name stands behind a `$`, with or
/// without braces, and the length of that: HAProxy itself sets those that have its own formats.
fn environment(bytes: &[PlacedByte]) -> Result<(&'static str, usize), String> {
    let has_brace = bytes.first().is_some_and(|(byte, _)| *byte == b'{');
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let name = bytes.iter().map(|(byte, _)| *byte).skip(usize::from(has_brace));
    let name: Vec<u8> = name.take_while(is_name).collect();
    let length = name.len() + 2 * usize::from(has_brace);
    let value = match &name[..] {
        b"HAPROXY_HTTP_LOG_FMT" => HTTP,
        b"HAPROXY_HTTPS_LOG_FMT" => HTTPS,
        b"HAPROXY_TCP_LOG_FMT" => TCP,
        name => {
            let name = String::from_utf8_lossy(name);
            return Err(format!(
                "what ${name} stands for is not known here; put its value in its place"
            ));
        }
    };
    Ok((value, length.min(bytes.len())))
}

/// Reads one word of HAProxy's configuration: up to a blank that is neither in quotes nor behind a
/// backslash.
fn word(text: &str, bytes: &[PlacedByte]) -> Result<Placed, FormatError> {
    let mut word = Vec::new();
    let mut quote: Option<(u8, usize)> = None;
    let mut rest = bytes;
    while let Some((&(byte, place), behind)) = rest.split_first() {
        rest = behind;
        match (byte, quote) {
            (byte, Some((open, _))) if byte == open => quote = None,
            (b'"' | b'\'', None) => quote = Some((byte, place)),
            // Nothing is escaped in single quotes.
            (b'\\', None | Some((b'"', _))) => {
                let Some((&(escaped, _), after)) = behind.split_first() else {
                    break;
                };
                rest = after;
                match escaped {
                    b't' => word.push((b'\t', place)),
                    b'n' => word.push((b'\n', place)),
                    b'r' => word.push((b'\r', place)),
                    b' ' | b'\\' | b'"' | b'\'' | b'#' | b'$' => word.push((escaped, place)),
                    _ => word.extend([(b'\\', place), (escaped, place)]),
                }
            }
            (b' ' | b'\t' | b'\r' | b'\n', None) => break,
            (b'$', Some((b'"', _))) => {
                let (value, length) =
                    environment(behind).map_err(|reason| FormatError::new(text, place, reason))?;
                word.extend(value.bytes().map(|byte| (byte, place)));
                rest = &behind[length..];
            }
            _ => word.push((byte, place)),
        }
    }
    if let Some((quote, place)) = quote {
        let quote = char::from(quote);
        let reason = format!("the string that begins here has no {quote} at its end");
        return Err(FormatError::new(text, place, reason));
    }
    let left = trim(rest);
    let is_comment = left.first().is_none_or(|(byte, _)| *byte == b'#');
    if is_comment {
        return Ok(word);
    }
    let reason = "the format ends before this, at a blank; put quotes around all of it, or a \
                  backslash before each blank";
    Err(FormatError::new(text, left[0].1, reason))
}
