//! The labels of streams: lines that have the same values share one set.

use std::collections::HashMap;

use super::work::{Slot, SlotKind, Slots, Work};
use crate::config::SourceConfig;
use crate::entry::Labels;
use crate::text::Text;

/// The sets that are remembered. Labels with more values than that are no labels for Loki, either.
const REMEMBERED: usize = 10_000;

/// Makes the labels of lines.
#[derive(Debug)]
pub(super) struct StreamLabels {
    /// All labels, in the order of their names.
    slots: Vec<(Slot, Box<str>)>,
    /// The labels that the source gives all its lines.
    fixed: Vec<(Slot, String)>,
    known: HashMap<Vec<u8>, Labels>,
}

impl StreamLabels {
    pub(super) fn new(slots: &Slots, source: &SourceConfig) -> Self {
        let labels = slots.of_kind(SlotKind::Label);
        let fixed = source.labels.iter().filter_map(|(name, value)| {
            Some((slots.find(SlotKind::Label, name.get_ref())?, value.clone()))
        });
        let fixed = fixed.collect();
        let slots = labels.into_iter().map(|(slot, name)| (slot, name.into())).collect();
        Self { slots, fixed, known: HashMap::new() }
    }

    /// Gives all lines the labels of the source.
    pub(super) fn begin(&self, work: &mut Work) {
        for (slot, value) in &self.fixed {
            let value = work.make(value.as_bytes());
            work.column_mut(*slot).fill(value);
        }
    }

    /// Returns the labels of some rows.
    pub(super) fn of_rows(&mut self, work: &Work, rows: &[usize]) -> Vec<Labels> {
        let mut all = Vec::with_capacity(rows.len());
        let (mut key, mut last_key) = (Vec::new(), Vec::new());
        for &row in rows {
            key.clear();
            for (slot, _) in &self.slots {
                // Its length before each value, so that no two sets have the same key.
                let value = work.value(Some(*slot), row).unwrap_or_default();
                key.extend_from_slice(&(value.len() as u32).to_le_bytes());
                key.extend_from_slice(value);
            }
            let labels = match all.last() {
                Some(last) if key == last_key => Labels::clone(last),
                _ => self.find(&key, work, row),
            };
            all.push(labels);
            std::mem::swap(&mut key, &mut last_key);
        }
        all
    }

    /// Returns the labels with this key, which are those of this row.
    fn find(&mut self, key: &[u8], work: &Work, row: usize) -> Labels {
        if let Some(labels) = self.known.get(key) {
            return labels.clone();
        }
        let labels = self.slots.iter().filter_map(|(slot, name)| {
            let text: Text = work.text(Some(*slot), row);
            let value = work.bytes(text).filter(|value| !value.is_empty())?;
            // Loki stores other bytes in labels, and then answers with what is no JSON.
            Some((name.clone(), String::from_utf8_lossy(value).into()))
        });
        let labels: Labels = labels.collect();
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(key.to_vec(), labels.clone());
        labels
    }
}
