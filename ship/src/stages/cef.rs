//! The stage `cef`: ArcSight's Common Event Format, which devices of security write, mostly within
//! messages of syslog.
//!
//! `CEF:0|vendor|product|version|class|name|severity|key=value key=value`: seven parts between
//! pipes, then pairs whose values go on, blanks and all, to the next key.

use std::ops::Range;

use super::work::{Slot, SlotKind, Slots, Work};
use super::{Outcome, Stage};
use crate::config::{CefConfig, Unmatched};

/// The fields of the parts, in their order.
pub(super) const HEADER: [&str; 7] = [
    "cef_version",
    "cef_device_vendor",
    "cef_device_product",
    "cef_device_version",
    "cef_device_event_class_id",
    "cef_name",
    "cef_severity",
];

/// The word that it begins with.
const START: &[u8] = b"CEF:";

/// Finds the parts and pairs of events.
#[derive(Debug)]
pub(super) struct Cef {
    source: Option<Slot>,
    /// The fields of the parts that somebody reads.
    header: [Option<Slot>; HEADER.len()],
    /// Keys and the fields that they become.
    wanted: Vec<(String, Slot)>,
    unmatched: Unmatched,
}

impl Cef {
    pub(super) fn new(config: &CefConfig, slots: &mut Slots) -> Self {
        let pairs = config.extensions.iter().map(|(field, key)| {
            let key = if key.is_empty() { field } else { key };
            (key.clone(), slots.slot(SlotKind::Field, field))
        });
        let wanted = pairs.collect();
        let source = config.source.as_deref().map(|name| slots.slot(SlotKind::Field, name));
        let header = HEADER.map(|name| slots.find(SlotKind::Field, name));
        Self { source, header, wanted, unmatched: config.unmatched }
    }
}

impl Stage for Cef {
    fn apply(&mut self, work: &mut Work, outcome: &mut Outcome) {
        for row in work.kept_rows() {
            let whole = work.text(self.source, row);
            let Some(bytes) = work.bytes(whole) else { continue };
            let (header, extension) = match read_header(bytes) {
                Ok(found) => found,
                Err(reason) => {
                    outcome.unmatched(work, row, self.unmatched, reason);
                    continue;
                }
            };
            let mut found: Vec<(Slot, Range<usize>, Option<Vec<u8>>)> = Vec::new();
            for (slot, place) in self.header.iter().zip(header) {
                if let Some(slot) = *slot {
                    let decoded = decoded(&bytes[place.clone()], false);
                    found.push((slot, place, decoded));
                }
            }
            if !self.wanted.is_empty() {
                for (key, place) in pairs(bytes, extension) {
                    let is_it = |(own, _): &&(String, Slot)| own.as_bytes() == &bytes[key.clone()];
                    for (_, slot) in self.wanted.iter().filter(is_it) {
                        let decoded = decoded(&bytes[place.clone()], true);
                        found.push((*slot, place.clone(), decoded));
                    }
                }
            }
            for (slot, place, decoded) in found {
                let text = match decoded {
                    None => Work::part(whole, place.start, place.end),
                    Some(bytes) => work.make(&bytes),
                };
                work.set(Some(slot), row, text);
            }
        }
    }
}

/// Returns the places of the parts, and where the pairs begin. Anything may stand before the first
/// part: what sends a message on leaves its own words there.
fn read_header(bytes: &[u8]) -> Result<([Range<usize>; HEADER.len()], usize), String> {
    // Where the version is, which some write a blank before.
    let version = |at: usize| {
        let behind = at + START.len();
        let behind = behind + usize::from(bytes.get(behind) == Some(&b' '));
        let is_begun = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        (is_begun && bytes.get(behind).is_some_and(u8::is_ascii_digit)).then_some(behind)
    };
    let Some(mut at) = memchr::memmem::find_iter(bytes, START).find_map(version) else {
        return Err("is no event of CEF: there is no 'CEF:' with a version behind it".to_owned());
    };
    let mut header: [Range<usize>; HEADER.len()] = Default::default();
    for (index, part) in header.iter_mut().enumerate() {
        let Some(length) = unescaped(&bytes[at..], b'|') else {
            return Err(format!(
                "is no event of CEF: byte {at}: {} has no '|' behind it",
                HEADER[index]
            ));
        };
        *part = at..at + length;
        at += length + 1;
    }
    Ok((header, at))
}

/// Returns the place of the first such byte without a backslash before it.
fn unescaped(bytes: &[u8], wanted: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'\\', wanted, &bytes[at..])?;
        if bytes[at] == wanted {
            return Some(at);
        }
        at += 2;
        if at > bytes.len() {
            return None;
        }
    }
}

/// Returns the places of keys and values from an offset on.
fn pairs(bytes: &[u8], start: usize) -> Vec<(Range<usize>, Range<usize>)> {
    let mut pairs: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut at = start;
    while let Some(found) = unescaped(&bytes[at..], b'=') {
        let equals = at + found;
        at = equals + 1;
        // Not before the value that it stands in.
        let least = pairs.last().map_or(start, |(_, value)| value.start);
        let before = &bytes[least..equals];
        let length = before.iter().rev().take_while(|byte| is_of_key(**byte)).count();
        let key = equals - length..equals;
        let is_begun = key.start == start || bytes[key.start - 1] == b' ';
        // An equals sign that should have been escaped, as in addresses of pages.
        if length == 0 || !is_begun {
            continue;
        }
        if let Some((_, value)) = pairs.last_mut() {
            value.end = key.start - 1;
        }
        pairs.push((key, equals + 1..bytes.len()));
    }
    for (_, value) in &mut pairs {
        value.end = value.end.max(value.start);
    }
    pairs
}

fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.[]".contains(&byte)
}

/// Decodes a value, if it has escapes; those that there are not stay as they are.
fn decoded(value: &[u8], is_extension: bool) -> Option<Vec<u8>> {
    memchr::memchr(b'\\', value)?;
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value.iter().copied();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            decoded.push(byte);
            continue;
        }
        match rest.next() {
            Some(byte @ (b'\\' | b'|' | b'=')) => decoded.push(byte),
            Some(b'n') if is_extension => decoded.push(b'\n'),
            Some(b'r') if is_extension => decoded.push(b'\r'),
            Some(other) => decoded.extend([b'\\', other]),
            None => decoded.push(b'\\'),
        }
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of an event, and its pairs.
    type Shown = (Vec<String>, Vec<(String, String)>);

    /// Shows an event.
    fn read(text: &str) -> Result<Shown, String> {
        let bytes = text.as_bytes();
        let (header, start) = read_header(bytes)?;
        let show = |place: &Range<usize>, is_extension| {
            let value = &bytes[place.clone()];
            let decoded = decoded(value, is_extension).unwrap_or_else(|| value.to_vec());
            String::from_utf8(decoded).unwrap()
        };
        let header = header.iter().map(|place| show(place, false)).collect();
        let pairs = pairs(bytes, start);
        let pairs = pairs.iter().map(|(key, value)| (show(key, true), show(value, true)));
        Ok((header, pairs.collect()))
    }

    fn assert_pairs(extension: &str, expected: &[(&str, &str)]) {
        let (_, found) = read(&format!("CEF:0|a|b|c|d|e|f|{extension}")).unwrap();
        let found: Vec<_> = found.iter().map(|(key, value)| (&**key, &**value)).collect();
        assert_eq!(found, expected, "{extension}");
    }

    #[test]
    fn parts_and_pairs_are_found_and_unescaped() {
        let text =
            r"Sep 19 08:26:10 host CEF:0|security|threat\|manager|1.0|100|a\\b|10|src=10.0.0.1";
        let (header, pairs) = read(text).unwrap();
        assert_eq!(header, ["0", "security", "threat|manager", "1.0", "100", r"a\b", "10"]);
        assert_eq!(pairs, [("src".to_owned(), "10.0.0.1".to_owned())]);
    }

    #[test]
    fn values_have_blanks_and_escapes_and_end_before_the_next_key() {
        assert_pairs(
            r"msg=a b\=c  d act=blocked a \\ cs1Label=Rule name cs1= end=",
            &[
                ("msg", "a b=c  d"),
                ("act", r"blocked a \"),
                ("cs1Label", "Rule name"),
                ("cs1", ""),
                ("end", ""),
            ],
        );
        assert_pairs(r"msg=first\nsecond\x", &[("msg", "first\nsecond\\x")]);
        assert_pairs(
            "request=http://a/?b=1&c=2 dst=::1",
            &[("request", "http://a/?b=1&c=2"), ("dst", "::1")],
        );
        assert_eq!(read("CEF: 1|a|b|c|d|e|f|").unwrap().0[0], "1");
        assert_pairs("ad.key[0]=x", &[("ad.key[0]", "x")]);
        assert_pairs("a==", &[("a", "=")]);
        assert_pairs("no pairs at all", &[]);
        assert_pairs("", &[]);
    }

    #[test]
    fn what_is_no_event_is_refused_with_its_place() {
        for (text, expected) in [
            ("plain", "there is no 'CEF:' with a version behind it"),
            ("XCEF:0|a", "there is no 'CEF:' with a version behind it"),
            ("CEF:0|a|b", "byte 8: cef_device_product has no '|' behind it"),
            (r"CEF:0\|a", "byte 4: cef_version has no '|' behind it"),
            ("CEF:0|a\\", "byte 6: cef_device_vendor has no '|' behind it"),
        ] {
            assert!(read(text).unwrap_err().ends_with(expected), "{text}");
        }
    }
}
