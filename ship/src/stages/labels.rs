//! The stages `labels`, `structured_metadata`, `labeldrop` and `labelkeep`: what is said of a
//! stream, and of a line.

use toml::Spanned;

use super::work::{Slot, SlotKind, Slots, Work};
use super::{Outcome, Stage};
use crate::config::{LabelsConfig, Misplaced, NamesConfig};
use crate::text::Text;

/// Copies fields to labels or metadata.
#[derive(Debug)]
pub(super) struct Assign {
    /// Fields, and what they become.
    pairs: Vec<(Slot, Slot)>,
}

impl Assign {
    pub(super) fn new(
        config: &LabelsConfig,
        kind: SlotKind,
        slots: &mut Slots,
    ) -> Result<Self, Misplaced> {
        let mut pairs = Vec::new();
        for (name, field) in &config.names {
            match kind {
                SlotKind::Metadata => check_metadata_name(name)?,
                SlotKind::Label | SlotKind::Field => check_label_name(name)?,
            }
            let field = if field.is_empty() { name.get_ref() } else { field };
            let field = slots.slot(SlotKind::Field, field);
            pairs.push((field, slots.slot(kind, name.get_ref())));
        }
        Ok(Self { pairs })
    }
}

impl Stage for Assign {
    fn apply(&mut self, work: &mut Work, _: &mut Outcome) {
        for (field, own) in &self.pairs {
            let values = work.column(*field).to_vec();
            let column = work.column_mut(*own);
            for (label, value) in column.iter_mut().zip(values) {
                if value != Text::Absent {
                    *label = value;
                }
            }
        }
    }
}

/// Takes labels away: those that are named, or all others.
#[derive(Debug)]
pub(super) struct Select {
    names: Vec<String>,
    keeps: bool,
    /// The labels to take away, as soon as all are known.
    taken: Vec<Slot>,
}

impl Select {
    pub(super) fn new(config: &NamesConfig, keeps: bool) -> Result<Self, Misplaced> {
        for name in &config.names {
            check_label_name(name)?;
        }
        let names = config.names.iter().map(|name| name.get_ref().clone()).collect();
        Ok(Self { names, keeps, taken: Vec::new() })
    }
}

impl Stage for Select {
    fn finish(&mut self, slots: &Slots) {
        let labels = slots.of_kind(SlotKind::Label).into_iter();
        let is_taken = |name: &str| self.names.iter().any(|own| own == name) != self.keeps;
        self.taken = labels.filter(|(_, name)| is_taken(name)).map(|(slot, _)| slot).collect();
    }

    fn apply(&mut self, work: &mut Work, _: &mut Outcome) {
        for slot in &self.taken {
            work.column_mut(*slot).fill(Text::Absent);
        }
    }
}

/// Checks that a name can be that of a label: Loki takes another name in one of its protocols, and
/// then answers no query any more that meets it.
pub(super) fn check_label_name(name: &Spanned<String>) -> Result<(), Misplaced> {
    let text = name.get_ref();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins = text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    if begins && text.bytes().all(is_plain) {
        return Ok(());
    }
    let message = format!("'{text}' cannot be the name of a label ([a-zA-Z_][a-zA-Z0-9_]* can)");
    Err(Misplaced::at(name.span(), message))
}

/// Checks that a name can be that of metadata: Loki fails for a whole push where one cannot.
fn check_metadata_name(name: &Spanned<String>) -> Result<(), Misplaced> {
    if name.get_ref().bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    let message = format!(
        "'{}' cannot be the name of metadata (it needs an ASCII letter or digit)",
        name.get_ref()
    );
    Err(Misplaced::at(name.span(), message))
}
