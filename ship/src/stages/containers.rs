//! The stages `cri` and `docker`: what a container's runtime writes around each line of a program.
//! Runtimes cut long lines into parts, which are put together again here.
//!
//! The parts of a line that has not ended yet belong to no entry, while the file is read on: they
//! are in the checkpoint, so that a crash does not lose them.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::timestamp::{place, rfc3339};
use super::work::{Slot, SlotKind, Slots, Work};
use super::{Dead, Outcome, Stage};
use crate::config::{ContainerConfig, Unmatched};
use crate::entry::Origin;

/// The lines without an end that are kept at most: of a container there are two at a time.
const HELD: usize = 1_000;

/// The bytes of them that are kept at most.
const HELD_BYTES: usize = 16 << 20;

/// The label that says which of its two outputs a program wrote to.
pub(super) const STREAM: &str = "stream";

/// The runtime that writes the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runtime {
    /// Containerd and CRI-O: `TIME STREAM P|F text`.
    Cri,
    /// Docker: an object of JSON.
    Docker,
}

/// Takes off what a runtime writes around a line.
#[derive(Debug)]
pub(super) struct Container {
    runtime: Runtime,
    max_bytes: usize,
    unmatched: Unmatched,
    /// The field and the label that say which output it was.
    streams: [Slot; 2],
    /// The beginnings of lines whose ends have not come, the oldest first.
    held: VecDeque<Held>,
}

/// The beginning of a line whose end has not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    /// The file.
    source: String,
    /// The output of the program.
    stream: String,
    #[serde(serialize_with = "write_bytes", deserialize_with = "read_bytes")]
    text: Vec<u8>,
}

fn write_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn read_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    STANDARD.decode(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

impl Held {
    /// Makes a dead letter of it: nothing that was read is lost.
    pub(super) fn give_up(self) -> Dead {
        let origin = Origin { source: self.source.into(), line: None, offset: 0 };
        let reason = format!("begins on {} and does not end in what was read", self.stream);
        Dead { origin, reason, line: Some(self.text.into()) }
    }
}

/// What a runtime wrote.
struct Part<'a> {
    time: Cow<'a, str>,
    stream: Stream,
    text: Content,
    is_partial: bool,
}

/// The output of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Out,
    Error,
}

impl Stream {
    fn read(name: &[u8]) -> Option<Self> {
        match name {
            b"stdout" => Some(Self::Out),
            b"stderr" => Some(Self::Error),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Out => "stdout",
            Self::Error => "stderr",
        }
    }
}

/// A text: a place in the line, or what it is where it has escapes.
enum Content {
    Place(Range<usize>),
    Decoded(Vec<u8>),
}

impl Container {
    pub(super) fn new(runtime: Runtime, config: &ContainerConfig, slots: &mut Slots) -> Self {
        let streams = [SlotKind::Field, SlotKind::Label].map(|kind| slots.slot(kind, STREAM));
        let ContainerConfig { max_bytes, unmatched } = *config;
        Self { runtime, max_bytes, unmatched, streams, held: VecDeque::new() }
    }

    /// Takes one line out of what the runtime wrote; returns the output that it was written to if
    /// it goes on.
    fn take(
        &mut self,
        work: &mut Work,
        row: usize,
        outcome: &mut Outcome,
    ) -> Result<Option<Stream>, String> {
        let whole = work.text(None, row);
        let bytes = work.bytes(whole).unwrap_or_default();
        let Part { time, stream, text, is_partial } = match self.runtime {
            Runtime::Cri => read_cri(bytes)?,
            Runtime::Docker => read_docker(bytes)?,
        };
        let time = rfc3339(&time);
        let own = match &text {
            Content::Place(place) => &bytes[place.clone()],
            Content::Decoded(text) => text,
        };
        let mut joined = self.take_held(&work.origin, stream).map_or(Vec::new(), |held| held.text);
        // What would be too long goes on as lines of their own.
        if is_partial && joined.len() + own.len() <= self.max_bytes {
            joined.extend_from_slice(own);
            let (source, stream) = (work.origin.to_string(), stream.name().to_owned());
            work.is_kept[row] = false;
            let oldest = self.hold(Held { source, stream, text: joined });
            outcome.dead.extend(oldest.into_iter().map(Held::give_up));
            return Ok(None);
        }
        let line = match text {
            Content::Place(place) if joined.is_empty() => Work::part(whole, place.start, place.end),
            _ => {
                joined.extend_from_slice(own);
                work.make(&joined)
            }
        };
        work.set(None, row, line);
        match time {
            Some((time, precision)) => {
                work.times[row] = Some(time.saturating_add(place(work, row, precision)));
            }
            None => outcome.bad_times += 1,
        }
        Ok(Some(stream))
    }

    /// Takes the beginning of a line out, if there is one.
    fn take_held(&mut self, source: &str, stream: Stream) -> Option<Held> {
        let is_it = |held: &Held| held.source == source && held.stream == stream.name();
        let index = self.held.iter().position(is_it)?;
        self.held.remove(index)
    }

    /// Keeps the beginning of a line, and returns older ones that there is no room for.
    fn hold(&mut self, held: Held) -> Vec<Held> {
        self.held.push_back(held);
        let mut bytes: usize = self.held.iter().map(|held| held.text.len()).sum();
        let mut oldest = Vec::new();
        while (self.held.len() > HELD || bytes > HELD_BYTES)
            && let Some(held) = self.held.pop_front()
        {
            bytes -= held.text.len();
            oldest.push(held);
        }
        oldest
    }
}

impl Stage for Container {
    fn apply(&mut self, work: &mut Work, outcome: &mut Outcome) {
        let names = [Stream::Out, Stream::Error].map(|own| work.make(own.name().as_bytes()));
        for row in work.kept_rows() {
            match self.take(work, row, outcome) {
                Ok(None) => {}
                Ok(Some(stream)) => {
                    for slot in self.streams {
                        work.set(Some(slot), row, names[stream as usize]);
                    }
                }
                Err(reason) => outcome.unmatched(work, row, self.unmatched, reason),
            }
        }
    }

    fn held(&self) -> Vec<Held> {
        self.held.iter().cloned().collect()
    }

    fn hold_again(&mut self, held: Vec<Held>) -> Vec<Held> {
        self.held = held.into();
        Vec::new()
    }
}

/// Reads `TIME stdout|stderr TAGS text`; a tag is `P` for a part of a line, or `F` for its end.
fn read_cri(line: &[u8]) -> Result<Part<'_>, String> {
    let mut at = 0;
    let mut word = |what: &str| {
        let rest = &line[at..];
        let length = memchr::memchr(b' ', rest);
        let length = length.ok_or_else(|| {
            format!("is not as CRI has it: byte {at}: expected {what} and a blank")
        })?;
        let place = at..at + length;
        at = place.end + 1;
        Ok::<_, String>((place.start, &line[place]))
    };
    let (_, time) = word("a time")?;
    let (start, stream) = word("stdout or stderr")?;
    let Some(stream) = Stream::read(stream) else {
        let found = String::from_utf8_lossy(stream);
        return Err(format!(
            "is not as CRI has it: byte {start}: '{found}', expected stdout or stderr"
        ));
    };
    let (_, tags) = word("F or P")?;
    Ok(Part {
        time: String::from_utf8_lossy(time),
        stream,
        is_partial: tags.split(|byte| *byte == b':').any(|tag| tag == b"P"),
        text: Content::Place(at..line.len()),
    })
}

/// An object of Docker.
#[derive(Deserialize)]
struct DockerLine<'a> {
    #[serde(borrow)]
    log: Cow<'a, str>,
    #[serde(borrow)]
    stream: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
}

/// Reads `{"log":"text\n","stream":"stdout","time":"TIME"}`; the text ends in a newline where the
/// line ends.
fn read_docker(line: &[u8]) -> Result<Part<'_>, String> {
    let own: DockerLine<'_> = serde_json::from_slice(line)
        .map_err(|error| format!("is not as Docker has it: {error}"))?;
    let Some(stream) = Stream::read(own.stream.as_bytes()) else {
        return Err(format!("is not as Docker has it: the stream '{}'", own.stream));
    };
    let ended = own.log.strip_suffix('\n');
    let is_partial = ended.is_none();
    let text = ended.unwrap_or(&own.log).as_bytes().to_vec();
    Ok(Part { time: own.time, stream, text: Content::Decoded(text), is_partial })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_line_of_a_runtime_is_refused_with_its_place() {
        for (line, expected) in [
            ("no", "byte 0: expected a time and a blank"),
            ("2026 stdin F x", "byte 5: 'stdin', expected stdout or stderr"),
            ("2026 stdout F", "byte 12: expected F or P and a blank"),
        ] {
            let Err(error) = read_cri(line.as_bytes()) else { panic!("{line}") };
            assert!(error.ends_with(expected), "{error}");
        }
        let Err(error) = read_docker(b"{\"log\":1}") else { panic!() };
        assert!(error.starts_with("is not as Docker has it: invalid type"), "{error}");
    }

    #[test]
    fn what_is_held_goes_into_a_checkpoint_and_out_of_it() {
        let (source, stream) = ("/a".to_owned(), "stdout".to_owned());
        let held = Held { source, stream, text: b"\xff|".to_vec() };
        let text = serde_json::to_string(&held).unwrap();
        assert_eq!(serde_json::from_str::<Held>(&text).unwrap(), held);
    }
}
