//! Events: what happens on the way that somebody may want to be told of at once.

use std::fmt;

use serde::Serialize;

use crate::breaker::BreakerState;

/// An event. It serializes as an object whose `event` says which one it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// The breaker of a column is in another state.
    Breaker {
        /// The name of the input.
        input: String,
        /// The number of the first line that is read so.
        line_number: u64,
        /// The name of the column.
        column: String,
        /// The state before.
        from: BreakerState,
        /// The state after.
        to: BreakerState,
        /// The mismatches that led to it, or the values that fit.
        count: u64,
    },
    /// Record batches were left out, for values are missing that must be there.
    Refused {
        /// The name of the input.
        input: String,
        /// The number of the first line that lacks a value.
        line_number: u64,
        /// The name of the column that it lacks.
        column: String,
        /// The lines of these batches.
        lines: u64,
    },
    /// A file that exists has a schema of another version.
    SchemaDrift {
        /// The path of the file.
        file: String,
        /// The version of its schema; none where it does not say.
        found: Option<u32>,
        /// The version of the schema now.
        version: u32,
        /// True if the file is written nevertheless.
        is_confirmed: bool,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Breaker { input, line_number, column, from, to, count } => {
                write!(
                    formatter,
                    "{input}: from line {line_number} on the breaker of '{column}' is {to}, after \
                     {from}: "
                )?;
                match to {
                    BreakerState::Open => {
                        let (s, are) = if *count == 1 { ("", "is") } else { ("s", "are") };
                        write!(formatter, "{count} value{s} {are} not of its type, and it is text")
                    }
                    BreakerState::HalfOpen => formatter.write_str("its type is tried again"),
                    BreakerState::Closed => write!(formatter, "{count} values are of its type"),
                }
            }
            Self::Refused { input, line_number, column, lines } => {
                let s = if *lines == 1 { "" } else { "s" };
                write!(
                    formatter,
                    "{input}: line {line_number} lacks '{column}', which the schema requires: the \
                     {lines} line{s} of its record batch are left out"
                )
            }
            Self::SchemaDrift { file, found, version, is_confirmed } => {
                write!(formatter, "{file}: it has a schema of ")?;
                match found {
                    Some(found) if found != version => {
                        write!(formatter, "version {found}, and this one is of version {version}")?;
                    }
                    Some(_) => write!(formatter, "version {version}, too, with other columns")?,
                    None => {
                        write!(formatter, "no version, and this one is of version {version}")?;
                    }
                }
                let end = if *is_confirmed { "; confirmed" } else { "" };
                formatter.write_str(end)
            }
        }
    }
}

/// Takes events.
pub trait Events: Send {
    /// Takes one.
    fn take(&mut self, event: &Event);
}

/// Takes no notice of any.
impl Events for () {
    fn take(&mut self, _: &Event) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_a_line_for_people_and_an_object_for_programs() {
        let event = |to, count| Event::Breaker {
            input: "access.log".to_owned(),
            line_number: 7,
            column: "status".to_owned(),
            from: BreakerState::HalfOpen,
            to,
            count,
        };
        let opened = event(BreakerState::Open, 1);
        assert_eq!(
            opened.to_string(),
            "access.log: from line 7 on the breaker of 'status' is open, after half-open: 1 value \
             is not of its type, and it is text"
        );
        let closed = event(BreakerState::Closed, 120).to_string();
        assert!(closed.ends_with("is closed, after half-open: 120 values are of its type"));
        assert_eq!(
            serde_json::to_string(&opened).unwrap(),
            concat!(
                r#"{"event":"breaker","input":"access.log","line_number":7,"column":"status","#,
                r#""from":"half-open","to":"open","count":1}"#
            )
        );
        let drift = Event::SchemaDrift {
            file: "a.parquet".to_owned(),
            found: Some(1),
            version: 2,
            is_confirmed: true,
        };
        assert_eq!(
            drift.to_string(),
            "a.parquet: it has a schema of version 1, and this one is of version 2; confirmed"
        );
    }
}
