//! Whole numbers.

use super::digits::{are_digits, keep_last, number};
use super::{Value, ValueError};

/// Reads a number of up to eight digits, and tells whether it is one that can be read so. If not,
/// what is returned has no meaning.
#[inline(always)]
pub(crate) fn usual_integer<const HAS_ROOM: bool>(value: Value<'_, HAS_ROOM>) -> (u64, bool) {
    let Some(word) = value.last_eight() else {
        return (0, false);
    };
    let length = value.len();
    let word = keep_last(word, length);
    (number(word), (length.wrapping_sub(1) <= 7) & are_digits(word))
}

/// Reads a whole number, which may have a sign, and zeros before it.
pub(crate) fn parse_integer(bytes: &[u8]) -> Result<i64, ValueError> {
    let magnitude = parse_magnitude(sign_and_digits(bytes))?;
    i64::try_from(magnitude).map_err(|_| ValueError::OutOfRange)
}

/// Reads a whole number that is not negative.
pub(crate) fn parse_unsigned(bytes: &[u8]) -> Result<u64, ValueError> {
    let magnitude = parse_magnitude(sign_and_digits(bytes))?;
    u64::try_from(magnitude).map_err(|_| ValueError::OutOfRange)
}

/// Splits a number at its sign, and tells whether that is a minus.
pub(super) fn sign_and_digits(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    }
}

fn parse_magnitude((is_negative, digits): (bool, &[u8])) -> Result<i128, ValueError> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(ValueError::NotInteger);
    }
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    let digits = &digits[zeros..];
    // 10^38 has room in 128 bits.
    if digits.len() > 38 {
        return Err(ValueError::OutOfRange);
    }
    let add = |sum: i128, digit: &u8| sum * 10 + i128::from(digit - b'0');
    let magnitude = digits.iter().fold(0, add);
    Ok(if is_negative { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(text: &str) -> Result<i64, ValueError> {
        let is_usual =
            matches!(text.len(), 1..=8) && text.bytes().all(|byte| byte.is_ascii_digit());
        let found = parse_integer(text.as_bytes());
        // Bytes around it must not matter.
        for around in ["99999999", "||||||||"] {
            let burst = format!("{around}{text}{around}");
            let end = around.len() + text.len();
            let value = Value::new(burst.as_bytes(), around.len(), end);
            let (number, has_usual_form) = usual_integer(value);
            assert_eq!(has_usual_form, is_usual, "{text}");
            assert!(!is_usual || found == Ok(number as i64), "{text}");
            let at_start = usual_integer(Value::of(text.as_bytes()));
            assert!(!at_start.1 || found == Ok(at_start.0 as i64), "{text}");
        }
        found
    }

    #[test]
    fn whole_numbers_are_read() {
        for number in [0, 7, 10, 200, 12345678, 123456789, 1 << 40, i64::MAX] {
            assert_eq!(integer(&number.to_string()), Ok(number));
            assert_eq!(integer(&format!("-{number}")), Ok(-number));
            assert_eq!(integer(&format!("+{number}")), Ok(number));
            assert_eq!(integer(&format!("000{number}")), Ok(number));
        }
        assert_eq!(integer(&i64::MIN.to_string()), Ok(i64::MIN));
        assert_eq!(integer("9223372036854775808"), Err(ValueError::OutOfRange));
        assert_eq!(integer(&"9".repeat(100)), Err(ValueError::OutOfRange));
        assert_eq!(integer(&format!("{}7", "0".repeat(100))), Ok(7));
        for text in ["", "-", "+", "1.5", "0x10", "1 ", " 1", "١", "--1", "+-1", "1e3", "1-"] {
            assert_eq!(integer(text), Err(ValueError::NotInteger), "{text}");
        }
    }

    #[test]
    fn numbers_without_a_sign_go_further() {
        let unsigned = |text: &str| parse_unsigned(text.as_bytes());
        assert_eq!(unsigned("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(unsigned("18446744073709551616"), Err(ValueError::OutOfRange));
        assert_eq!(unsigned("-1"), Err(ValueError::OutOfRange));
        assert_eq!(unsigned("-0"), Ok(0));
        assert_eq!(unsigned("200"), Ok(200));
        assert_eq!(unsigned("a"), Err(ValueError::NotInteger));
    }
}
