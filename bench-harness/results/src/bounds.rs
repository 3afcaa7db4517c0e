//! Types of what JSON documents hold that know their bounds, and ways to read a field through one:
//! for `#[serde(deserialize_with = …)]`, where the program itself wants a plain number or text.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

/// Reads a field that has to be there.
///
/// # Errors
///
/// Fails where the type `W` does.
pub fn field<'de, W, T, D>(deserializer: D) -> Result<T, D::Error>
where
    W: Deserialize<'de> + Into<T>,
    D: Deserializer<'de>,
{
    W::deserialize(deserializer).map(Into::into)
}

/// Reads a field that may be absent, together with `#[serde(default)]`, but is never `null`.
///
/// # Errors
///
/// Fails where the type `W` does.
pub fn present<'de, W, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    W: Deserialize<'de> + Into<T>,
    D: Deserializer<'de>,
{
    field::<W, T, D>(deserializer).map(Some)
}

/// Reads a field that may be `null`, but has to be there: a derived `Option` need not.
///
/// # Errors
///
/// Fails where the type `W` does.
pub fn nullable<'de, W, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    W: Deserialize<'de> + Into<T>,
    D: Deserializer<'de>,
{
    Ok(Option::<W>::deserialize(deserializer)?.map(Into::into))
}

/// Reads a list.
///
/// # Errors
///
/// Fails where the type `W` does.
pub fn list<'de, W, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    W: Deserialize<'de> + Into<T>,
    D: Deserializer<'de>,
{
    Ok(Vec::<W>::deserialize(deserializer)?.into_iter().map(Into::into).collect())
}

/// Reads a list of at least one.
///
/// # Errors
///
/// Fails where the type `W` does, and if the list is empty.
pub fn some<'de, W, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    W: Deserialize<'de> + Into<T>,
    D: Deserializer<'de>,
{
    let items = list::<W, T, D>(deserializer)?;
    if items.is_empty() {
        return Err(Error::invalid_length(0, &"at least one"));
    }
    Ok(items)
}

/// A whole number between two others, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole<const LEAST: u64, const MOST: u64>(u64);

/// A whole number of at least 1.
pub type Positive = Whole<1, { u64::MAX }>;

impl<'de, const LEAST: u64, const MOST: u64> Deserialize<'de> for Whole<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Within<const LEAST: u64, const MOST: u64>;

        impl<const LEAST: u64, const MOST: u64> Visitor<'_> for Within<LEAST, MOST> {
            type Value = u64;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "a whole number of at least {LEAST}")?;
                if MOST < u64::MAX { write!(formatter, " and at most {MOST}") } else { Ok(()) }
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
                if (LEAST..=MOST).contains(&number) {
                    return Ok(number);
                }
                Err(E::invalid_value(Unexpected::Unsigned(number), &self))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
                match u64::try_from(number) {
                    Ok(number) => self.visit_u64(number),
                    Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
                }
            }
        }

        deserializer.deserialize_u64(Within::<LEAST, MOST>).map(Self)
    }
}

impl<const LEAST: u64, const MOST: u64> From<Whole<LEAST, MOST>> for u64 {
    fn from(number: Whole<LEAST, MOST>) -> Self {
        number.0
    }
}

impl<const LEAST: u64> From<Whole<LEAST, { u32::MAX as u64 }>> for u32 {
    fn from(number: Whole<LEAST, { u32::MAX as u64 }>) -> Self {
        number.0 as Self
    }
}

/// Defines a type of numbers or texts of which some are refused.
macro_rules! define {
    ($(#[$doc:meta])* $name:ident, $inner:ty as $seen:ty, $expected:literal, $accepts:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name($inner);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let checked: Checked<$seen> = Checked { expected: $expected, accepts: $accepts };
                checked.read(deserializer).map(Self)
            }
        }

        impl From<$name> for $inner {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

define!(
    /// A number above 0.
    AboveZero, f64 as f64, "a number above 0", |number| *number > 0.0
);
define!(
    /// A number that is not below 0.
    NotNegative, f64 as f64, "a number of at least 0", |number| *number >= 0.0
);
define!(
    /// A share of a whole.
    Share, f64 as f64, "a number from 0 to 1", |number| (0.0..=1.0).contains(number)
);
define!(
    /// A text that says something.
    Text, String as str, "a text that is not empty", |text| !text.is_empty()
);
define!(
    /// A text of one letter.
    Letter, String as str, "one letter", |text| text.chars().count() == 1
);
define!(
    /// A SHA-256 in hexadecimal digits.
    Sha256, String as str, "64 hexadecimal digits in lower case", |text| {
        text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }
);

/// Takes a value and checks it.
struct Checked<T: ?Sized> {
    expected: &'static str,
    accepts: fn(&T) -> bool,
}

impl Checked<f64> {
    fn read<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<f64, D::Error> {
        deserializer.deserialize_f64(self)
    }

    fn check<E: Error>(self, number: f64, found: Unexpected<'_>) -> Result<f64, E> {
        if (self.accepts)(&number) { Ok(number) } else { Err(E::invalid_value(found, &self)) }
    }
}

impl Checked<str> {
    fn read<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_string(self)
    }
}

impl Visitor<'_> for Checked<f64> {
    type Value = f64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
        self.check(number, Unexpected::Float(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
        self.check(number as f64, Unexpected::Unsigned(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
        self.check(number as f64, Unexpected::Signed(number))
    }
}

impl Visitor<'_> for Checked<str> {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        if (self.accepts)(text) {
            return Ok(text.to_owned());
        }
        Err(E::invalid_value(Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::strict::read;

    #[derive(Debug, Deserialize)]
    struct Sample {
        #[serde(deserialize_with = "nullable::<Positive, _, _>")]
        nullable: Option<u64>,
        #[serde(default, deserialize_with = "present::<Positive, _, _>")]
        present: Option<u64>,
        #[serde(deserialize_with = "some::<Whole<0, 9>, _, _>")]
        some: Vec<u64>,
    }

    fn refusal<T: fmt::Debug + serde::de::DeserializeOwned>(document: &Value) -> String {
        read::<T>(document).unwrap_err().to_string()
    }

    #[test]
    fn null_and_absence_are_different_things() {
        let sample: Sample = read(&json!({ "nullable": null, "some": [0, 9] })).unwrap();
        assert_eq!((sample.nullable, sample.present, sample.some), (None, None, vec![0, 9]));
        for (document, expected) in [
            (json!({ "some": [1] }), "at the top: missing field `nullable`"),
            (json!({ "present": null }), "at /present: invalid type: null, expected a whole"),
            (json!({ "nullable": 0 }), "at /nullable: invalid value: integer `0`, expected a wh"),
            (json!({ "some": [] }), "at /some: invalid length 0, expected at least one"),
            (
                json!({ "some": [1, 10] }),
                "at /some/1: invalid value: integer `10`, expected a whole number of at least 0 \
                 and at most 9",
            ),
        ] {
            let found = refusal::<Sample>(&document);
            assert!(found.starts_with(expected), "{found}");
        }
    }

    #[test]
    fn values_out_of_bounds_are_refused_with_what_was_expected() {
        for (found, expected) in [
            (
                refusal::<Positive>(&json!(-8)),
                "integer `-8`, expected a whole number of at least 1",
            ),
            (refusal::<Positive>(&json!(1.5)), "floating point `1.5`, expected a whole number of"),
            (refusal::<AboveZero>(&json!(0)), "integer `0`, expected a number above 0"),
            (refusal::<AboveZero>(&json!("1")), "string \"1\", expected a number above 0"),
            (refusal::<NotNegative>(&json!(-0.5)), "point `-0.5`, expected a number of at least 0"),
            (refusal::<Share>(&json!(1.01)), "point `1.01`, expected a number from 0 to 1"),
            (refusal::<Text>(&json!("")), "string \"\", expected a text that is not empty"),
            (refusal::<Letter>(&json!("||")), "string \"||\", expected one letter"),
            (refusal::<Letter>(&json!("")), "string \"\", expected one letter"),
            (refusal::<Sha256>(&json!("AB")), "string \"AB\", expected 64 hexadecimal digits"),
        ] {
            assert!(found.contains(expected), "{found}");
        }
        assert_eq!(read::<NotNegative>(&json!(0)).unwrap(), NotNegative(0.0));
        assert_eq!(read::<Letter>(&json!("ÿ")).unwrap(), Letter("ÿ".to_owned()));
        assert_eq!(read::<Share>(&json!(1)).unwrap(), Share(1.0));
        assert!(read::<Sha256>(&json!("0a".repeat(32))).is_ok());
    }
}
