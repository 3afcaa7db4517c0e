//! Marks for a number that is missing or means nothing, and names as parts of files.

use delimark_results::Known;
use delimark_results::statistics::Comparison;

/// Stands where there is no number; what is missing is explained beside the table.
pub(super) const MISSING: &str = "–";

/// Stands beside a ratio where the rounds show no difference.
pub(super) fn insignificance(comparison: &Comparison) -> Option<String> {
    (!comparison.is_significant).then(|| "not significant".to_owned())
}

/// Shows a fact, or why it is missing.
pub(super) fn known<T>(known: &Known<T>, show: impl FnOnce(&T) -> String) -> String {
    match known {
        Known::Value(value) => show(value),
        Known::Unavailable(reason) => format!("not available: {reason}"),
    }
}

/// Writes a name as part of a file's name: ASCII letters, digits and hyphens.
pub(super) fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}
