//! Formats that no server has a string for, described in a notation of our own: `$name`, or
//! `${name:kind}` where the name alone does not say what the values are, and
//! `${name:kind:encoding}` where they are escaped in another way than the others.

use delimark::QuoteEscape;

use crate::column::{TimestampFormat, ValueType};
use crate::encoding::Encoding;
use crate::nginx_variables::{clf_time, kind};
use crate::template::{Template, Variable};
use crate::value::Holds;

/// Reads a description, which is part of this program.
///
/// # Panics
///
/// The description is wrong.
pub(crate) fn template(text: &str, encoding: Encoding, quote_escape: QuoteEscape) -> Template {
    let mut template = Template::new(text, quote_escape);
    let mut place = 0;
    while let Some(rest) = text.get(place..).filter(|rest| !rest.is_empty()) {
        let Some(variable) = rest.strip_prefix('$') else {
            template.push_byte(rest.as_bytes()[0], place);
            place += 1;
            continue;
        };
        let (name, described, own_encoding, length) = match variable.strip_prefix('{') {
            Some(inner) => {
                let (inner, _) = inner.split_once('}').expect("the brace is closed");
                let (name, described) = inner.split_once(':').expect("the kind is there");
                let length = inner.len() + 3;
                match described.split_once(':') {
                    Some((kind, name_of_encoding)) => {
                        (name, Some(kind), encoding_named(name_of_encoding), length)
                    }
                    None => (name, Some(described), encoding, length),
                }
            }
            None => {
                let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
                let length = variable.bytes().take_while(is_name).count();
                (&variable[..length], None, encoding, length + 1)
            }
        };
        let kind = described.map_or_else(|| kind(name), described_kind);
        let variable = Variable::new(name, format!("${name}"), kind, own_encoding);
        template.push_variable(variable, place);
        place += length;
    }
    template
}

fn encoding_named(name: &str) -> Encoding {
    let encoding = Encoding::ALL.into_iter().find(|encoding| encoding.name() == name);
    encoding.unwrap_or_else(|| panic!("there is no encoding {name}"))
}

fn described_kind(described: &str) -> (ValueType, Holds) {
    let epoch = |format| (ValueType::Timestamp(format), Holds::Number);
    let iso = |example: &'static str| {
        (ValueType::Timestamp(TimestampFormat::Iso8601), Holds::Shape(example.into()))
    };
    match described {
        "address" => (ValueType::Address, Holds::Address),
        "clf" => clf_time(),
        "decimal" => (ValueType::Decimal, Holds::Number),
        "epoch" => epoch(TimestampFormat::EpochSeconds),
        "field" => (ValueType::Text, Holds::Field),
        "integer" => (ValueType::Integer, Holds::Integer),
        "iso" => iso("2026-03-01T10:00:00.000000Z"),
        "milliseconds" => (ValueType::Milliseconds, Holds::Integer),
        "seconds" => (ValueType::Seconds, Holds::Number),
        "text" => (ValueType::Text, Holds::Text),
        "token" => (ValueType::Text, Holds::Token),
        "word" => (ValueType::Text, Holds::Word),
        other => panic!("there is no kind {other}"),
    }
}
