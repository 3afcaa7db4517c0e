//! The stages `replace` and `template`: texts that are changed, and texts that are put together.

use regex::bytes::Regex;
use toml::Spanned;

use super::filters::compile;
use super::work::{Slot, SlotKind, Slots, Work};
use super::{Outcome, Stage};
use crate::config::{Misplaced, ReplaceConfig, TemplateConfig};

/// Replaces what an expression finds.
#[derive(Debug)]
pub(super) struct Replace {
    source: Option<Slot>,
    expression: Regex,
    replace: Vec<u8>,
}

impl Replace {
    pub(super) fn new(config: &ReplaceConfig, slots: &mut Slots) -> Result<Self, Misplaced> {
        Ok(Self {
            source: config.source.as_deref().map(|name| slots.slot(SlotKind::Field, name)),
            expression: compile(&config.expression)?,
            replace: config.replace.as_bytes().to_vec(),
        })
    }
}

impl Stage for Replace {
    fn apply(&mut self, work: &mut Work, _: &mut Outcome) {
        for row in work.kept_rows() {
            let Some(text) = work.value(self.source, row) else { continue };
            if !self.expression.is_match(text) {
                continue;
            }
            let changed = self.expression.replace_all(text, &self.replace[..]).into_owned();
            let changed = work.make(&changed);
            work.set(self.source, row, changed);
        }
    }
}

/// Puts a text together.
#[derive(Debug)]
pub(super) struct Template {
    target: Option<Slot>,
    parts: Vec<Part>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// A field, or the line.
    Value(Option<Slot>),
}

impl Template {
    pub(super) fn new(config: &TemplateConfig, slots: &mut Slots) -> Result<Self, Misplaced> {
        let parts = read_parts(&config.template, slots)?;
        let target = config.target.as_deref().map(|name| slots.slot(SlotKind::Field, name));
        Ok(Self { target, parts })
    }
}

impl Stage for Template {
    fn apply(&mut self, work: &mut Work, _: &mut Outcome) {
        let mut text = Vec::new();
        for row in work.kept_rows() {
            text.clear();
            for part in &self.parts {
                text.extend_from_slice(match part {
                    Part::Literal(literal) => literal.as_bytes(),
                    Part::Value(slot) => work.value(*slot, row).unwrap_or_default(),
                });
            }
            let made = work.make(&text);
            work.set(self.target, row, made);
        }
    }
}

/// Returns the names of the fields in a template.
pub(super) fn template_fields(text: &str) -> Vec<String> {
    let mut slots = Slots::default();
    let _ = read_parts(&Spanned::new(0..0, text.to_owned()), &mut slots);
    slots.of_kind(SlotKind::Field).into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// Reads `{name} {_line} {{`.
fn read_parts(template: &Spanned<String>, slots: &mut Slots) -> Result<Vec<Part>, Misplaced> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = template.get_ref().as_str();
    while let Some(open) = rest.find('{') {
        literal.push_str(&rest[..open]);
        rest = &rest[open + 1..];
        if let Some(behind) = rest.strip_prefix('{') {
            literal.push('{');
            rest = behind;
            continue;
        }
        let Some((name, behind)) = rest.split_once('}') else {
            let message = "a '{' is never closed; '{{' is a brace";
            return Err(Misplaced::at(template.span(), message));
        };
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal)));
        }
        let is_line = name == "_line";
        parts.push(Part::Value((!is_line).then(|| slots.slot(SlotKind::Field, name))));
        rest = behind;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_have_literals_fields_and_the_line() {
        let mut slots = Slots::default();
        let text = Spanned::new(0..0, "a={a} {{x} {_line}!".to_owned());
        let parts = read_parts(&text, &mut slots).unwrap();
        let a = slots.find(SlotKind::Field, "a");
        let literal = |text: &str| Part::Literal(text.to_owned());
        let expected =
            [literal("a="), Part::Value(a), literal(" {x} "), Part::Value(None), literal("!")];
        assert_eq!(parts, expected);
        assert!(read_parts(&Spanned::new(0..0, "{a".to_owned()), &mut slots).is_err());
    }
}
