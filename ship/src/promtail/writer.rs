//! What writes the translation: TOML in the order in which people would write it.

use serde_json::Value;

use super::Translation;

/// Collects the parts of a translation.
#[derive(Debug, Default)]
pub(super) struct Writer {
    toml: String,
    omissions: Vec<String>,
}

impl Writer {
    /// Begins a table of a list.
    pub(super) fn begin(&mut self, name: &str) {
        self.toml.push_str(&format!("\n[[{name}]]\n"));
    }

    /// Writes a value.
    pub(super) fn value(&mut self, key: &str, value: &toml::Value) {
        self.toml.push_str(&format!("{key} = {value}\n"));
    }

    /// Notes that something is not translated, and why.
    pub(super) fn omit(&mut self, path: &str, reason: &str) {
        self.omissions.push(format!("{path}: {reason}"));
    }

    /// Notes all members that are not known.
    pub(super) fn omit_others(&mut self, path: &str, object: &Value, known: &[&str]) {
        let Some(object) = object.as_object() else { return };
        for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            self.omit(&path, "there is nothing like it here");
        }
    }

    pub(super) fn finish(self) -> Translation {
        let comments: String = self
            .omissions
            .iter()
            .map(|omission| format!("# Not translated: {omission}\n"))
            .collect();
        let space = if comments.is_empty() { "" } else { "\n" };
        Translation { toml: format!("{comments}{space}{}", self.toml), omissions: self.omissions }
    }
}

/// Makes an inline table.
pub(super) fn table(
    pairs: impl IntoIterator<Item = (impl Into<String>, impl Into<toml::Value>)>,
) -> toml::Value {
    let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
    toml::Value::Table(pairs.collect())
}

/// Returns a scalar as text, as YAML's `1` can stand for a string.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is_true) => Some(is_true.to_string()),
        _ => None,
    }
}

/// Reads a duration such as `1m30s` or `500ms`, in milliseconds.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let mut sum = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        sum += number
            * match &rest[..unit] {
                "ms" => 1.0,
                "s" => 1e3,
                "m" => 60e3,
                "h" => 3_600e3,
                _ => return None,
            };
        rest = &rest[unit..];
    }
    Some(sum as i64)
}
