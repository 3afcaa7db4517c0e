//! Reads JSON documents into types as a strict schema would: what serde's derived types also take,
//! a list for an object or an object for a word, is refused. Every error names its place.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;
use serde_path_to_error::Segment;

/// Reads a document.
///
/// # Errors
///
/// Fails with the first part that the type does not take.
pub fn read<T: DeserializeOwned>(document: &Value) -> Result<T, Misfit> {
    serde_path_to_error::deserialize(Part(document)).map_err(|error| Misfit {
        pointer: error.path().iter().map(step).collect(),
        what: error.into_inner().to_string(),
    })
}

/// A part of a document that is not as its type wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The place, as a JSON pointer.
    pub pointer: String,
    /// The value found there, and the one expected.
    pub what: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => write!(formatter, "at the top: {}", self.what),
            pointer => write!(formatter, "at {pointer}: {}", self.what),
        }
    }
}

impl std::error::Error for Misfit {}

/// Writes a step as a JSON pointer has it.
fn step(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    }
}

/// A part of a document, to be read strictly with all that is in it.
struct Part<'de>(&'de Value);

impl<'de> IntoDeserializer<'de, serde_json::Error> for Part<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Part<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Array(items) => {
                let mut items = SeqDeserializer::new(items.iter().map(Part));
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }
            Value::Object(fields) => visitor.visit_map(MapDeserializer::new(
                fields.iter().map(|(name, value)| (name.as_str(), Part(value))),
            )),
            scalar => scalar.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &"an object")),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::String(word) => visitor.visit_enum(word.as_str().into_deserializer()),
            Value::Object(_) => Err(Error::invalid_type(Unexpected::Map, &"a word")),
            other => other.deserialize_enum("", &[], visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::{Value, read};

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it is read and never looked at")]
    struct Point {
        x: u64,
        side: Option<Side>,
        pairs: Vec<(f64, f64)>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Side {
        Left,
    }

    fn refusal(document: &Value) -> String {
        read::<Vec<Point>>(document).unwrap_err().to_string()
    }

    #[test]
    fn values_are_read_and_fields_of_later_versions_passed_over() {
        let points = json!([
            { "x": 1, "side": "left", "pairs": [[1, 2.5]], "later": [{}] },
            { "x": 2, "side": null, "pairs": [] },
        ]);
        assert_eq!(read::<Vec<Point>>(&points).unwrap().len(), 2);
    }

    #[test]
    fn lists_are_no_objects_and_objects_no_words() {
        assert_eq!(
            refusal(&json!([[1, "left", []]])),
            "at /0: invalid type: sequence, expected an object"
        );
        assert_eq!(
            refusal(&json!([{ "x": 1, "side": { "left": null }, "pairs": [] }])),
            "at /0/side: invalid type: map, expected a word"
        );
    }

    #[test]
    fn errors_name_place_and_value() {
        for (point, expected) in [
            (json!(7), "at /0: invalid type: integer `7`, expected struct Point"),
            (json!({ "pairs": [] }), "at /0: missing field `x`"),
            (json!({ "x": 1.5 }), "at /0/x: invalid type: floating point `1.5`, expected u64"),
            (json!({ "x": 1, "side": 3 }), "at /0/side: invalid type: integer `3`, expected "),
            (json!({ "x": 1, "side": "up" }), "at /0/side: unknown variant `up`, expected `left`"),
            (json!({ "x": 1, "pairs": [[1, 2, 3]] }), "at /0/pairs/0: invalid length 3, expected"),
            (json!({ "x": 1, "pairs": [[1]] }), "at /0/pairs/0: invalid length 1, expected"),
        ] {
            let found = refusal(&json!([point]));
            assert!(found.starts_with(expected), "{found}");
        }
        let found = read::<u64>(&json!("1")).unwrap_err().to_string();
        assert_eq!(found, "at the top: invalid type: string \"1\", expected u64");
        let map = read::<std::collections::BTreeMap<String, bool>>(&json!({ "a/b~": 1 }));
        assert_eq!(map.unwrap_err().pointer, "/a~1b~0");
    }
}
