//! The lines of a batch on their way through the stages, and what was found out of each: a column
//! for each name, as places in the input or in a buffer beside it. Nothing is allocated for a line.

use std::sync::Arc;

use bytes::Bytes;
use delimark::Span;

use crate::config::{SourceKind, SyslogConfig};
use crate::lines::Lines;
use crate::text::{Buffers, Text};

/// The field that has the path of the file, or the address of the sender, after Promtail's label.
const FILENAME: &str = "filename";

/// Returns the fields that lines have before any stage.
pub(super) fn fields_of(source: SourceKind<'_>) -> Vec<String> {
    let own: &[&str] = match source {
        SourceKind::Syslog(_) => &SyslogConfig::FIELDS,
        SourceKind::Files(_) | SourceKind::Stdin(_) => &[],
    };
    own.iter().chain([&FILENAME]).map(|name| (*name).to_owned()).collect()
}

/// The column of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(usize);

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotKind {
    /// Something found in a line.
    Field,
    /// A label of the stream.
    Label,
    /// Structured metadata of the line.
    Metadata,
}

/// The names that stages have agreed upon; each has a column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slots {
    names: Vec<(SlotKind, String)>,
}

impl Slots {
    /// Returns the column of a name, which is new or not.
    pub(crate) fn slot(&mut self, kind: SlotKind, name: &str) -> Slot {
        self.find(kind, name).unwrap_or_else(|| {
            self.names.push((kind, name.to_owned()));
            Slot(self.names.len() - 1)
        })
    }

    /// Returns the column of a name that somebody has asked for.
    pub(crate) fn find(&self, kind: SlotKind, name: &str) -> Option<Slot> {
        let is_it = |(other, own): &(SlotKind, String)| *other == kind && own == name;
        self.names.iter().position(is_it).map(Slot)
    }

    /// Returns the columns of a kind, in the order of their names.
    pub(crate) fn of_kind(&self, kind: SlotKind) -> Vec<(Slot, &str)> {
        let numbered = self.names.iter().enumerate();
        let mut found: Vec<(Slot, &str)> = numbered
            .filter(|(_, (other, _))| *other == kind)
            .map(|(index, (_, name))| (Slot(index), name.as_str()))
            .collect();
        found.sort_by_key(|(_, name)| *name);
        found
    }

    fn len(&self) -> usize {
        self.names.len()
    }
}

/// The lines of a batch, with a row for each.
#[derive(Debug)]
pub(crate) struct Work {
    bytes: Bytes,
    made: Vec<u8>,
    columns: Vec<Vec<Text>>,
    /// The text of each line, which stages may change.
    pub(crate) lines: Vec<Text>,
    /// The time of each line in nanoseconds since 1970, as soon as it is known.
    pub(crate) times: Vec<Option<i64>>,
    /// False for lines that are dropped.
    pub(crate) is_kept: Vec<bool>,
    /// The offset of each line's first byte in the input.
    pub(crate) offsets: Vec<u64>,
    /// The offset in the input behind the lines.
    pub(crate) end_offset: u64,
    /// A number that tells the input from others.
    pub(crate) identity: u64,
    /// The file, or the address of the sender.
    pub(crate) origin: Arc<str>,
    /// True as long as the lines are those of the input, one after the other.
    are_as_read: bool,
}

impl Work {
    pub(crate) fn new(lines: &Lines, slots: &Slots) -> Self {
        let rows = lines.len();
        let mut columns = vec![vec![Text::Absent; rows]; slots.len()];
        for (name, spans) in &lines.fields {
            if let Some(Slot(slot)) = slots.find(SlotKind::Field, name) {
                columns[slot] =
                    spans.iter().map(|span| span.map_or(Text::Absent, Text::Read)).collect();
            }
        }
        // The name of the input is put together once, and is the same place in each row.
        let mut made = Vec::new();
        if let Some(Slot(slot)) = slots.find(SlotKind::Field, FILENAME) {
            made.extend_from_slice(lines.origin.as_bytes());
            columns[slot].fill(Text::Made(span(0, made.len())));
        }
        let times = if lines.times.is_empty() { vec![None; rows] } else { lines.times.clone() };
        Self {
            bytes: lines.bytes.clone(),
            made,
            columns,
            lines: lines.spans.iter().copied().map(Text::Read).collect(),
            times,
            is_kept: vec![true; rows],
            offsets: (0..rows).map(|row| lines.offset_of(row)).collect(),
            end_offset: lines.end_offset(),
            identity: lines.identity,
            origin: lines.origin.clone(),
            are_as_read: lines.are_whole,
        }
    }

    /// Returns the number of lines, dropped ones too.
    pub(crate) fn rows(&self) -> usize {
        self.lines.len()
    }

    /// Returns the rows of lines that are not dropped.
    pub(crate) fn kept_rows(&self) -> impl Iterator<Item = usize> + use<> {
        let kept = self.is_kept.clone();
        (0..kept.len()).filter(move |&row| kept[row])
    }

    /// Returns the input where the lines are still those of the input.
    pub(crate) fn as_read(&self) -> Option<&Bytes> {
        self.are_as_read.then_some(&self.bytes)
    }

    /// Returns the bytes of a text.
    #[inline]
    pub(crate) fn bytes(&self, text: Text) -> Option<&[u8]> {
        match text {
            Text::Absent => None,
            Text::Read(span) => Some(&self.bytes[span.range()]),
            Text::Made(span) => Some(&self.made[span.range()]),
        }
    }

    /// Returns the text of a field in a row, or of the line where no field is named.
    #[inline]
    pub(crate) fn text(&self, slot: Option<Slot>, row: usize) -> Text {
        match slot {
            Some(Slot(slot)) => self.columns[slot][row],
            None => self.lines[row],
        }
    }

    /// Returns the bytes of a field in a row, or of the line where no field is named.
    #[inline]
    pub(crate) fn value(&self, slot: Option<Slot>, row: usize) -> Option<&[u8]> {
        self.bytes(self.text(slot, row))
    }

    /// Returns a column.
    pub(crate) fn column(&self, Slot(slot): Slot) -> &[Text] {
        &self.columns[slot]
    }

    /// Returns a column to change.
    pub(crate) fn column_mut(&mut self, Slot(slot): Slot) -> &mut Vec<Text> {
        &mut self.columns[slot]
    }

    /// Sets a field in a row, or the line where no field is named.
    pub(crate) fn set(&mut self, slot: Option<Slot>, row: usize, text: Text) {
        match slot {
            Some(Slot(slot)) => self.columns[slot][row] = text,
            None => {
                self.lines[row] = text;
                self.are_as_read = false;
            }
        }
    }

    /// Keeps bytes that a stage has put together.
    pub(crate) fn make(&mut self, bytes: &[u8]) -> Text {
        let start = self.made.len();
        self.made.extend_from_slice(bytes);
        Text::Made(span(start, self.made.len()))
    }

    /// Returns the place of a part of a text's bytes.
    pub(crate) fn part(text: Text, start: usize, end: usize) -> Text {
        let within = |whole: Span| span(whole.start as usize + start, whole.start as usize + end);
        match text {
            Text::Absent => Text::Absent,
            Text::Read(whole) => Text::Read(within(whole)),
            Text::Made(whole) => Text::Made(within(whole)),
        }
    }

    /// Returns the two buffers: the input, and what stages have put together.
    pub(crate) fn into_buffers(self) -> Buffers {
        Buffers { read: self.bytes, made: Bytes::from(self.made) }
    }
}

/// Places have 32 bits: a batch is some hundred kilobytes.
pub(crate) fn span(start: usize, end: usize) -> Span {
    Span { start: start as u32, end: end as u32 }
}
