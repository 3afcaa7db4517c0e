//! The stage `logfmt`: the values of `key=value` pairs, as Go programs write them.

use super::work::{Slot, SlotKind, Slots, Work};
use super::{Outcome, Stage};
use crate::config::LogfmtConfig;

/// Finds the values of `key=value` pairs.
#[derive(Debug)]
pub(super) struct Logfmt {
    source: Option<Slot>,
    /// Keys and the fields that they become.
    wanted: Vec<(String, Slot)>,
}

impl Logfmt {
    pub(super) fn new(config: &LogfmtConfig, slots: &mut Slots) -> Self {
        let pairs = config.mapping.iter().map(|(field, key)| {
            let key = if key.is_empty() { field } else { key };
            (key.clone(), slots.slot(SlotKind::Field, field))
        });
        let wanted = pairs.collect();
        let source = config.source.as_deref().map(|name| slots.slot(SlotKind::Field, name));
        Self { source, wanted }
    }
}

impl Stage for Logfmt {
    fn apply(&mut self, work: &mut Work, _: &mut Outcome) {
        let mut found = Vec::new();
        for row in work.kept_rows() {
            let whole = work.text(self.source, row);
            let Some(bytes) = work.bytes(whole) else { continue };
            found.clear();
            for pair in Pairs(bytes, 0) {
                let is_it = |(key, _): &&(String, Slot)| key.as_bytes() == &bytes[pair.key.clone()];
                for (_, slot) in self.wanted.iter().filter(is_it) {
                    let value = &bytes[pair.value.clone()];
                    let decoded = pair.has_escapes.then(|| unescaped(value));
                    found.push((*slot, pair.value.clone(), decoded));
                }
            }
            for (slot, place, decoded) in found.drain(..) {
                let text = match decoded {
                    None => Work::part(whole, place.start, place.end),
                    Some(bytes) => work.make(&bytes),
                };
                work.set(Some(slot), row, text);
            }
        }
    }
}

/// A pair, by its places in the line.
struct Pair {
    key: std::ops::Range<usize>,
    /// Without the quotes around it.
    value: std::ops::Range<usize>,
    has_escapes: bool,
}

/// The pairs of a line from an offset on.
struct Pairs<'a>(&'a [u8], usize);

impl Iterator for Pairs<'_> {
    type Item = Pair;

    fn next(&mut self) -> Option<Pair> {
        let Self(bytes, at) = self;
        while bytes.get(*at).is_some_and(u8::is_ascii_whitespace) {
            *at += 1;
        }
        if *at == bytes.len() {
            return None;
        }
        let start = *at;
        let ends_key = |byte: &u8| *byte == b'=' || byte.is_ascii_whitespace();
        *at = bytes[start..].iter().position(ends_key).map_or(bytes.len(), |index| start + index);
        let key = start..*at;
        if bytes.get(*at) != Some(&b'=') {
            // A key without a value is there, and has none.
            return Some(Pair { value: key.end..key.end, key, has_escapes: false });
        }
        *at += 1;
        if bytes.get(*at) != Some(&b'"') {
            let start = *at;
            let end = bytes[start..].iter().position(u8::is_ascii_whitespace);
            *at = end.map_or(bytes.len(), |index| start + index);
            return Some(Pair { key, value: start..*at, has_escapes: false });
        }
        let start = *at + 1;
        let mut end = start;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        // A quote that is never closed takes the rest.
        let end = end.min(bytes.len());
        *at = (end + 1).min(bytes.len());
        let has_escapes = memchr::memchr(b'\\', &bytes[start..end]).is_some();
        Some(Pair { key, value: start..end, has_escapes })
    }
}

/// Decodes a value in quotes, as `strconv.Quote` of Go has encoded it; what cannot be decoded stays
/// as it was written.
fn unescaped(value: &[u8]) -> Vec<u8> {
    let quoted = [b"\"", value, b"\""].concat();
    let decoded: Option<String> = serde_json::from_slice(&quoted).ok();
    decoded.map_or_else(|| value.to_vec(), String::into_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(line: &str) -> Vec<(&str, &str)> {
        let pairs = Pairs(line.as_bytes(), 0);
        pairs.map(|pair| (&line[pair.key], &line[pair.value])).collect()
    }

    #[test]
    fn pairs_are_found_and_quotes_taken_off() {
        assert_eq!(
            pairs(r#"level=info msg="a b" n=1 empty= flag  x="#),
            [("level", "info"), ("msg", "a b"), ("n", "1"), ("empty", ""), ("flag", ""), ("x", "")]
        );
        assert_eq!(pairs(r#"a="x\"y" b=2"#), [("a", r#"x\"y"#), ("b", "2")]);
        assert_eq!(pairs(r#"a="never closed"#), [("a", "never closed")]);
        assert_eq!(pairs("a=\"ends in \\"), [("a", "ends in \\")]);
        assert_eq!(unescaped(br#"x\"y\n"#), b"x\"y\n");
    }
}
