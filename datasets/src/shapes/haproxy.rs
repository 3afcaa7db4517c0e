//! The log of HAProxy with `option httplog`, behind the header that rsyslog puts before each line:
//! `%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq`
//! `%{+Q}r`.
//!
//! No header is captured: `%hr` and `%hs` would have the blanks of user agents, unquoted, and lines
//! any number of fields. As it is they have 16. What this format has and `nginx12` has not is drawn
//! from a stream of its own, so the exchanges are the same.

use super::odd;
use crate::choice::Choice;
use crate::digits::{push_decimal, push_hex_digits_upper, write_padded};
use crate::nginx::{Exchange, Flavor, Kind, Log, OWN_SITE, Response, iso_text, log_text};
use crate::random::Random;

/// Writes the lines of one log.
#[derive(Debug)]
pub(crate) struct HaProxy {
    log: Log,
    additions: Random,
    /// A value before its bytes are escaped.
    value: Vec<u8>,
    /// The time in the last header, in microseconds: each is later than the one before.
    received_microseconds: u64,
}

/// The end of a session: its state, and what it says of the times.
#[derive(Clone, Copy)]
struct Ending {
    /// `%tsc`.
    state: &'static [u8],
    /// `%ST`.
    status: u64,
    /// True where a server answered.
    has_response: bool,
    /// True where a connection to a server stood.
    is_connected: bool,
}

/// The fates of a request that is none, in the order of `%ST`, `%tsc` and the time it takes.
static BAD_REQUESTS: Choice<(u64, &[u8], u64)> =
    Choice::new(&[(7, (400, b"PR--", 1)), (2, (408, b"cR--", 10_001)), (1, (400, b"CR--", 300))]);

impl HaProxy {
    pub(crate) fn new(random: &mut Random) -> Self {
        let log = Log::new(Flavor::Plain, random);
        let additions = log.additions();
        Self { log, additions, value: Vec::new(), received_microseconds: 0 }
    }

    /// Appends one line without its line end.
    pub(crate) fn write_line(&mut self, random: &mut Random, out: &mut Vec<u8>) {
        let Self { log, additions, value, received_microseconds } = self;
        let exchange = log.draw(random);
        let microseconds = exchange.clock.milliseconds() * 1000 + additions.below(1000);
        *received_microseconds = microseconds.max(*received_microseconds + 1);
        push_header(*received_microseconds, out);
        out.extend_from_slice(exchange.address);
        out.push(b':');
        push_decimal(out, additions.log_uniform(10..16));
        // Half a per cent is not understood, as on ports that anybody can reach.
        if additions.below(1000) < 5 {
            write_bad_request(&exchange, additions, out);
        } else {
            write_request(&exchange, additions, value, out);
        }
    }
}

/// Appends time, host and program, as rsyslog does with what comes through its own socket.
fn push_header(microseconds: u64, out: &mut Vec<u8>) {
    let text = iso_text(microseconds / 1_000_000);
    let (second, zone) = text.split_at(19);
    out.extend_from_slice(second);
    let mut fraction = *b".000000";
    write_padded(&mut fraction[1..], microseconds % 1_000_000);
    out.extend_from_slice(&fraction);
    out.extend_from_slice(zone);
    out.extend_from_slice(b" lb1 haproxy[1847]: ");
}

/// Appends ` [%tr] `: the time at which the request began.
fn push_begin(milliseconds: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b" [");
    out.extend_from_slice(&log_text(milliseconds / 1000));
    let mut fraction = *b".000";
    write_padded(&mut fraction[1..], milliseconds % 1000);
    out.extend_from_slice(&fraction);
    out.extend_from_slice(b"] ");
}

fn write_request(
    exchange: &Exchange<'_>,
    additions: &mut Random,
    value: &mut Vec<u8>,
    out: &mut Vec<u8>,
) {
    let Exchange { response, .. } = *exchange;
    let is_encrypted = exchange.protocol == "HTTP/2.0" || additions.percent(80);
    let ending = ending(response.status);
    let waiting = response.upstream.total_milliseconds();
    // To deny takes no time.
    let total = if ending.state == b"PR--" { 0 } else { response.request_milliseconds };

    push_begin(exchange.clock.milliseconds() - total, out);
    out.extend_from_slice(if is_encrypted { b"https-in~ " } else { b"http-in " });
    let retries = push_server(exchange.kind, &response, ending, out);
    push_timers(ending, waiting, total, out);
    out.push(b' ');
    push_decimal(out, ending.status);
    out.push(b' ');
    // The header is counted, too.
    push_decimal(out, response.body_bytes + 110 + additions.log_uniform(6..9));
    out.extend_from_slice(b" - - ");
    out.extend_from_slice(ending.state);
    push_connections(retries, ending, additions, out);
    out.extend_from_slice(b" \"");
    value.clear();
    write_request_line(exchange, additions, value);
    push_escaped(value, out);
    out.push(b'"');
}

/// Appends what is left of a line where nobody understood the request.
fn write_bad_request(exchange: &Exchange<'_>, additions: &mut Random, out: &mut Vec<u8>) {
    let (status, state, milliseconds) = BAD_REQUESTS.pick(additions);
    let total = additions.below(milliseconds);
    push_begin(exchange.clock.milliseconds() - total, out);
    out.extend_from_slice(b"http-in http-in/<NOSRV> -1/-1/-1/-1/");
    push_decimal(out, total);
    out.push(b' ');
    push_decimal(out, status);
    out.extend_from_slice(b" 0 - - ");
    out.extend_from_slice(state);
    let ending = Ending { state, status, has_response: false, is_connected: false };
    push_connections(0, ending, additions, out);
    out.extend_from_slice(b" \"<BADREQ>\"");
}

/// Returns how a session with this status ended. Two statuses are nginx's own: where it closes
/// without a word, HAProxy denies, and where it notes that the client left, the state does.
fn ending(status: u64) -> Ending {
    let ending = |state, status, has_response, is_connected| Ending {
        state,
        status,
        has_response,
        is_connected,
    };
    match status {
        444 => ending(b"PR--", 403, false, false),
        499 => ending(b"CD--", 200, true, true),
        502 => ending(b"SH--", 502, false, true),
        503 => ending(b"SC--", 503, false, false),
        504 => ending(b"sH--", 504, false, true),
        _ => ending(b"----", status, true, true),
    }
}

/// Appends backend and server; returns how often another try was made.
fn push_server(kind: Kind, response: &Response, ending: Ending, out: &mut Vec<u8>) -> usize {
    let (backend, server): (&[u8], &[u8]) = match kind {
        Kind::Api => (b"api", b"api"),
        Kind::Asset | Kind::Feed => (b"static", b"web"),
        Kind::Page | Kind::Health | Kind::Probe => (b"application", b"app"),
    };
    out.extend_from_slice(backend);
    out.push(b'/');
    if ending.state == b"PR--" {
        out.extend_from_slice(b"<NOSRV> ");
        return 0;
    }
    let attempts = response.upstream.attempts.max(1);
    out.extend_from_slice(server);
    push_decimal(out, (response.upstream.first + attempts as u64) % 6 + 1);
    out.push(b' ');
    attempts - 1
}

/// Appends `%TR/%Tw/%Tc/%Tr/%Ta`, in milliseconds; -1 is what was not reached.
fn push_timers(ending: Ending, waiting: u64, total: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(match (ending.state, ending.is_connected) {
        (b"PR--", _) => b"0/-1/-1/-1/",
        (_, false) => b"0/0/-1/-1/",
        (_, true) if !ending.has_response => b"0/0/0/-1/",
        (_, true) => b"0/0/0/",
    });
    if ending.has_response {
        push_decimal(out, waiting);
        out.push(b'/');
    }
    push_decimal(out, total);
}

/// Appends ` %ac/%fc/%bc/%sc/%rc %sq/%bq`.
fn push_connections(retries: usize, ending: Ending, additions: &mut Random, out: &mut Vec<u8>) {
    let all = additions.log_uniform(4..11);
    let of_backend = if ending.is_connected { 1 + additions.below(all - 3) } else { 0 };
    let of_server = if ending.is_connected { 1 + of_backend / 6 } else { 0 };
    out.push(b' ');
    push_decimal(out, all);
    out.push(b'/');
    push_decimal(out, all - additions.below(4));
    for count in [of_backend, of_server] {
        out.push(b'/');
        push_decimal(out, count);
    }
    // Another server was tried in the end.
    out.extend_from_slice(if retries > 0 { b"/+" } else { b"/" });
    push_decimal(out, retries as u64);
    let queue = if additions.percent(2) { additions.log_uniform(0..5) } else { 0 };
    out.extend_from_slice(b" 0/");
    push_decimal(out, queue);
}

/// Appends `%r` before its bytes are escaped. Of HTTP/2 HAProxy puts the parts together again,
/// scheme and host among them.
fn write_request_line(exchange: &Exchange<'_>, additions: &mut Random, value: &mut Vec<u8>) {
    value.extend_from_slice(exchange.method.as_bytes());
    value.push(b' ');
    if exchange.protocol == "HTTP/2.0" {
        value.extend_from_slice(OWN_SITE.as_bytes());
    }
    value.extend_from_slice(exchange.uri);
    odd::change_uri(additions, value);
    value.push(b' ');
    value.extend_from_slice(exchange.protocol.as_bytes());
}

/// Appends a request line as HAProxy writes it: quotes, hashes, and all that is not printable ASCII
/// as `#XX`.
fn push_escaped(value: &[u8], out: &mut Vec<u8>) {
    for &byte in value {
        if matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'#') {
            out.push(byte);
        } else {
            out.push(b'#');
            push_hex_digits_upper(out, byte);
        }
    }
}
