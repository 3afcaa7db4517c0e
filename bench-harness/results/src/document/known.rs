//! A fact that may be missing; missing facts carry their reason everywhere.

use crate::bounds;
use serde::{Deserialize, Serialize};

/// A value, or the reason why there is none; on disk `{"value": …}` or `{"unavailable": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireKnown<T>", into = "WireKnown<T>")]
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

/// A value goes before a reason that stands beside it, and fields that a later version adds are
/// passed over, which a tagged enum would refuse.
#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct WireKnown<T> {
    #[serde(default, deserialize_with = "bounds::present::<T, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<T>,
    #[serde(default, deserialize_with = "bounds::present::<String, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    unavailable: Option<String>,
}

impl<T> TryFrom<WireKnown<T>> for Known<T> {
    type Error = &'static str;

    fn try_from(wire: WireKnown<T>) -> Result<Self, &'static str> {
        match (wire.value, wire.unavailable) {
            (Some(value), _) => Ok(Self::Value(value)),
            (None, Some(reason)) => Ok(Self::Unavailable(reason)),
            (None, None) => Err(NEITHER),
        }
    }
}

impl<T> From<Known<T>> for WireKnown<T> {
    fn from(known: Known<T>) -> Self {
        match known {
            Known::Value(value) => Self { value: Some(value), unavailable: None },
            Known::Unavailable(reason) => Self { value: None, unavailable: Some(reason) },
        }
    }
}

/// Says that a fact is missing, and its reason, too.
pub(super) const NEITHER: &str = "missing field `value`, or `unavailable` with the reason";
