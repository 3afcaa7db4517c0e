//! The variables of nginx: the types of their values, and the bytes these can hold.

use crate::column::{TimestampFormat, ValueType};
use crate::encoding::Encoding;
use crate::template::Variable;
use crate::value::Holds;

/// Returns a variable by its name; any that is not known is text.
pub(crate) fn variable(name: &str, encoding: Encoding) -> Variable {
    Variable::new(name, format!("${name}"), kind(name), encoding)
}

/// Returns the type of a variable's values, and their bytes.
pub(crate) fn kind(name: &str) -> (ValueType, Holds) {
    match name {
        "status"
        | "body_bytes_sent"
        | "bytes_sent"
        | "request_length"
        | "connection"
        | "connection_requests"
        | "connections_active"
        | "connections_reading"
        | "connections_waiting"
        | "connections_writing"
        | "content_length"
        | "pid"
        | "proxy_port"
        | "proxy_protocol_port"
        | "proxy_protocol_server_port"
        | "realip_remote_port"
        | "remote_port"
        | "request_port"
        | "server_port"
        | "ssl_client_v_remain"
        | "tcpinfo_rcv_space"
        | "tcpinfo_rtt"
        | "tcpinfo_rttvar"
        | "tcpinfo_snd_cwnd"
        | "http_content_length"
        | "sent_http_content_length" => (ValueType::Integer, Holds::Integer),
        "gzip_ratio" => (ValueType::Decimal, Holds::Number),
        "request_time" | "connection_time" => (ValueType::Seconds, Holds::Number),
        "msec" => (ValueType::Timestamp(TimestampFormat::EpochSeconds), Holds::Number),
        "time_local" => clf_time(),
        "time_iso8601" => {
            let example = "1970-09-28T12:00:00+06:00";
            (ValueType::Timestamp(TimestampFormat::Iso8601), Holds::Shape(example.into()))
        }
        "remote_addr"
        | "server_addr"
        | "realip_remote_addr"
        | "proxy_protocol_addr"
        | "proxy_protocol_server_addr" => (ValueType::Address, Holds::Address),
        "upstream_status"
        | "upstream_response_length"
        | "upstream_bytes_received"
        | "upstream_bytes_sent" => (ValueType::Integer, Holds::List),
        "upstream_response_time"
        | "upstream_connect_time"
        | "upstream_header_time"
        | "upstream_first_byte_time"
        | "upstream_session_time"
        | "upstream_queue_time" => (ValueType::Seconds, Holds::List),
        "upstream_addr" => (ValueType::Text, Holds::List),
        "request_method"
        | "scheme"
        | "host"
        | "server_name"
        | "hostname"
        | "request_id"
        | "req_id"
        | "pipe"
        | "https"
        | "ssl_protocol"
        | "ssl_cipher"
        | "ssl_curve"
        | "ssl_session_id"
        | "ssl_session_reused"
        | "ssl_server_name"
        | "ssl_early_data"
        | "ssl_client_serial"
        | "ssl_client_fingerprint"
        | "ssl_alpn_protocol"
        | "http2"
        | "http3"
        | "nginx_version"
        | "proxy_host"
        | "request_completion"
        | "upstream_cache_status"
        | "limit_conn_status"
        | "limit_req_status"
        | "geoip_country_code"
        | "geoip_country_code3" => (ValueType::Text, Holds::Token),
        "request"
        | "http_user_agent"
        | "http_cookie"
        | "http_accept"
        | "http_accept_encoding"
        | "http_accept_language"
        | "http_authorization"
        | "http_date"
        | "http_if_modified_since"
        | "sent_http_date"
        | "sent_http_last_modified"
        | "sent_http_expires"
        | "sent_http_set_cookie"
        | "upstream_http_date"
        | "upstream_http_last_modified"
        | "date_gmt"
        | "date_local"
        | "ssl_ciphers"
        | "ssl_client_cert"
        | "ssl_client_raw_cert"
        | "ssl_client_v_start"
        | "ssl_client_v_end" => (ValueType::Text, Holds::Sentence),
        _ => (ValueType::Text, Holds::Text),
    }
}

/// The time of the common log format, without its brackets.
pub(crate) fn clf_time() -> (ValueType, Holds) {
    let example = "28/Sep/1970:12:00:00 +0600";
    (ValueType::Timestamp(TimestampFormat::Clf), Holds::Shape(example.into()))
}
