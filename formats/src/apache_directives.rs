//! The directives of Apache's `LogFormat`: columns, types, and the bytes that values can hold.

use crate::column::{TimestampFormat, ValueType};
use crate::encoding::Encoding;
use crate::error::near_names;
use crate::nginx_variables::{clf_time, kind};
use crate::strftime;
use crate::template::Variable;
use crate::value::Holds;

/// A directive: `%{argument}letter`.
pub(crate) struct Argument {
    pub(crate) letter: String,
    pub(crate) argument: Option<String>,
    /// All of it, as the format has it.
    pub(crate) written: String,
}

impl Argument {
    /// Tells whether it is `%t`, which stands in brackets.
    pub(crate) fn is_bracketed_time(&self) -> bool {
        self.letter == "t" && self.argument.as_deref().is_none_or(str::is_empty)
    }
}

const INTEGER: (ValueType, Holds) = (ValueType::Integer, Holds::Integer);
const MICROSECONDS: (ValueType, Holds) = (ValueType::Microseconds, Holds::Integer);
const ADDRESS: (ValueType, Holds) = (ValueType::Address, Holds::Address);
const TOKEN: (ValueType, Holds) = (ValueType::Text, Holds::Token);
const TEXT: (ValueType, Holds) = (ValueType::Text, Holds::Text);
const SENTENCE: (ValueType, Holds) = (ValueType::Text, Holds::Sentence);

/// The directives without an argument.
const PLAIN: [(&str, &str, (ValueType, Holds)); 29] = [
    ("a", "remote_addr", ADDRESS),
    ("A", "server_addr", ADDRESS),
    ("b", "body_bytes_sent", INTEGER),
    ("B", "body_bytes_sent", INTEGER),
    ("D", "request_time_us", MICROSECONDS),
    ("f", "request_filename", TEXT),
    ("F", "flushed", TOKEN),
    ("^FB", "first_byte_time_us", MICROSECONDS),
    ("h", "remote_addr", ADDRESS),
    ("H", "server_protocol", TEXT),
    ("I", "request_length", INTEGER),
    ("k", "keepalive_requests", INTEGER),
    ("l", "remote_logname", TOKEN),
    ("L", "log_id", TOKEN),
    ("m", "request_method", TOKEN),
    ("O", "bytes_sent", INTEGER),
    ("p", "server_port", INTEGER),
    ("P", "pid", INTEGER),
    ("q", "query_string", TEXT),
    ("r", "request", SENTENCE),
    ("R", "handler", TOKEN),
    ("s", "status", INTEGER),
    ("S", "bytes_transferred", INTEGER),
    ("T", "request_time", (ValueType::Seconds, Holds::Number)),
    ("u", "remote_user", TEXT),
    ("U", "uri", TEXT),
    ("v", "server_name", TOKEN),
    ("V", "host", TOKEN),
    ("X", "connection_status", TOKEN),
];

/// The directives whose argument names something, and how the column's name begins.
const NAMED: [(&str, &str); 9] = [
    ("c", "ssl_"),
    ("C", "cookie_"),
    ("e", "env_"),
    ("i", "http_"),
    ("n", "note_"),
    ("o", "sent_http_"),
    ("x", ""),
    ("^ti", "trailer_"),
    ("^to", "sent_trailer_"),
];

/// Returns the variable that a directive is.
pub(crate) fn variable(directive: &Argument, encoding: Encoding) -> Result<Variable, String> {
    let Argument { letter, argument, written } = directive;
    let argument = argument.as_deref();
    let make = |name: String, kind| Ok(Variable::new(name, written, kind, encoding));
    match (&**letter, argument) {
        ("t", None | Some("")) => return make("time_local".to_owned(), clf_time()),
        ("t", Some(format)) => {
            let (name, kind) = time(format);
            return make(name.to_owned(), kind);
        }
        _ => {}
    }
    let special = match (&**letter, argument) {
        ("a", Some("c")) => Some(("peer_addr", ADDRESS)),
        ("h", Some("c")) => Some(("peer_addr", ADDRESS)),
        ("p", Some("canonical" | "")) => Some(("server_port", INTEGER)),
        ("p", Some("local")) => Some(("local_port", INTEGER)),
        ("p", Some("remote")) => Some(("remote_port", INTEGER)),
        ("P", Some("tid" | "hextid")) => Some(("tid", TOKEN)),
        ("P", Some("pid" | "")) => Some(("pid", INTEGER)),
        ("T", Some("s" | "")) => Some(("request_time", (ValueType::Seconds, Holds::Number))),
        ("T", Some("ms")) => Some(("request_time_ms", (ValueType::Milliseconds, Holds::Integer))),
        ("T", Some("us")) => Some(("request_time_us", MICROSECONDS)),
        ("L", Some("c")) => Some(("connection_log_id", TOKEN)),
        ("T", Some(unit)) => {
            return Err(format!("unknown unit '{unit}' (expected one of: s, ms, us)"));
        }
        ("p", Some(port)) => {
            let expected = "canonical, local, remote";
            return Err(format!("unknown port '{port}' (expected one of: {expected})"));
        }
        _ => None,
    };
    if let Some((name, kind)) = special {
        return make(name.to_owned(), kind);
    }
    if let Some((_, start)) = NAMED.iter().find(|(known, _)| known == letter) {
        let name = argument.filter(|name| !name.is_empty()).ok_or_else(|| {
            format!("the directive {written} has no name in braces, as in %{{name}}{letter}")
        })?;
        let name: String = name
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
            .flat_map(char::to_lowercase)
            .collect();
        let name = format!("{start}{name}");
        // What nginx has under the same name is the same.
        let kind = kind(&name);
        return make(name, kind);
    }
    match PLAIN.iter().find(|(known, _, _)| known == letter) {
        Some((_, name, kind)) => make((*name).to_owned(), kind.clone()),
        None => Err(unknown(directive)),
    }
}

fn unknown(directive: &Argument) -> String {
    let known = PLAIN.iter().map(|(letter, _, _)| *letter);
    let known = known.chain(NAMED.iter().map(|(letter, _)| *letter)).chain(["t"]);
    let Argument { letter, written, .. } = directive;
    // A letter is near to itself in the other case, and to none else.
    let others = known.filter(|other| other.eq_ignore_ascii_case(letter));
    let others: Vec<String> = others.map(|letter| format!("%{letter}")).collect();
    let near = if others.is_empty() {
        near_names(letter, ["^FB", "^ti", "^to"].into_iter())
    } else {
        others.join(", ")
    };
    let hint = if near.is_empty() { near } else { format!("; is it {near}?") };
    format!("unknown directive {written}{hint}")
}

/// Returns the name and the type of `%{format}t`.
fn time(format: &str) -> (&'static str, (ValueType, Holds)) {
    let format = format.strip_prefix("begin:").or(format.strip_prefix("end:")).unwrap_or(format);
    let epoch = |format| (ValueType::Timestamp(format), Holds::Integer);
    match format {
        "sec" => ("time_sec", epoch(TimestampFormat::EpochSeconds)),
        "msec" => ("time_msec", epoch(TimestampFormat::EpochMilliseconds)),
        "usec" => ("time_usec", epoch(TimestampFormat::EpochMicroseconds)),
        "msec_frac" => ("time_msec_frac", INTEGER),
        "usec_frac" => ("time_usec_frac", INTEGER),
        "" => ("time_local", clf_time()),
        format => ("time_local", strftime::kind(format)),
    }
}
