//! Entries as bytes, and back: names, labels and sources stand once in a record, lines as they are.
//!
//! A payload is the strings, the label sets, the names of metadata, which all entries of a record
//! share, and the entries, each list with its length in front. Numbers are LEB128, times the zigzag
//! difference from the entry before; strings are numbered in the order of their first use.
//!
//! An entry has a value for each name: 0 where there is none, or twice its length, and 2 more where
//! its bytes follow, 1 where it is a part of the line and its offset there follows.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use delimark::Span;

use super::record::{HEADER_BYTES, Header, PAYLOAD_LIMIT};
use crate::entry::{Entry, Labels, Origin};
use crate::metadata::{Metadata, MetadataTable, Names};
use crate::text::{Buffers, Text};

/// The bytes of entries from which a record ends. A sink gets whole records, and pushes are 1 MiB.
const RECORD_BYTES: usize = 256 << 10;

/// Turns entries into records, and keeps its buffers for the next ones.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    strings: HashMap<Arc<str>, u64>,
    labels: HashMap<Labels, u64>,
    last_labels: Option<(Labels, u64)>,
    last_source: Option<(Arc<str>, u64)>,
    /// The names of metadata; none before the first entry.
    names: Option<Names>,
    string_bytes: Vec<u8>,
    label_bytes: Vec<u8>,
    name_bytes: Vec<u8>,
    entry_bytes: Vec<u8>,
    entry_count: u32,
    last_timestamp_ns: i64,
}

impl Encoder {
    /// Appends entries to a buffer, as records of which the last one ends an append.
    ///
    /// # Errors
    ///
    /// An entry is too long for a record; then the bytes that it takes are returned.
    pub(super) fn encode(&mut self, entries: &[Entry], records: &mut Vec<u8>) -> Result<(), usize> {
        for (index, entry) in entries.iter().enumerate() {
            if !self.has_names_of(entry) {
                if self.entry_count > 0 {
                    self.finish(false, records)?;
                }
                self.set_names(entry.metadata.names());
            }
            self.add(entry);
            let is_last = index + 1 == entries.len();
            if is_last || self.entry_bytes.len() >= RECORD_BYTES {
                self.finish(is_last, records)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, entry: &Entry) {
        let labels = self.label_number(&entry.labels);
        let source = self.source_number(&entry.origin.source);
        let step = entry.timestamp_ns.wrapping_sub(self.last_timestamp_ns);
        self.last_timestamp_ns = entry.timestamp_ns;
        let out = &mut self.entry_bytes;
        write_number(out, labels);
        write_number(out, zigzag(step));
        write_number(out, source);
        write_number(out, u64::from(entry.origin.line.is_some()));
        write_number(out, entry.origin.line.unwrap_or(0));
        write_number(out, entry.origin.offset);
        write_bytes(out, &entry.line);
        for value in entry.metadata.values() {
            write_value(out, value, &entry.line);
        }
        self.entry_count += 1;
    }

    fn has_names_of(&self, entry: &Entry) -> bool {
        let names = entry.metadata.names();
        self.names.as_ref().is_some_and(|own| Arc::ptr_eq(own, names) || own == names)
    }

    fn set_names(&mut self, names: &Names) {
        write_number(&mut self.name_bytes, names.len() as u64);
        for name in names.iter() {
            let name = string_number(&mut self.strings, &mut self.string_bytes, name);
            write_number(&mut self.name_bytes, name);
        }
        self.names = Some(Arc::clone(names));
    }

    fn label_number(&mut self, labels: &Labels) -> u64 {
        if let Some((last, number)) = &self.last_labels
            && (Arc::ptr_eq(last, labels) || last == labels)
        {
            return *number;
        }
        let next = self.labels.len() as u64;
        let number = *self.labels.entry(Arc::clone(labels)).or_insert(next);
        if number == next {
            write_number(&mut self.label_bytes, labels.len() as u64);
            for text in labels.iter().flat_map(|(name, value)| [name, value]) {
                let text = string_number(&mut self.strings, &mut self.string_bytes, text);
                write_number(&mut self.label_bytes, text);
            }
        }
        self.last_labels = Some((Arc::clone(labels), number));
        number
    }

    fn source_number(&mut self, source: &Arc<str>) -> u64 {
        if let Some((last, number)) = &self.last_source
            && (Arc::ptr_eq(last, source) || last == source)
        {
            return *number;
        }
        let number = string_number(&mut self.strings, &mut self.string_bytes, source);
        self.last_source = Some((Arc::clone(source), number));
        number
    }

    /// Writes what was added as a record, and begins the next one.
    fn finish(&mut self, ends_append: bool, records: &mut Vec<u8>) -> Result<(), usize> {
        let begin = records.len();
        records.extend_from_slice(&[0; HEADER_BYTES]);
        write_number(records, self.strings.len() as u64);
        records.extend_from_slice(&self.string_bytes);
        write_number(records, self.labels.len() as u64);
        records.extend_from_slice(&self.label_bytes);
        records.extend_from_slice(&self.name_bytes);
        write_number(records, u64::from(self.entry_count));
        records.extend_from_slice(&self.entry_bytes);
        let entry_count = self.entry_count;
        self.clear();
        let payload = &records[begin + HEADER_BYTES..];
        if payload.len() > PAYLOAD_LIMIT {
            return Err(payload.len());
        }
        let header = Header::of(payload, entry_count, ends_append).to_bytes();
        records[begin..begin + HEADER_BYTES].copy_from_slice(&header);
        Ok(())
    }

    fn clear(&mut self) {
        self.strings.clear();
        self.labels.clear();
        self.last_labels = None;
        self.last_source = None;
        self.names = None;
        self.string_bytes.clear();
        self.label_bytes.clear();
        self.name_bytes.clear();
        self.entry_bytes.clear();
        self.entry_count = 0;
        self.last_timestamp_ns = 0;
    }
}

/// Returns the number of a string, which is written where it has none yet.
fn string_number(strings: &mut HashMap<Arc<str>, u64>, bytes: &mut Vec<u8>, text: &str) -> u64 {
    if let Some(number) = strings.get(text) {
        return *number;
    }
    let number = strings.len() as u64;
    strings.insert(text.into(), number);
    write_bytes(bytes, text.as_bytes());
    number
}

fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Writes a value, which mostly is a part of the line.
fn write_value(out: &mut Vec<u8>, value: Option<&[u8]>, line: &[u8]) {
    let Some(value) = value else { return write_number(out, 0) };
    let twice = 2 * value.len() as u64;
    let begin = (value.as_ptr() as usize).wrapping_sub(line.as_ptr() as usize);
    if begin <= line.len() && value.len() <= line.len() - begin {
        write_number(out, twice + 1);
        write_number(out, begin as u64);
    } else {
        write_number(out, twice + 2);
        out.extend_from_slice(value);
    }
}

fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Returns the entries of a payload, whose lines are parts of it; nothing where it is malformed.
pub(super) fn decode(payload: &Bytes) -> Option<Vec<Entry>> {
    let mut cursor = Cursor { payload, offset: 0 };
    let strings = cursor.list(|cursor| {
        let text = cursor.bytes()?;
        Some(Arc::<str>::from(str::from_utf8(&payload[text.range()]).ok()?))
    })?;
    let string = |number: u64| strings.get(usize::try_from(number).ok()?);
    let labels = cursor.list(|cursor| {
        let pairs = cursor.list(|cursor| {
            let name = string(cursor.number()?)?;
            Some((Box::<str>::from(&**name), Box::<str>::from(&**string(cursor.number()?)?)))
        })?;
        Some(Labels::from(pairs))
    })?;
    let names: Vec<Box<str>> =
        cursor.list(|cursor| Some(Box::from(&**string(cursor.number()?)?)))?;
    let mut timestamp_ns = 0i64;
    let mut values = Vec::new();
    let entries = cursor.list(|cursor| {
        let labels = labels.get(usize::try_from(cursor.number()?).ok()?)?;
        timestamp_ns = timestamp_ns.wrapping_add(unzigzag(cursor.number()?));
        let source = string(cursor.number()?)?;
        let has_number = cursor.number()? == 1;
        let number = Some(cursor.number()?).filter(|_| has_number);
        let offset = cursor.number()?;
        let line = cursor.bytes()?;
        for _ in &names {
            values.push(cursor.value(line)?);
        }
        Some((labels, timestamp_ns, source, (number, offset), line))
    })?;
    if cursor.offset != payload.len() {
        return None;
    }
    let buffers = Buffers { read: payload.clone(), ..Buffers::default() };
    let table = Arc::new(MetadataTable::new(names.into(), buffers, values));
    let entry = |(row, (labels, timestamp_ns, source, (line_number, offset), line))| {
        let line: Span = line;
        Entry {
            labels: Arc::clone(labels),
            timestamp_ns,
            line: payload.slice(line.range()),
            metadata: Metadata::of_row(&table, row),
            origin: Origin { source: Arc::clone(source), line: line_number, offset },
        }
    };
    Some(entries.into_iter().enumerate().map(entry).collect())
}

/// A place in a payload.
struct Cursor<'a> {
    payload: &'a Bytes,
    offset: usize,
}

impl Cursor<'_> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.payload.get(self.offset)?;
            self.offset += 1;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// Returns the place of bytes that follow their length.
    fn bytes(&mut self) -> Option<Span> {
        let length = self.number()?;
        self.skip(length)
    }

    /// Returns a value, which may be a part of the line.
    fn value(&mut self, line: Span) -> Option<Text> {
        let Some(code) = self.number()?.checked_sub(1) else { return Some(Text::Absent) };
        let length = code / 2;
        if code % 2 == 1 {
            return self.skip(length).map(Text::Read);
        }
        let start = u64::from(line.start).checked_add(self.number()?)?;
        let end = start.checked_add(length).filter(|&end| end <= u64::from(line.end))?;
        Some(Text::Read(Span { start: start as u32, end: end as u32 }))
    }

    /// Goes over some bytes, and returns their place.
    fn skip(&mut self, length: u64) -> Option<Span> {
        let length = usize::try_from(length).ok()?;
        let end = self.offset.checked_add(length).filter(|&end| end <= self.payload.len())?;
        let span = Span { start: self.offset as u32, end: end as u32 };
        self.offset = end;
        Some(span)
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = usize::try_from(self.number()?).ok()?;
        // An item takes a byte at least, so a length that lies asks for no more memory than this.
        if length > self.payload.len() - self.offset {
            return None;
        }
        (0..length).map(|_| item(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use proptest::prelude::*;

    use super::*;

    fn decode_all(records: &[u8]) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut rest = records;
        while let Some((header, behind)) = rest.split_first_chunk() {
            let header = Header::from_bytes(header).unwrap();
            let (payload, behind) = behind.split_at(header.payload_bytes as usize);
            assert!(header.matches(payload));
            assert_eq!(header.ends_append, behind.is_empty());
            let decoded = decode(&Bytes::copy_from_slice(payload)).unwrap();
            assert_eq!(decoded.len(), header.entry_count as usize);
            entries.extend(decoded);
            rest = behind;
        }
        entries
    }

    fn entry() -> impl Strategy<Value = Entry> {
        let pair = ("[a-c_]{1,2}", "[a-c\u{e9}]{0,3}");
        let labels = prop::collection::vec(pair, 0..3).prop_map(|pairs| {
            pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect::<Labels>()
        });
        let bytes = || prop::collection::vec(any::<u8>(), 0..40).prop_map(Bytes::from);
        let pair =
            ("[a-b]{0,1}", bytes()).prop_map(|(name, value)| (Box::<str>::from(name), value));
        let metadata = prop::collection::vec(pair, 0..3);
        let origin = ("[a-b]{0,2}", any::<Option<u64>>(), any::<u64>());
        (labels, any::<i64>(), bytes(), metadata, origin).prop_map(
            |(labels, timestamp_ns, line, metadata, (source, number, offset))| {
                let origin = Origin { source: source.into(), line: number, offset };
                let metadata = metadata.into_iter().collect();
                Entry { labels, timestamp_ns, line, metadata, origin }
            },
        )
    }

    proptest! {
        #[test]
        fn entries_come_back(entries in prop::collection::vec(entry(), 1..20)) {
            let mut records = Vec::new();
            let mut encoder = Encoder::default();
            encoder.encode(&entries, &mut records).unwrap();
            prop_assert_eq!(&decode_all(&records), &entries);
            let begin = records.len();
            encoder.encode(&entries, &mut records).unwrap();
            prop_assert_eq!(&records[begin..], &records[..begin], "nothing is left over");
        }

        #[test]
        fn what_is_no_payload_harms_nobody(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            decode(&Bytes::from(bytes));
        }
    }

    #[test]
    fn parts_of_the_line_are_written_once() {
        let line = Bytes::from_static(b"GET /index.html 200");
        let read = |start, end| Text::Read(Span { start, end });
        let made = Text::Made(Span { start: 0, end: 3 });
        let values = vec![read(0, 3), read(4, 15), made, Text::Absent, read(19, 19)];
        let names = ["method", "uri", "host", "user", "rest"].map(Box::from);
        let buffers = Buffers { read: line.clone(), made: Bytes::from_static(b"web") };
        let table = Arc::new(MetadataTable::new(Names::from(names), buffers, values));
        let metadata = Metadata::of_row(&table, 0);
        let origin = Origin { source: "a".into(), line: None, offset: 0 };
        let labels = Labels::from([]);
        let entry = Entry { labels, timestamp_ns: 7, line, metadata, origin };
        let mut records = Vec::new();
        Encoder::default().encode(slice::from_ref(&entry), &mut records).unwrap();
        assert_eq!(decode_all(&records), [entry]);
        let count = |part: &[u8]| records.windows(part.len()).filter(|own| *own == part).count();
        assert_eq!((count(b"/index.html"), count(b"web")), (1, 1));
    }

    #[test]
    fn long_appends_are_several_records() {
        let labels = Labels::from([("job".into(), "test".into())]);
        let source: Arc<str> = "access.log".into();
        let entry = |index: u64| Entry {
            labels: Arc::clone(&labels),
            timestamp_ns: index.cast_signed(),
            line: Bytes::from(vec![b'x'; 100_000]),
            metadata: Metadata::default(),
            origin: Origin { source: Arc::clone(&source), line: Some(index), offset: index },
        };
        let entries: Vec<Entry> = (0..10).map(entry).collect();
        let mut records = Vec::new();
        Encoder::default().encode(&entries, &mut records).unwrap();
        assert_eq!(decode_all(&records), entries);
        let header = Header::from_bytes(records.first_chunk().unwrap()).unwrap();
        assert_eq!(header.entry_count, 3);
    }
}
