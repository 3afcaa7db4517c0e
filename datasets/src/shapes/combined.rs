//! The log that nginx writes when nobody says otherwise, with the odd lines that come to real ones:
//! `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer"`
//! `"$http_user_agent"`.
//!
//! What is odd is drawn from a stream of its own, so the exchanges are those of `nginx12`. No line
//! has other than 10 fields: a user's name with a blank in it, which nginx does not quote, is left
//! out.

use super::odd;
use crate::choice::Choice;
use crate::digits::{push_decimal, push_hex_digits_upper};
use crate::nginx::{Class, Exchange, Flavor, Log, log_text};
use crate::random::Random;

/// Writes the lines of one log.
#[derive(Debug)]
pub(crate) struct Combined {
    log: Log,
    additions: Random,
    /// A value before its bytes are escaped.
    value: Vec<u8>,
}

/// The forms of a request line, in a thousand.
#[derive(Clone, Copy)]
enum Form {
    /// Method, URI and version.
    Usual,
    /// A version that is none of the usual ones and passes.
    Version(&'static str),
    /// Without a version, which is HTTP/0.9: no header comes with it.
    NoVersion,
    /// A version that is refused; no header is looked at.
    Refused(&'static str, u64),
    /// A request line that is none.
    Garbage(&'static str),
    /// The first bytes of an encrypted connection.
    Greeting,
    /// Nothing within the time that there is for it.
    Nothing,
}

static FORMS: Choice<Form> = Choice::new(&[
    (9960, Form::Usual),
    (6, Form::Greeting),
    (6, Form::Nothing),
    (5, Form::Garbage("PRI * HTTP/2.0")),
    (4, Form::NoVersion),
    (3, Form::Version(" HTTP/1.1  ")),
    (3, Form::Version(" HTTP/1.7")),
    (2, Form::Version(" HTTP/1.123")),
    (2, Form::Refused(" HTTP/1.x", 400)),
    (2, Form::Refused(" HTTP/", 400)),
    (2, Form::Refused("", 400)),
    (2, Form::Refused(" http/1.1", 400)),
    (1, Form::Refused(" HTTP/3.5", 505)),
    (1, Form::Garbage("GET ")),
    (1, Form::Garbage("\"\"")),
]);

static USERS: [&[u8]; 6] = [b"alice", b"backup", b"deploy", b"monitoring", b"o'neill", b"reports"];

/// The body of nginx's own page that says 400, and of the one that says 505.
const BAD_REQUEST_BYTES: u64 = 157;
const VERSION_NOT_SUPPORTED_BYTES: u64 = 187;

impl Combined {
    pub(crate) fn new(random: &mut Random) -> Self {
        let log = Log::new(Flavor::Plain, random);
        let additions = log.additions();
        Self { log, additions, value: Vec::new() }
    }

    /// Appends one line without its line end.
    pub(crate) fn write_line(&mut self, random: &mut Random, out: &mut Vec<u8>) {
        let Self { log, additions, value } = self;
        let exchange = log.draw(random);
        let form = FORMS.pick(additions);
        let has_headers = matches!(form, Form::Usual | Form::Version(_));
        let is_named = has_headers && exchange.class == Class::Tool && additions.percent(5);

        out.extend_from_slice(exchange.address);
        out.extend_from_slice(b" - ");
        out.extend_from_slice(if is_named { additions.pick(&USERS) } else { b"-" });
        out.extend_from_slice(b" [");
        out.extend_from_slice(&log_text(exchange.clock.milliseconds() / 1000));
        out.extend_from_slice(b" +0000] \"");
        value.clear();
        write_request(&exchange, form, additions, value);
        push_escaped(value, out);
        out.extend_from_slice(b"\" ");
        let (status, body_bytes) = response(&exchange, form);
        push_decimal(out, status);
        out.push(b' ');
        push_decimal(out, body_bytes);
        out.extend_from_slice(b" \"");
        out.extend_from_slice(if has_headers { exchange.referer } else { b"-" });
        out.extend_from_slice(b"\" \"");
        value.clear();
        value.extend_from_slice(if has_headers { exchange.agent } else { b"-" });
        if has_headers {
            odd::change_agent(additions, value);
        }
        push_escaped(value, out);
        out.push(b'"');
    }
}

/// Appends `$request` before its bytes are escaped.
fn write_request(exchange: &Exchange<'_>, form: Form, additions: &mut Random, value: &mut Vec<u8>) {
    match form {
        Form::Garbage(text) => return value.extend_from_slice(text.as_bytes()),
        Form::Greeting => return odd::write_greeting(additions, value),
        Form::Nothing => return,
        Form::Usual | Form::Version(_) | Form::NoVersion | Form::Refused(..) => {}
    }
    value.extend_from_slice(exchange.method.as_bytes());
    value.push(b' ');
    value.extend_from_slice(exchange.uri);
    odd::change_uri(additions, value);
    match form {
        Form::Version(version) | Form::Refused(version, _) => {
            value.extend_from_slice(version.as_bytes());
        }
        Form::Usual => {
            value.push(b' ');
            value.extend_from_slice(exchange.protocol.as_bytes());
        }
        Form::NoVersion | Form::Garbage(_) | Form::Greeting | Form::Nothing => {}
    }
}

/// Returns status and size.
fn response(exchange: &Exchange<'_>, form: Form) -> (u64, u64) {
    match form {
        Form::Usual | Form::Version(_) => (exchange.response.status, exchange.response.body_bytes),
        Form::NoVersion => (200, exchange.response.body_bytes),
        Form::Refused(_, 505) => (505, VERSION_NOT_SUPPORTED_BYTES),
        Form::Refused(_, status) => (status, BAD_REQUEST_BYTES),
        Form::Garbage(_) | Form::Greeting => (400, BAD_REQUEST_BYTES),
        Form::Nothing => (408, 0),
    }
}

/// Appends a value as nginx writes it: quotes, backslashes, and all that is not printable ASCII as
/// `\xHH`.
fn push_escaped(value: &[u8], out: &mut Vec<u8>) {
    for &byte in value {
        if matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\') {
            out.push(byte);
        } else {
            out.extend_from_slice(b"\\x");
            push_hex_digits_upper(out, byte);
        }
    }
}
