//! The stage `json`: members of a JSON object. Values that need no decoding stay where they are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::work::{Slot, SlotKind, Slots, Work};
use super::{Outcome, Stage};
use crate::config::{JsonConfig, Misplaced, Unmatched};

/// Finds members of a JSON object.
#[derive(Debug)]
pub(super) struct Json {
    source: Option<Slot>,
    wanted: Members,
    slots: Vec<Slot>,
    unmatched: Unmatched,
}

/// The members of an object that are asked for.
#[derive(Debug, Default)]
struct Members(BTreeMap<String, Member>);

/// A member that is asked for, or whose members are.
#[derive(Debug, Default)]
struct Member {
    /// The indexes of the fields that it is the value of.
    fields: Vec<usize>,
    members: Members,
}

impl Json {
    pub(super) fn new(config: &JsonConfig, slots: &mut Slots) -> Result<Self, Misplaced> {
        let mut wanted = Members::default();
        let mut own = Vec::new();
        for (name, path) in &config.expressions {
            let text = if path.get_ref().is_empty() { name } else { path.get_ref() };
            if text.split('.').any(str::is_empty) {
                let message = format!("'{text}' is no path (names with '.' between them are)");
                return Err(Misplaced::at(path.span(), message));
            }
            let mut names = text.split('.');
            let first = names.next().unwrap_or_default();
            let mut member = wanted.0.entry(first.to_owned()).or_default();
            for name in names {
                member = member.members.0.entry(name.to_owned()).or_default();
            }
            member.fields.push(own.len());
            own.push(slots.slot(SlotKind::Field, name));
        }
        let source = config.source.as_deref().map(|name| slots.slot(SlotKind::Field, name));
        Ok(Self { source, wanted, slots: own, unmatched: config.unmatched })
    }
}

impl Stage for Json {
    fn apply(&mut self, work: &mut Work, outcome: &mut Outcome) {
        let mut found: Vec<(usize, Found)> = Vec::new();
        for row in work.kept_rows() {
            let whole = work.text(self.source, row);
            let Some(bytes) = work.bytes(whole) else { continue };
            found.clear();
            let mut reader = serde_json::Deserializer::from_slice(bytes);
            let base = bytes.as_ptr() as usize;
            let seed = Pick { wanted: &self.wanted, base, found: &mut found };
            if let Err(error) = seed.deserialize(&mut reader).and_then(|()| reader.end()) {
                let reason = format!("is no JSON object that can be read: {error}");
                outcome.unmatched(work, row, self.unmatched, reason);
                continue;
            }
            for (field, value) in found.drain(..) {
                let text = match value {
                    Found::Null => continue,
                    Found::Place(start, end) => Work::part(whole, start, end),
                    Found::Decoded(text) => work.make(text.as_bytes()),
                };
                work.set(Some(self.slots[field]), row, text);
            }
        }
    }
}

/// A value: where it stands, or what it is where it has escapes.
enum Found {
    Null,
    Place(usize, usize),
    Decoded(String),
}

impl Found {
    fn new(raw: &RawValue, base: usize) -> Self {
        let text = raw.get();
        let start = text.as_ptr() as usize - base;
        if text == "null" {
            return Self::Null;
        }
        let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
            return Self::Place(start, start + text.len());
        };
        if !inner.contains('\\') {
            return Self::Place(start + 1, start + 1 + inner.len());
        }
        // A lone surrogate is no text: it stays as it was written.
        let whole: Option<String> = serde_json::from_str(text).ok();
        Self::Decoded(whole.unwrap_or_else(|| inner.to_owned()))
    }
}

/// Reads an object, and keeps the members that are asked for.
struct Pick<'a> {
    wanted: &'a Members,
    /// The address of the line's first byte.
    base: usize,
    found: &'a mut Vec<(usize, Found)>,
}

impl<'de> DeserializeSeed<'de> for Pick<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Pick<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            let Some(member) = self.wanted.0.get(&*name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let raw: &'de RawValue = map.next_value()?;
            for &field in &member.fields {
                self.found.push((field, Found::new(raw, self.base)));
            }
            if !member.members.0.is_empty() && raw.get().starts_with('{') {
                let mut reader = serde_json::Deserializer::from_str(raw.get());
                let found = &mut *self.found;
                let seed = Pick { wanted: &member.members, base: self.base, found };
                seed.deserialize(&mut reader).map_err(serde::de::Error::custom)?;
            }
        }
        Ok(())
    }
}

/// The name of a member, which is lent where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
