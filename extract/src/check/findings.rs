//! The findings as they come up, each kind with its count and first lines.

use super::finding::{Finding, FindingKind};

/// The most statuses that are told apart: a file that is no log has any number of them.
const STATUSES_MAXIMUM: usize = 16;

/// Collects findings.
#[derive(Debug)]
pub(super) struct Findings {
    examples_maximum: usize,
    /// One for each kind; there are few.
    found: Vec<Finding>,
}

impl Findings {
    pub(super) fn new(examples_maximum: usize) -> Self {
        Self { examples_maximum, found: Vec::new() }
    }

    /// Adds a line to what was found of a kind.
    pub(super) fn add(&mut self, kind: FindingKind, line_number: u64) {
        self.add_with(kind, line_number, || None);
    }

    /// Adds a line; the first of a kind brings a note.
    pub(super) fn add_with(
        &mut self,
        kind: FindingKind,
        line_number: u64,
        note: impl FnOnce() -> Option<String>,
    ) {
        let examples_maximum = self.examples_maximum;
        let finding = self.finding(kind, note);
        finding.count += 1;
        if finding.first_lines.len() < examples_maximum {
            finding.first_lines.push(line_number);
        }
    }

    /// Adds a status that no response has.
    pub(super) fn add_status(&mut self, value: &[u8], line_number: u64) {
        let value = String::from_utf8_lossy(&value[..value.len().min(8)]).into_owned();
        let kind = FindingKind::OddStatus { value: Some(value) };
        let is_status = |finding: &&Finding| matches!(finding.kind, FindingKind::OddStatus { .. });
        let is_known = self.found.iter().any(|finding| finding.kind == kind);
        let is_one_too_many = self.found.iter().filter(is_status).count() >= STATUSES_MAXIMUM;
        let kind = match kind {
            _ if is_one_too_many && !is_known => FindingKind::OddStatus { value: None },
            kind => kind,
        };
        self.add(kind, line_number);
    }

    /// Adds what is no line's.
    pub(super) fn add_for_file(&mut self, kind: FindingKind) {
        self.finding(kind, || None);
    }

    /// Adds what was counted elsewhere.
    pub(super) fn add_counted(&mut self, kind: FindingKind, count: u64, first_lines: &[u64]) {
        let examples = first_lines.len().min(self.examples_maximum);
        let first_lines = first_lines[..examples].to_vec();
        self.found.push(Finding { kind, count, first_lines, note: None });
    }

    /// Takes back what a later line has refuted.
    pub(super) fn remove(&mut self, kind: &FindingKind) {
        self.found.retain(|finding| finding.kind != *kind);
    }

    pub(super) fn examples_maximum(&self) -> usize {
        self.examples_maximum
    }

    pub(super) fn into_sorted(mut self) -> Vec<Finding> {
        self.found.sort_by(|left, right| left.kind.cmp(&right.kind));
        self.found
    }

    fn finding(
        &mut self,
        kind: FindingKind,
        note: impl FnOnce() -> Option<String>,
    ) -> &mut Finding {
        let index = self.found.iter().position(|finding| finding.kind == kind);
        let index = index.unwrap_or_else(|| {
            self.found.push(Finding { kind, count: 0, first_lines: Vec::new(), note: note() });
            self.found.len() - 1
        });
        &mut self.found[index]
    }
}
