//! Writes groups of outcomes as one line of JSON, without a library: WebAssembly modules carry
//! this code.
//!
//! A byte string is a JSON string with one code point from U+0000 to U+00FF for each byte. One with
//! a long run of a byte is a list of such strings and of `{"repeat": "x", "times": 65536}`.

use std::fmt::{Display, Write};

use delimark::Backend;

use crate::outcome::{Failure, Outcome, RaggedLine};

/// The shortest run that is worth writing as one.
const RUN_BYTES: usize = 128;

/// Writes what came of the groups of a case; `parts` names the first of a group, how many they
/// are, and the outcome.
pub(crate) fn response<G>(
    backend: Backend,
    groups: &[G],
    parts: fn(&G) -> (&dyn Display, u64, &Outcome),
) -> String {
    let mut json = format!("{{\"backend\":\"{backend}\",\"groups\":");
    list(&mut json, groups, |json, group| {
        let (first, count, of_group) = parts(group);
        put(json, format_args!("{{\"first\":\"{first}\",\"count\":{count},\"outcome\":"));
        outcome(json, of_group);
        json.push('}');
    });
    json.push('}');
    json
}

fn outcome(json: &mut String, outcome: &Outcome) {
    json.push_str("{\"records\":");
    list(json, &outcome.records, |json, record| {
        list(json, &record.fields, |json, field| bytes(json, field));
    });
    json.push_str(",\"lines\":");
    list(json, &outcome.records, |json, record| number(json, record.line));
    json.push_str(",\"offsets\":");
    list(json, &outcome.records, |json, record| number(json, record.offset));
    json.push_str(",\"ragged\":");
    list(json, &outcome.ragged, |json, line| ragged(json, *line, ""));
    if let Some((records, fields)) = outcome.counts {
        put(json, format_args!(",\"counts\":{{\"records\":{records},\"fields\":{fields}}}"));
    }
    if let Some(error) = &outcome.error {
        json.push_str(",\"error\":");
        failure(json, error);
    }
    json.push_str(",\"inconsistencies\":");
    list(json, &outcome.inconsistencies, |json, what| text(json, what));
    json.push('}');
}

fn failure(json: &mut String, failure: &Failure) {
    match failure {
        Failure::Ragged { at, expected } => {
            ragged(json, *at, &format!(",\"kind\":\"ragged\",\"expected\":{expected}"));
        }
        Failure::OpenQuote { line, offset, quote } => put(
            json,
            format_args!(
                "{{\"kind\":\"open-quote\",\"line\":{line},\"offset\":{offset},\"quote\":{quote}}}"
            ),
        ),
        Failure::LineTooLong { line, offset } => put(
            json,
            format_args!("{{\"kind\":\"line-too-long\",\"line\":{line},\"offset\":{offset}}}"),
        ),
        Failure::Dialect(reason) => reasoned(json, "dialect", reason),
        Failure::Other(reason) => reasoned(json, "other", reason),
    }
}

fn reasoned(json: &mut String, kind: &str, reason: &str) {
    put(json, format_args!("{{\"kind\":\"{kind}\",\"reason\":"));
    text(json, reason);
    json.push('}');
}

fn ragged(json: &mut String, at: RaggedLine, more: &str) {
    let RaggedLine { line, offset, found, quote } = at;
    put(json, format_args!("{{\"line\":{line},\"offset\":{offset},\"found\":{found}{more}"));
    if let Some(quote) = quote {
        put(json, format_args!(",\"quote\":{quote}"));
    }
    json.push('}');
}

fn number(json: &mut String, number: u64) {
    put(json, format_args!("{number}"));
}

fn list<T>(json: &mut String, items: &[T], mut item: impl FnMut(&mut String, &T)) {
    json.push('[');
    for (index, each) in items.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        item(json, each);
    }
    json.push(']');
}

/// Writes a byte string, with its long runs cut out.
fn bytes(json: &mut String, bytes: &[u8]) {
    let runs = || bytes.chunk_by(|left, right| left == right);
    if runs().all(|run| run.len() < RUN_BYTES) {
        return text(json, &latin_1(bytes));
    }
    let mut pieces: Vec<&[u8]> = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for run in runs() {
        if run.len() >= RUN_BYTES {
            pieces.extend((start < end).then(|| &bytes[start..end]));
            pieces.push(run);
            start = end + run.len();
        }
        end += run.len();
    }
    pieces.extend((start < end).then(|| &bytes[start..end]));
    list(json, &pieces, |json, piece| {
        if piece.len() >= RUN_BYTES && piece.iter().all(|byte| *byte == piece[0]) {
            json.push_str("{\"repeat\":");
            text(json, &latin_1(&piece[..1]));
            put(json, format_args!(",\"times\":{}}}", piece.len()));
        } else {
            text(json, &latin_1(piece));
        }
    });
}

fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

fn text(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\0'..='\x1f' | '\x7f' => put(json, format_args!("\\u{:04x}", u32::from(letter))),
            _ => json.push(letter),
        }
    }
    json.push('"');
}

fn put(json: &mut String, arguments: std::fmt::Arguments<'_>) {
    json.write_fmt(arguments).expect("a String takes everything");
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[track_caller]
    fn check(input: &[u8], expected: &str) {
        let mut json = String::new();
        bytes(&mut json, input);
        assert_eq!(json, expected);
    }

    #[test]
    fn bytes_are_code_points() {
        check(b"", r#""""#);
        check(b"a\"\\\0\x7f\xff", "\"a\\\"\\\\\\u0000\\u007f\u{ff}\"");
    }

    #[test]
    fn long_runs_are_counted() {
        let run = [b'x'; 200];
        check(&run, r#"[{"repeat":"x","times":200}]"#);
        check(&[b"ab", &run[..], b"c"].concat(), r#"["ab",{"repeat":"x","times":200},"c"]"#);
        let twice = [&run[..], &[b'y'; 128], b"c", &run].concat();
        let [x, y] = [r#"{"repeat":"x","times":200}"#, r#"{"repeat":"y","times":128}"#];
        check(&twice, &format!(r#"[{x},{y},"c",{x}]"#));
        check(&run[..127], &format!("\"{}\"", "x".repeat(127)));
    }
}
