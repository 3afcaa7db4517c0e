//! Entries as JSON, an object each: all that is known of a line, or its fields alone.

use std::io::{self, Write};
use std::sync::Arc;

use delimark_extract::escape::escape_invalid;

use crate::entry::{Entry, Labels};
use crate::metadata::Names;

const SECOND: i64 = 1_000_000_000;

/// Writes entries as JSON, and keeps, as they were written, the labels, names and second, which
/// entries that follow each other mostly share.
#[derive(Default)]
pub(super) struct JsonWriter {
    labels: (Option<Labels>, Vec<u8>),
    /// The names, and each with a colon behind it.
    names: (Option<Names>, Vec<Vec<u8>>),
    /// The second since 1970, and its time without a fraction.
    second: (i64, Vec<u8>),
}

impl JsonWriter {
    /// Writes `{"time":…,"labels":{…},"metadata":{…},"line":…}`. Bytes that are not UTF-8 are
    /// written as `\xHH`, with each `\` doubled, and `line` is called `line_escaped` then.
    ///
    /// # Errors
    ///
    /// The time cannot be written: it is thousands of years away.
    pub(super) fn write(&mut self, entry: &Entry, text: &mut Vec<u8>) -> io::Result<()> {
        text.extend_from_slice(b"{\"time\":\"");
        self.write_time(entry.timestamp_ns, text)?;
        text.extend_from_slice(b"\",\"labels\":{");
        self.write_labels(&entry.labels, text)?;
        text.extend_from_slice(b"},\"metadata\":");
        self.write_fields(entry, text)?;
        match str::from_utf8(&entry.line) {
            Ok(_) => {
                text.extend_from_slice(b",\"line\":");
                write_text(&entry.line, text)?;
            }
            Err(_) => {
                text.extend_from_slice(b",\"line_escaped\":");
                write_text(escape_invalid(&entry.line).as_bytes(), text)?;
            }
        }
        text.push(b'}');
        Ok(())
    }

    /// Writes structured metadata alone, `{"name":"value",…}`. What is not UTF-8 becomes U+FFFD.
    ///
    /// # Errors
    ///
    /// None, as long as there is memory.
    pub(super) fn write_fields(&mut self, entry: &Entry, text: &mut Vec<u8>) -> io::Result<()> {
        let names = entry.metadata.names();
        let (last, written) = &mut self.names;
        if !last.as_ref().is_some_and(|last| Arc::ptr_eq(last, names) || last == names) {
            *written = names.iter().map(|name| write_name(name)).collect::<io::Result<_>>()?;
            *last = Some(Arc::clone(names));
        }
        text.push(b'{');
        let mut is_first = true;
        for (name, value) in written.iter().zip(entry.metadata.values()) {
            let Some(value) = value else { continue };
            if !is_first {
                text.push(b',');
            }
            is_first = false;
            text.extend_from_slice(name);
            write_text(value, text)?;
        }
        text.push(b'}');
        Ok(())
    }

    fn write_labels(&mut self, labels: &Labels, text: &mut Vec<u8>) -> io::Result<()> {
        let (last, written) = &mut self.labels;
        if !last.as_ref().is_some_and(|last| Arc::ptr_eq(last, labels)) {
            written.clear();
            for (index, (name, value)) in labels.iter().enumerate() {
                if index > 0 {
                    written.push(b',');
                }
                written.extend_from_slice(&write_name(name)?);
                write_text(value.as_bytes(), written)?;
            }
            *last = Some(Arc::clone(labels));
        }
        text.extend_from_slice(written);
        Ok(())
    }

    /// Writes a time by RFC 3339, with nanoseconds.
    fn write_time(&mut self, timestamp_ns: i64, text: &mut Vec<u8>) -> io::Result<()> {
        let number = timestamp_ns.div_euclid(SECOND);
        let (last, written) = &mut self.second;
        if *last != number || written.is_empty() {
            let moment = jiff::Timestamp::from_second(number).map_err(io::Error::other)?;
            written.clear();
            write!(written, "{moment}")?;
            // Its Z comes behind the fraction.
            written.pop();
            *last = number;
        }
        text.extend_from_slice(written);
        let mut fraction = *b".000000000Z";
        let mut rest = timestamp_ns.rem_euclid(SECOND);
        for digit in fraction[1..10].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        text.extend_from_slice(&fraction);
        Ok(())
    }
}

/// Returns a name and a colon.
fn write_name(name: &str) -> io::Result<Vec<u8>> {
    let mut written = Vec::new();
    write_text(name.as_bytes(), &mut written)?;
    written.push(b':');
    Ok(written)
}

/// Writes a text between quotes. Most texts have nothing to escape, which is faster to find out
/// than to escape them byte by byte.
fn write_text(bytes: &[u8], text: &mut Vec<u8>) -> io::Result<()> {
    let is_plain = |byte: u8| (b' '..0x7f).contains(&byte) & (byte != b'"') & (byte != b'\\');
    if bytes.iter().fold(true, |all, &byte| all & is_plain(byte)) {
        text.push(b'"');
        text.extend_from_slice(bytes);
        text.push(b'"');
        return Ok(());
    }
    Ok(serde_json::to_writer(text, &String::from_utf8_lossy(bytes))?)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::entry::Origin;

    fn entry(line: &'static [u8]) -> Entry {
        let origin = Origin { source: "a".into(), line: None, offset: 0 };
        Entry {
            labels: [("job".into(), "we\"b".into())].into_iter().collect(),
            timestamp_ns: 1_772_359_200_000_000_007,
            line: Bytes::from_static(line),
            metadata: [("id", "7")].into_iter().collect(),
            origin,
        }
    }

    fn json(line: &'static [u8]) -> String {
        let mut text = Vec::new();
        JsonWriter::default().write(&entry(line), &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn entries_are_objects() {
        let start = r#"{"time":"2026-03-01T10:00:00.000000007Z","labels":{"job":"we\"b"},"#;
        let expected = format!(r#"{start}"metadata":{{"id":"7"}},"line":"a\tb"}}"#);
        assert_eq!(json(b"a\tb"), expected);
        assert!(json(b"a\\\xff").ends_with(r#""line_escaped":"a\\\\\\xFF"}"#));
    }

    #[test]
    fn what_is_kept_from_the_entry_before_is_right_for_this_one() {
        let mut writer = JsonWriter::default();
        let mut other = entry(b"x");
        other.timestamp_ns = -1;
        other.labels = [].into();
        other.metadata = [("a\"", "\u{e9}\n"), ("b", "")].into_iter().collect();
        for _ in 0..2 {
            let mut text = Vec::new();
            writer.write(&entry(b"x"), &mut text).unwrap();
            assert_eq!(String::from_utf8(text).unwrap(), json(b"x"));
            let mut text = Vec::new();
            writer.write(&other, &mut text).unwrap();
            let expected = "{\"time\":\"1969-12-31T23:59:59.999999999Z\",\"labels\":{},\
                            \"metadata\":{\"a\\\"\":\"\u{e9}\\n\",\"b\":\"\"},\"line\":\"x\"}";
            assert_eq!(String::from_utf8(text).unwrap(), expected);
        }
    }

    #[test]
    fn fields_stand_alone() {
        let mut entry = entry(b"x");
        entry.metadata = [("a", &b"1"[..]), ("b", b"\xff\\")].into_iter().collect();
        let mut text = Vec::new();
        JsonWriter::default().write_fields(&entry, &mut text).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "{\"a\":\"1\",\"b\":\"\u{fffd}\\\\\"}");
        entry.metadata = crate::metadata::Metadata::default();
        let mut text = Vec::new();
        JsonWriter::default().write_fields(&entry, &mut text).unwrap();
        assert_eq!(text, b"{}");
    }
}
