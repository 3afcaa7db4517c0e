//! The aliases and sample expressions of HAProxy's `log-format`.

use crate::column::{TimestampFormat, ValueType};
use crate::encoding::Encoding;
use crate::error::near_names;
use crate::nginx_variables::clf_time;
use crate::template::Variable;
use crate::value::Holds;

/// The kinds of values of aliases.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Address,
    /// Captured headers.
    Braces,
    Clf,
    ClfMilliseconds,
    EpochSeconds,
    Integer,
    Milliseconds,
    Name,
    /// Cookies and the like, as they came.
    Token,
    /// A part of a request, with escapes, without blanks.
    Escaped,
    /// A part of a request, with escapes and mostly blanks.
    Sentence,
    Word,
}

const ALIASES: [(&str, &str, Kind); 62] = [
    ("ac", "active_connections", Kind::Integer),
    ("B", "bytes_sent", Kind::Integer),
    ("b", "backend_name", Kind::Name),
    ("bc", "backend_connections", Kind::Integer),
    ("bi", "backend_source_addr", Kind::Address),
    ("bp", "backend_source_port", Kind::Integer),
    ("bq", "backend_queue", Kind::Integer),
    ("CC", "request_cookie", Kind::Token),
    ("ci", "remote_addr", Kind::Address),
    ("cp", "remote_port", Kind::Integer),
    ("CS", "response_cookie", Kind::Token),
    ("f", "frontend_name", Kind::Name),
    ("fc", "frontend_connections", Kind::Integer),
    ("fi", "server_addr", Kind::Address),
    ("fp", "server_port", Kind::Integer),
    ("ft", "frontend_name", Kind::Name),
    ("H", "hostname", Kind::Name),
    ("HM", "request_method", Kind::Escaped),
    ("HP", "uri", Kind::Escaped),
    ("HPO", "path", Kind::Escaped),
    ("HQ", "query_string", Kind::Escaped),
    ("hr", "request_headers", Kind::Braces),
    ("hs", "response_headers", Kind::Braces),
    ("HU", "request_uri", Kind::Escaped),
    ("HV", "server_protocol", Kind::Escaped),
    ("ID", "request_id", Kind::Token),
    ("lc", "log_counter", Kind::Integer),
    ("ms", "time_msec_frac", Kind::Integer),
    ("OG", "log_origin", Kind::Word),
    ("pid", "pid", Kind::Integer),
    ("r", "request", Kind::Sentence),
    ("rc", "retries", Kind::Integer),
    ("rt", "request_counter", Kind::Integer),
    ("s", "server_name", Kind::Name),
    ("sc", "server_connections", Kind::Integer),
    ("si", "backend_addr", Kind::Address),
    ("sp", "backend_port", Kind::Integer),
    ("sq", "server_queue", Kind::Integer),
    ("sslc", "ssl_cipher", Kind::Word),
    ("sslv", "ssl_protocol", Kind::Name),
    ("ST", "status", Kind::Integer),
    ("T", "time_local", Kind::Clf),
    ("t", "time_local", Kind::ClfMilliseconds),
    ("Ta", "active_time_ms", Kind::Milliseconds),
    ("Tc", "connect_time_ms", Kind::Milliseconds),
    ("Td", "data_time_ms", Kind::Milliseconds),
    ("Th", "handshake_time_ms", Kind::Milliseconds),
    ("Ti", "idle_time_ms", Kind::Milliseconds),
    ("Tl", "time_local", Kind::Clf),
    ("Tq", "total_request_time_ms", Kind::Milliseconds),
    ("TR", "header_time_ms", Kind::Milliseconds),
    ("Tr", "response_time_ms", Kind::Milliseconds),
    ("tr", "time_local", Kind::ClfMilliseconds),
    ("trg", "time_local", Kind::Clf),
    ("trl", "time_local", Kind::Clf),
    ("Ts", "time_sec", Kind::EpochSeconds),
    ("ts", "termination_state", Kind::Word),
    ("tsc", "termination_state", Kind::Word),
    ("Tt", "total_time_ms", Kind::Milliseconds),
    ("Tu", "user_time_ms", Kind::Milliseconds),
    ("Tw", "queue_time_ms", Kind::Milliseconds),
    ("U", "request_length", Kind::Integer),
];
impl Kind {
    fn values(self) -> (ValueType, Holds) {
        let text = |holds| (ValueType::Text, holds);
        match self {
            Self::Address => (ValueType::Address, Holds::Address),
            Self::Braces => text(Holds::Braces),
            Self::Clf => clf_time(),
            Self::ClfMilliseconds => {
                let example = "06/Feb/2009:12:14:14.655";
                let written = TimestampFormat::ClfMilliseconds;
                (ValueType::Timestamp(written), Holds::Shape(example.into()))
            }
            Self::EpochSeconds => {
                (ValueType::Timestamp(TimestampFormat::EpochSeconds), Holds::Integer)
            }
            Self::Integer => (ValueType::Integer, Holds::Integer),
            Self::Milliseconds => (ValueType::Milliseconds, Holds::Integer),
            Self::Name => text(Holds::Name),
            Self::Token | Self::Escaped => text(Holds::Token),
            Self::Sentence => text(Holds::Sentence),
            Self::Word => text(Holds::Word),
        }
    }

    fn encoding(self) -> Encoding {
        match self {
            Self::Braces | Self::Escaped | Self::Sentence => Encoding::HashEscapes,
            _ => Encoding::Verbatim,
        }
    }
}

/// Returns the variable that an alias is.
pub(crate) fn alias(alias: &str, written: &str) -> Result<Variable, String> {
    if let Some((_, name, kind)) = ALIASES.iter().find(|(known, _, _)| *known == alias) {
        return Ok(Variable::new(*name, written, kind.values(), kind.encoding()));
    }
    if ["hrl", "hsl"].contains(&alias) {
        return Err(format!(
            "{written} writes as many values as there are captured headers, which the format does \
             not tell; log %{} in its place, or each as %[capture...] in quotes",
            &alias[..2]
        ));
    }
    let known = || ALIASES.iter().map(|(known, _, _)| *known);
    let same = known().filter(|known| known.eq_ignore_ascii_case(alias)).collect::<Vec<_>>();
    let near = match &same[..] {
        [] => near_names(alias, known().filter(|known| known.len() > 1)),
        same => same.join(", "),
    };
    let hint = if near.is_empty() { near } else { format!("; is it {near}?") };
    Err(format!("unknown alias '{alias}'{hint}"))
}

/// Expressions whose values have no blank, quote or `/` in them.
const NAMES: [&str; 22] = [
    "be_name",
    "bc_err",
    "dst",
    "dst_port",
    "fc_err",
    "fc_http_major",
    "fe_name",
    "hostname",
    "method",
    "rand",
    "req.ver",
    "src",
    "src_port",
    "srv_name",
    "ssl_bc_err",
    "ssl_c_ca_err",
    "ssl_c_err",
    "ssl_c_verify",
    "ssl_fc_err",
    "ssl_fc_is_resumed",
    "ssl_fc_protocol",
    "ssl_fc_sni",
];

/// Returns the variable that a sample expression is.
pub(crate) fn expression(expression: &str, written: &str) -> Variable {
    let end = expression.find(['(', ',']).unwrap_or(expression.len());
    let mut converters = expression[end..].split(',').skip(1);
    let is_name = NAMES.contains(&&expression[..end])
        && converters.all(|converter| ["hex", "lower", "upper"].contains(&converter));
    let holds = if is_name { Holds::Name } else { Holds::Text };
    // `capture.req.hdr(0)` is `capture_req_hdr_0`.
    let letters = expression.chars().map(|letter| {
        if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { ' ' }
    });
    let name: String = letters.collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join("_");
    let name = if name.is_empty() { "expression".to_owned() } else { name };
    Variable::new(name, written, (ValueType::Text, holds), Encoding::Verbatim)
}
