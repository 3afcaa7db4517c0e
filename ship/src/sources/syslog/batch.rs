//! Batches of messages: their bytes in one buffer, behind the names of severities and facilities,
//! so that all that is known of a message is a place in it.

use std::sync::Arc;

use bytes::Bytes;
use delimark::Span;

use super::message::{FACILITIES, Message, SEVERITIES};
use crate::config::SyslogConfig;
use crate::entry::Origin;
use crate::lines::Lines;
use crate::sources::cutter::Read;
use crate::stages::Dead;

/// Messages of one sender.
#[derive(Debug)]
pub(super) struct Batch {
    origin: Arc<str>,
    bytes: Vec<u8>,
    spans: Vec<Span>,
    fields: [Vec<Option<Span>>; SyslogConfig::FIELDS.len()],
    times: Vec<Option<i64>>,
    dead: Vec<Dead>,
    takes_times: bool,
    /// The bytes of earlier batches.
    offset: u64,
}

impl Batch {
    pub(super) fn new(origin: Arc<str>, takes_times: bool) -> Self {
        Self {
            origin,
            bytes: Vec::new(),
            spans: Vec::new(),
            fields: Default::default(),
            times: Vec::new(),
            dead: Vec::new(),
            takes_times,
            offset: 0,
        }
    }

    /// Returns the bytes of messages that are in it.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Tells whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty() && self.dead.is_empty()
    }

    /// Adds a message.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        if self.bytes.is_empty() {
            for name in SEVERITIES.iter().chain(&FACILITIES) {
                self.bytes.extend_from_slice(name.as_bytes());
            }
        }
        let message = Message::read(bytes);
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        let place = |range: std::ops::Range<usize>| Span {
            start: (start + range.start) as u32,
            end: (start + range.end) as u32,
        };
        let values = [
            Some(name_span(message.severity)),
            Some(name_span(SEVERITIES.len() + message.facility)),
            message.hostname.map(place),
            message.app_name.map(place),
            message.process_id.map(place),
            message.message_id.map(place),
            message.structured_data.map(place),
        ];
        for (column, value) in self.fields.iter_mut().zip(values) {
            column.push(value);
        }
        self.spans.push(place(message.text));
        self.times.push(message.time.filter(|_| self.takes_times));
    }

    /// Adds a message that was too long.
    pub(super) fn add_too_long(&mut self, max_bytes: usize) {
        let offset = self.offset + self.bytes.len() as u64;
        let origin = Origin { source: self.origin.clone(), line: None, offset };
        let reason = format!("is longer than {max_bytes} bytes (max_line_bytes)");
        self.dead.push(Dead { origin, reason, line: None });
    }

    /// Takes all messages out.
    pub(super) fn take(&mut self) -> Read {
        let bytes = Bytes::from(std::mem::take(&mut self.bytes));
        let columns = self.fields.iter_mut().map(std::mem::take);
        let lines = Lines {
            spans: std::mem::take(&mut self.spans),
            are_whole: false,
            origin: self.origin.clone(),
            first_line: None,
            offset: self.offset,
            read_bytes: bytes.len() as u64,
            offsets: Vec::new(),
            identity: 0,
            fields: SyslogConfig::FIELDS.into_iter().zip(columns).collect(),
            times: std::mem::take(&mut self.times),
            bytes,
        };
        self.offset += lines.bytes.len() as u64;
        let dead = std::mem::take(&mut self.dead);
        let lines = if lines.is_empty() { Vec::new() } else { vec![lines] };
        Read { lines, dead }
    }
}

/// Returns the place of a name in the table before the messages.
fn name_span(index: usize) -> Span {
    let names = || SEVERITIES.iter().chain(&FACILITIES);
    let start: usize = names().take(index).map(|name| name.len()).sum();
    let length = names().nth(index).map_or(0, |name| name.len());
    Span { start: start as u32, end: (start + length) as u32 }
}
