//! Numbers as text: `format!` costs more than the whole rest of a line.

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends a number in decimal.
#[inline]
pub(crate) fn push_decimal(out: &mut Vec<u8>, mut value: u64) {
    // `u64::MAX` has 20 digits.
    let mut text = [0; 20];
    let mut start = text.len();
    loop {
        start -= 1;
        text[start] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&text[start..]);
}

/// Appends milliseconds the way nginx prints them, in seconds with three decimals.
#[inline]
pub(crate) fn push_seconds(out: &mut Vec<u8>, milliseconds: u64) {
    push_decimal(out, milliseconds / 1000);
    let mut fraction = *b".000";
    write_padded(&mut fraction[1..], milliseconds % 1000);
    out.extend_from_slice(&fraction);
}

/// Fills the text with a number's last digits, zeros in front.
#[inline]
pub(crate) fn write_padded(text: &mut [u8], mut value: u64) {
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

/// Appends the lowest `count` hexadecimal digits of a number, at most 16.
#[inline]
pub(crate) fn push_hex_digits(out: &mut Vec<u8>, value: u64, count: u32) {
    for shift in (0..count).rev() {
        out.push(HEX[(value >> (shift * 4)) as usize & 15]);
    }
}

/// Appends a byte in hexadecimal, in the capitals of servers' escapes.
pub(crate) fn push_hex_digits_upper(out: &mut Vec<u8>, byte: u8) {
    let digits = [byte >> 4, byte & 15].map(|digit| HEX[usize::from(digit)].to_ascii_uppercase());
    out.extend_from_slice(&digits);
}

/// Appends a number in hexadecimal without zeros in front.
#[inline]
pub(crate) fn push_hex(out: &mut Vec<u8>, value: u64) {
    let count = (u64::BITS - value.leading_zeros()).div_ceil(4);
    push_hex_digits(out, value, count.max(1));
}
