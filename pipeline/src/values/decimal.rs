//! Numbers with a fraction: exact ones, counted in powers of a tenth, and binary ones.

use super::digits::{are_digits, keep_last, number};
use super::integer::sign_and_digits;
use super::{Value, ValueError};

/// The most digits of a number, all in all: what 64 bits have room for.
const MAXIMUM_DIGITS: usize = 18;

/// Reads a number with three digits after the point and up to four before it, as most servers write
/// seconds, `0.123`, in thousandths; and tells whether it is one that can be read so. If not, what
/// is returned has no meaning.
#[inline(always)]
pub(crate) fn usual_milliseconds<const HAS_ROOM: bool>(value: Value<'_, HAS_ROOM>) -> (u64, bool) {
    let Some(word) = value.last_eight() else {
        return (0, false);
    };
    let length = value.len();
    let word = keep_last(word, length);
    let (before, point) = (word & 0xffff_ffff, (word >> 32) as u8);
    let after = word & 0xffff_ff00_0000_0000;
    let digits = after | (before << 8) | u64::from(b'0');
    let has_length = length.wrapping_sub(5) <= 3;
    (number(digits), has_length & (point == b'.') & are_digits(digits))
}

/// Reads a number, and returns how many times it has 10 to the power of `-scale` in it.
///
/// It may have a sign, and fewer digits after the point than `scale`, or no point.
pub(crate) fn parse_decimal(bytes: &[u8], scale: u8) -> Result<i64, ValueError> {
    let (is_negative, magnitude) = sign_and_digits(bytes);
    let point = magnitude.iter().position(|&byte| byte == b'.');
    let (whole, fraction) = match point {
        Some(point) => (&magnitude[..point], &magnitude[point + 1..]),
        None => (magnitude, &[][..]),
    };
    let are_digits = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    if (whole.is_empty() && fraction.is_empty()) || !are_digits(whole) || !are_digits(fraction) {
        return Err(ValueError::NotNumber);
    }
    let zeros = fraction.iter().rev().take_while(|&&digit| digit == b'0').count();
    let fraction = &fraction[..fraction.len() - zeros];
    if fraction.len() > usize::from(scale) {
        return Err(ValueError::TooPrecise { scale });
    }
    let zeros = whole.iter().take_while(|&&digit| digit == b'0').count();
    let whole = &whole[zeros..];
    if whole.len() + usize::from(scale) > MAXIMUM_DIGITS {
        return Err(ValueError::OutOfRange);
    }
    let missing = usize::from(scale) - fraction.len();
    let digits = whole.iter().chain(fraction).copied().chain(std::iter::repeat_n(b'0', missing));
    let magnitude = digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Ok(if is_negative { -magnitude } else { magnitude })
}

/// Reads a number as the nearest of 64 bits; names such as `inf` are none.
pub(crate) fn parse_float(bytes: &[u8]) -> Result<f64, ValueError> {
    let (_, digits) = sign_and_digits(bytes);
    if !digits.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.') {
        return Err(ValueError::NotNumber);
    }
    let text = str::from_utf8(bytes).map_err(|_| ValueError::NotNumber)?;
    let number: f64 = text.parse().map_err(|_| ValueError::NotNumber)?;
    if number.is_finite() { Ok(number) } else { Err(ValueError::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str, scale: u8) -> Result<i64, ValueError> {
        let found = parse_decimal(text.as_bytes(), scale);
        let is_usual = (5..=8).contains(&text.len())
            && text[..text.len() - 4].bytes().all(|byte| byte.is_ascii_digit())
            && text[text.len() - 4..].starts_with('.');
        for around in ["99999999", "........"].iter().filter(|_| scale == 3) {
            let burst = format!("{around}{text}{around}");
            let end = around.len() + text.len();
            let value = Value::new(burst.as_bytes(), around.len(), end);
            let (number, has_usual_form) = usual_milliseconds(value);
            assert_eq!(has_usual_form, is_usual && found.is_ok(), "{text}");
            if has_usual_form {
                assert_eq!(Ok(number as i64), found, "{text}");
            }
        }
        found
    }

    #[test]
    fn digits_are_counted_from_the_last() {
        assert_eq!(decimal("0.123", 3), Ok(123));
        assert_eq!(decimal("12.345", 3), Ok(12_345));
        assert_eq!(decimal("1234.567", 3), Ok(1_234_567));
        assert_eq!(decimal("12345.678", 3), Ok(12_345_678));
        assert_eq!(decimal("0.1", 3), Ok(100));
        assert_eq!(decimal("7", 3), Ok(7_000));
        assert_eq!(decimal("-1", 3), Ok(-1_000));
        assert_eq!(decimal("-0.001", 3), Ok(-1));
        assert_eq!(decimal("+0.5", 3), Ok(500));
        assert_eq!(decimal("007.000", 3), Ok(7_000));
        assert_eq!(decimal(".5", 3), Ok(500));
        assert_eq!(decimal("5.", 3), Ok(5_000));
        assert_eq!(decimal("0.123000", 3), Ok(123));
        assert_eq!(decimal("0.123456", 6), Ok(123_456));
        assert_eq!(decimal("42", 0), Ok(42));
        assert_eq!(decimal("999999999999999.999", 3), Ok(999_999_999_999_999_999));
        assert_eq!(decimal("0.999999999999999999", 18), Ok(999_999_999_999_999_999));
    }

    #[test]
    fn what_has_no_room_is_told() {
        assert_eq!(decimal("0.1234", 3), Err(ValueError::TooPrecise { scale: 3 }));
        assert_eq!(decimal("1000000000000000.0", 3), Err(ValueError::OutOfRange));
        assert_eq!(decimal("1", 18), Err(ValueError::OutOfRange));
        for text in
            ["", ".", "-", "-.", "1.2.3", "1,5", "1e3", "nan", " 1", "0x1", "12:30", "0-123"]
        {
            assert_eq!(decimal(text, 3), Err(ValueError::NotNumber), "{text}");
        }
    }

    #[test]
    fn floats_are_the_nearest_ones() {
        let float = |text: &str| parse_float(text.as_bytes());
        assert_eq!(float("0.1"), Ok(0.1));
        assert_eq!(float("-12.5e3"), Ok(-12_500.0));
        assert_eq!(float("1e999"), Err(ValueError::OutOfRange));
        for text in ["", "nan", "inf", "-infinity", "1_0", "a"] {
            assert_eq!(float(text), Err(ValueError::NotNumber), "{text}");
        }
    }
}
