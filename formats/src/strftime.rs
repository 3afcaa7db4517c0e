//! `strftime`: which punctuation a time has in a notation that its format string gives.

use crate::column::{TimestampFormat, ValueType};
use crate::value::Holds;

/// Returns the type of a time that is written so.
pub(crate) fn kind(format: &str) -> (ValueType, Holds) {
    let holds = example(format).map_or(Holds::Text, |example| Holds::Shape(example.into()));
    let written = match format {
        "%d/%b/%Y:%H:%M:%S %z" | "%d/%b/%Y:%T %z" => TimestampFormat::Clf,
        "%F" | "%Y-%m-%d" => TimestampFormat::Date,
        "%T" | "%H:%M:%S" => TimestampFormat::TimeOfDay,
        "%s" => TimestampFormat::EpochSeconds,
        "%FT%T%z" | "%Y-%m-%dT%H:%M:%S%z" | "%Y-%m-%dT%T%z" | "%FT%TZ" | "%Y-%m-%dT%H:%M:%SZ" => {
            TimestampFormat::Iso8601
        }
        _ => TimestampFormat::Custom,
    };
    (ValueType::Timestamp(written), holds)
}

/// Returns a time in this notation; `None` where others can have other punctuation.
fn example(format: &str) -> Option<String> {
    let mut example = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            example.push(letter);
            continue;
        }
        example.push_str(match letters.next()? {
            'd' | 'H' | 'I' | 'm' | 'M' | 'S' | 'y' | 'u' | 'w' | 'U' | 'V' | 'W' | 'C' | 'g' => {
                "01"
            }
            'Y' | 'G' => "2026",
            'j' => "060",
            'b' | 'h' | 'a' | 'B' | 'A' | 'p' | 'P' => "Mar",
            's' => "1772359200",
            'z' => "+0000",
            'Z' => "UTC",
            'F' => "2026-03-01",
            'D' | 'x' => "03/01/26",
            'T' | 'X' => "10:00:00",
            'R' => "10:00",
            't' => "\t",
            '%' => "%",
            // Padded with blanks, or as the locale has it.
            _ => return None,
        });
    }
    Some(example)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_punctuation_of_their_format() {
        assert_eq!(
            kind("%d/%b/%Y:%H:%M:%S %z"),
            (
                ValueType::Timestamp(TimestampFormat::Clf),
                Holds::Shape("01/Mar/2026:01:01:01 +0000".into())
            )
        );
        let iso = ValueType::Timestamp(TimestampFormat::Iso8601);
        assert_eq!(kind("%FT%T%z"), (iso, Holds::Shape("2026-03-01T10:00:00+0000".into())));
        let custom = ValueType::Timestamp(TimestampFormat::Custom);
        assert_eq!(kind("%a %R%%"), (custom, Holds::Shape("Mar 10:00%".into())));
        assert_eq!(kind("%e %b"), (custom, Holds::Text));
        assert_eq!(kind("%"), (custom, Holds::Text));
    }
}
