//! Changes from one version of a schema to the next, and what they mean for whoever reads both.

use std::fmt;

use super::file::{FileColumn, SchemaFile};
use super::{ColumnKind, SchemaError};

/// A difference between two versions of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemaChange {
    /// A column is new.
    Added {
        /// The name.
        column: String,
        /// The type.
        kind: String,
        /// True if every row must have a value, as rows of the version before have not.
        is_required: bool,
    },
    /// A column is gone.
    Dropped {
        /// The name.
        column: String,
        /// True if every row had a value, which readers may rely on.
        was_required: bool,
    },
    /// A column takes all values that it took, and more.
    Widened {
        /// The name.
        column: String,
        /// The type before.
        from: String,
        /// The type now.
        to: String,
    },
    /// A column takes fewer values than before.
    Narrowed {
        /// The name.
        column: String,
        /// The type before.
        from: String,
        /// The type now.
        to: String,
    },
    /// A column takes other values than before, or takes them from somewhere else.
    Incompatible {
        /// The name.
        column: String,
        /// The type or the place before.
        from: String,
        /// The type or the place now.
        to: String,
    },
    /// A column has its type still, and reads values in another way: other nulls, other escapes,
    /// other writings of times.
    Reread {
        /// The name.
        column: String,
    },
}

impl SchemaChange {
    /// Tells whether readers of the version before can read what is written from now on.
    #[must_use]
    pub fn is_compatible(&self) -> bool {
        match self {
            Self::Added { is_required, .. } => !is_required,
            Self::Dropped { was_required, .. } => !was_required,
            Self::Widened { .. } | Self::Reread { .. } => true,
            Self::Narrowed { .. } | Self::Incompatible { .. } => false,
        }
    }
}

impl fmt::Display for SchemaChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { column, kind, is_required } => {
                let required = if *is_required { ", required" } else { "" };
                write!(formatter, "'{column}' is new ({kind}{required})")?;
            }
            Self::Dropped { column, was_required } => {
                let required = if *was_required { " (it was required)" } else { "" };
                write!(formatter, "'{column}' is gone{required}")?;
            }
            Self::Widened { column, from, to } => {
                write!(formatter, "'{column}' is wider: {to}, was {from}")?;
            }
            Self::Narrowed { column, from, to } => {
                write!(formatter, "'{column}' is narrower: {to}, was {from}")?;
            }
            Self::Incompatible { column, from, to } => {
                write!(formatter, "'{column}' is another one: {to}, was {from}")?;
            }
            Self::Reread { column } => {
                write!(formatter, "'{column}' is read in another way: nulls, escapes or times")?;
            }
        }
        if self.is_compatible() { Ok(()) } else { formatter.write_str("; incompatible") }
    }
}

impl SchemaFile {
    /// Returns the changes since a version before.
    ///
    /// # Errors
    ///
    /// The columns are others, and the version is not a later one.
    pub fn changes_since(&self, previous: &Self) -> Result<Vec<SchemaChange>, SchemaError> {
        let changes = self.compare(previous);
        if !changes.is_empty() && self.version <= previous.version {
            let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
            return Err(SchemaError::new(format!(
                "the columns have changed, and the version has not become later: it is {}, and was \
                 {} ({})",
                self.version,
                previous.version,
                changes.join(", ")
            )));
        }
        Ok(changes)
    }

    /// Returns the differences from another schema, whatever the versions.
    #[must_use]
    pub fn compare(&self, previous: &Self) -> Vec<SchemaChange> {
        let find = |columns: &[FileColumn], name: &str| {
            columns.iter().find(|column| column.name == name).cloned()
        };
        let mut changes = Vec::new();
        for old in &previous.columns {
            match find(&self.columns, &old.name) {
                Some(new) => compare_columns(old, &new, &mut changes),
                None => changes.push(SchemaChange::Dropped {
                    column: old.name.clone(),
                    was_required: old.is_required,
                }),
            }
        }
        for new in &self.columns {
            if find(&previous.columns, &new.name).is_none() {
                changes.push(SchemaChange::Added {
                    column: new.name.clone(),
                    kind: described(new),
                    is_required: new.is_required,
                });
            }
        }
        changes
    }
}

fn compare_columns(old: &FileColumn, new: &FileColumn, changes: &mut Vec<SchemaChange>) {
    let column = || new.name.clone();
    let (from, to) = (described(old), described(new));
    let is_same_type = old.is_list == new.is_list && is_same(old.kind, new.kind);
    if !is_same_type {
        changes.push(match (widens(old, new), widens(new, old)) {
            (true, _) => SchemaChange::Widened { column: column(), from, to },
            (false, true) => SchemaChange::Narrowed { column: column(), from, to },
            (false, false) => SchemaChange::Incompatible { column: column(), from, to },
        });
    }
    let (optional, required) = ("optional".to_owned(), "required".to_owned());
    match (old.is_required, new.is_required) {
        (true, false) => {
            let (from, to) = (required, optional);
            changes.push(SchemaChange::Widened { column: column(), from, to });
        }
        (false, true) => {
            let (from, to) = (optional, required);
            changes.push(SchemaChange::Narrowed { column: column(), from, to });
        }
        _ => {}
    }
    let (was, is) = (old.sources(), new.sources());
    if was != is {
        let (from, to) = (was.join(" and "), is.join(" and "));
        let (from, to) = (format!("from '{from}'"), format!("from '{to}'"));
        changes.push(SchemaChange::Incompatible { column: column(), from, to });
    }
    let is_read_so = old.nulls == new.nulls && old.decodes == new.decodes && old.kind == new.kind;
    if is_same_type && !is_read_so {
        changes.push(SchemaChange::Reread { column: column() });
    }
}

fn described(column: &FileColumn) -> String {
    let list = if column.is_list { "list of " } else { "" };
    format!("{list}{}", column.kind)
}

/// Tells whether two types are the same in the table, however their values are written in logs.
fn is_same(old: ColumnKind, new: ColumnKind) -> bool {
    old.data_type() == new.data_type()
}

/// Tells whether the second column takes all values of the first.
fn widens(old: &FileColumn, new: &FileColumn) -> bool {
    use ColumnKind::{Binary, Decimal, Float, Integer, Text, Unsigned};
    if new.is_list != old.is_list {
        // A list as it stands in the log is text.
        return old.is_list && new.kind == Text;
    }
    match (old.kind, new.kind) {
        (Text, Binary) => true,
        (Binary, _) => false,
        (_, Text) => true,
        (Integer | Unsigned, Decimal { .. } | Float) => true,
        (Decimal { scale: old }, Decimal { scale: new }) => old < new,
        (Decimal { .. }, Float) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(version: u32, columns: &[&str]) -> SchemaFile {
        let columns: Vec<String> =
            columns.iter().map(|column| format!("[[columns]]\n{column}\n")).collect();
        SchemaFile::parse(&format!("version = {version}\n{}", columns.join(""))).unwrap()
    }

    #[test]
    fn types_are_wider_narrower_or_others() {
        for (old, new, expected) in [
            ("integer", "decimal(3)", "is wider"),
            ("integer", "float", "is wider"),
            ("unsigned", "float", "is wider"),
            ("integer", "text", "is wider"),
            ("timestamp(clf)", "text", "is wider"),
            ("decimal(3)", "decimal(6)", "is wider"),
            ("text", "binary", "is wider"),
            ("decimal(6)", "decimal(3)", "is narrower"),
            ("float", "decimal(3)", "is narrower"),
            ("text", "integer", "is narrower"),
            ("binary", "text", "is narrower"),
            ("integer", "unsigned", "is another one"),
            ("boolean", "integer", "is another one"),
            ("timestamp(clf)", "timestamp(clf-milliseconds)", "is another one"),
            ("timestamp(clf)", "timestamp(iso8601)", "is read in another way"),
        ] {
            let column = |kind| format!("name = 'a'\ntype = '{kind}'");
            let changes = schema(2, &[&column(new)]).compare(&schema(1, &[&column(old)]));
            let [change] = &changes[..] else { panic!("{old} to {new}: {changes:?}") };
            let text = change.to_string();
            assert!(text.starts_with(&format!("'a' {expected}")), "{old} to {new}: {text}");
            let is_compatible = expected.contains("wider") || expected.contains("read");
            assert_eq!(change.is_compatible(), is_compatible, "{text}");
            assert_eq!(text.ends_with("; incompatible"), !is_compatible, "{text}");
        }
    }

    #[test]
    fn columns_come_and_go() {
        let kept = "name = 'kept'\ntype = 'text'";
        let old = schema(1, &[kept, "name = 'old'\ntype = 'text'\nrequired = true"]);
        let new = schema(2, &["name = 'new'\ntype = 'integer'\nlist = true", kept]);
        let changes: Vec<String> =
            new.changes_since(&old).unwrap().iter().map(ToString::to_string).collect();
        let gone = "'old' is gone (it was required); incompatible";
        assert_eq!(changes, [gone, "'new' is new (list of integer)"]);
    }

    #[test]
    fn needs_lists_and_sources_are_compared() {
        let check = |old: &str, new: &str, expected: &str| {
            let column = |more| format!("name = 'a'\n{more}");
            let changes = schema(2, &[&column(new)]).compare(&schema(1, &[&column(old)]));
            assert_eq!(changes.len(), 1, "{changes:?}");
            assert_eq!(changes[0].to_string(), expected);
        };
        check(
            "type = 'text'",
            "type = 'text'\nrequired = true",
            "'a' is narrower: required, was optional; incompatible",
        );
        check(
            "type = 'text'\nrequired = true",
            "type = 'text'",
            "'a' is wider: optional, was required",
        );
        check(
            "type = 'integer'\nlist = true",
            "type = 'text'",
            "'a' is wider: text, was list of integer",
        );
        check(
            "type = 'text'\nfrom = 'b'",
            "type = 'text'",
            "'a' is another one: from 'a', was from 'b'; incompatible",
        );
        check(
            "type = 'text'\nnulls = []",
            "type = 'text'",
            "'a' is read in another way: nulls, escapes or times",
        );
    }

    #[test]
    fn columns_that_changed_take_a_later_version() {
        let old = schema(2, &["name = 'a'\ntype = 'integer'"]);
        let wider = "name = 'a'\ntype = 'text'";
        for version in [1, 2] {
            let error = schema(version, &[wider]).changes_since(&old).unwrap_err().to_string();
            let expected = format!("the version has not become later: it is {version}, and was 2");
            assert!(error.contains(&expected), "{error}");
        }
        assert_eq!(schema(3, &[wider]).changes_since(&old).unwrap().len(), 1);
        let same = "name = 'a'\ntype = 'integer'";
        assert_eq!(schema(1, &[same]).changes_since(&old).unwrap(), []);
    }
}
