//! IP addresses as the sixteen bytes of IPv6, where IPv4 stands as `::ffff:a.b.c.d`.

use std::net::IpAddr;
#[cfg(test)]
use std::net::Ipv6Addr;

use super::{Value, ValueError};

/// The bytes before an IPv4 address among those of IPv6.
const MAPPED: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/// The longest IPv4 address is `255.255.255.255`.
const IPV4_BYTES: usize = 15;

/// Reads an IP address.
#[inline(always)]
pub(crate) fn parse_address(value: Value<'_>) -> Result<[u8; 16], ValueError> {
    if let 7..=IPV4_BYTES = value.len()
        && let Some(bytes) = ipv4(u128::from_le_bytes(value.first()), value.len())
    {
        let mut address = [0; 16];
        address[..12].copy_from_slice(&MAPPED);
        address[12..].copy_from_slice(&bytes);
        return Ok(address);
    }
    parse_any(value.as_bytes())
}

const ONES: u128 = u128::from_le_bytes([1; 16]);

/// Returns a word with the highest bit set of each byte below 128 that is equal to one given.
#[inline(always)]
fn equal(word: u128, byte: u8) -> u128 {
    let different = word ^ (ONES * u128::from(byte));
    // A byte that is 0 stays below 128 when 127 is added, and carries into no other.
    let low = (different & (ONES * 0x7f)) + ONES * 0x7f;
    !(low | different) & (ONES * 0x80)
}

/// Reads the four numbers of `length` bytes, the first of which is the lowest of the word; nothing
/// where they are not written in the usual way.
#[inline(always)]
fn ipv4(word: u128, length: usize) -> Option<[u8; 4]> {
    // A point behind the end, so that all numbers end in one.
    let behind = u128::MAX << (8 * length);
    let word = (word & !behind) | (u128::from(b'.') << (8 * length));
    let mut points = equal(word, b'.') & !(behind << 8);
    if points.count_ones() != 4 {
        return None;
    }
    let mut bytes = [0; 4];
    let mut is_usual = true;
    let mut start = 0;
    for byte in &mut bytes {
        let end = points.trailing_zeros() - 7;
        points &= points - 1;
        let digits = end - start;
        // Three bytes with the last digit highest, and no digits before the first.
        let shifted = ((word >> start) as u32) << (24_u32.saturating_sub(digits) & 31);
        let numbers = ((shifted & 0x00ff_ffff) ^ 0x0030_3030)
            & (0x00ff_ffff << ((24_u32.saturating_sub(digits)) & 31));
        let [hundreds, tens, ones, _] = numbers.to_le_bytes();
        let number = u32::from(hundreds) * 100 + u32::from(tens) * 10 + u32::from(ones);
        let has_leading_zero = digits > 8 && (word >> start) as u8 == b'0';
        is_usual &= (8..=24).contains(&digits)
            && hundreds < 10
            && tens < 10
            && ones < 10
            && number < 256
            && !has_leading_zero;
        *byte = number as u8;
        start = end + 8;
    }
    is_usual.then_some(bytes)
}

#[inline(never)]
fn parse_any(bytes: &[u8]) -> Result<[u8; 16], ValueError> {
    let text = str::from_utf8(bytes).map_err(|_| ValueError::NotAddress)?;
    match text.parse() {
        Ok(IpAddr::V4(address)) => Ok(address.to_ipv6_mapped().octets()),
        Ok(IpAddr::V6(address)) => Ok(address.octets()),
        Err(_) => Err(ValueError::NotAddress),
    }
}

/// Returns an address as it is written, of the bytes that it was read as.
#[cfg(test)]
fn written(bytes: [u8; 16]) -> String {
    let address = Ipv6Addr::from(bytes);
    address.to_ipv4_mapped().map_or_else(|| address.to_string(), |address| address.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) {
        let expected = text.parse::<IpAddr>().ok().map(|address| match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        });
        for around in ["", "1", "....", "|1.2.3.4|1.2.3.4"] {
            let burst = format!("{around}{text}{around}");
            let end = around.len() + text.len();
            let value = Value::new(burst.as_bytes(), around.len(), end);
            assert_eq!(parse_address(value).ok(), expected, "{text} in {burst}");
        }
    }

    #[test]
    fn addresses_are_read() {
        for text in [
            "10.0.0.1",
            "255.255.255.255",
            "0.0.0.0",
            "1.22.133.4",
            "127.0.0.1",
            "::1",
            "2001:db8::8a2e:370:7334",
            "::ffff:10.0.0.1",
            "fe80::1",
            "1:2:3:4:5:6:7:8",
        ] {
            check(text);
            assert_eq!(parse_address(Value::of(text.as_bytes())).map(written).ok(), {
                let same = text.strip_prefix("::ffff:").unwrap_or(text);
                Some(same.to_owned())
            });
        }
    }

    #[test]
    fn what_is_none_is_told() {
        for text in [
            "",
            "-",
            "unix:",
            "example.com",
            "1.2.3",
            "1.2.3.4.5",
            "256.1.1.1",
            "1.2.3.999",
            "01.2.3.4",
            "1.2.3.04",
            "1..2.3",
            ".1.2.3",
            "1.2.3.",
            "1.2.3.4 ",
            "1.2.3.4:80",
            "1.2.3.-4",
            "1.2.3.0x1",
            "1234.1.1.1",
            "1.1.1.1111",
            "::1%eth0",
            "1.2.3.4\u{661}",
        ] {
            check(text);
            assert_eq!(parse_address(Value::of(text.as_bytes())), Err(ValueError::NotAddress));
        }
    }

    proptest! {
        #[test]
        fn the_standard_library_agrees(text in prop_oneof![
            "[0-9.]{0,16}",
            "[0-9]{1,3}(\\.[0-9]{1,3}){3}",
            "[0-9a-f:.]{0,20}",
        ]) {
            check(&text);
        }
    }
}
