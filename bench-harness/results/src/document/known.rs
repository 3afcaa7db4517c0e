//! A fact that may be missing; missing facts carry their reason everywhere.

use serde::{Deserialize, Serialize};

/// A value, or the reason why there is none; on disk `{"value": …}` or `{"unavailable": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WireKnown<T>", into = "WireKnown<T>")]
#[serde(bound(serialize = "T: Clone + Serialize", deserialize = "T: Deserialize<'de>"))]
pub enum Known<T> {
    /// The value.
    Value(T),
    /// The reason for which there is none.
    Unavailable(String),
}

impl<T> Known<T> {
    /// Takes the value, or asks for the reason why there is none.
    #[must_use]
    pub fn from_option(value: Option<T>, reason: impl FnOnce() -> String) -> Self {
        value.map_or_else(|| Self::Unavailable(reason()), Self::Value)
    }

    /// Returns the value if there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Unavailable(_) => None,
        }
    }

    /// Converts the value if there is one.
    pub fn map<U>(self, function: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::Value(value) => Known::Value(function(value)),
            Self::Unavailable(reason) => Known::Unavailable(reason),
        }
    }
}

impl<T> From<Result<T, String>> for Known<T> {
    fn from(found: Result<T, String>) -> Self {
        match found {
            Ok(value) => Self::Value(value),
            Err(reason) => Self::Unavailable(reason),
        }
    }
}

/// Untagged, since a tagged enum would refuse fields that a later version adds.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WireKnown<T> {
    Value { value: T },
    Unavailable { unavailable: String },
}

impl<T> From<WireKnown<T>> for Known<T> {
    fn from(wire: WireKnown<T>) -> Self {
        match wire {
            WireKnown::Value { value } => Self::Value(value),
            WireKnown::Unavailable { unavailable } => Self::Unavailable(unavailable),
        }
    }
}

impl<T> From<Known<T>> for WireKnown<T> {
    fn from(known: Known<T>) -> Self {
        match known {
            Known::Value(value) => Self::Value { value },
            Known::Unavailable(unavailable) => Self::Unavailable { unavailable },
        }
    }
}
