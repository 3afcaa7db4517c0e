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
        && let Some(bytes) = ipv4(value)
    {
        let mut address = [0; 16];
        address[..12].copy_from_slice(&MAPPED);
        address[12..].copy_from_slice(&bytes);
        return Ok(address);
    }
    parse_any(value.as_bytes())
}

const ONES: u64 = u64::from_le_bytes([1; 8]);

/// Returns a bit for each byte of a word that is a point, the first byte's the lowest.
#[inline(always)]
fn points(word: u64) -> u32 {
    let different = word ^ (ONES * u64::from(b'.'));
    // A byte that is 0 stays below 128 when 127 is added, and carries into no other.
    let low = (different & (ONES * 0x7f)) + ONES * 0x7f;
    let equal = !(low | different) & (ONES * 0x80);
    // Each factor brings the bit of another byte to the highest byte.
    ((equal >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
}

/// A number of an address by the count of its digits: the bytes that they are in a word of four
/// that ends with them, and the least number that is written with so many.
const NUMBERS: [(u32, u32); 4] = [(0, 1), (0xff00_0000, 0), (0xffff_0000, 10), (0xffff_ff00, 100)];

/// The bytes before a value that are read with its first number.
const BEFORE: usize = 3;

/// Reads the four numbers of an address; nothing where they are not written in the usual way.
///
/// Each is read from where it ends, with the three bytes before it, which takes fewer instructions
/// than to shift a word of sixteen bytes to each.
#[inline(always)]
fn ipv4(value: Value<'_>) -> Option<[u8; 4]> {
    let mut copy = [0; BEFORE + 16];
    let bytes: &[u8; BEFORE + 16] = value.with_before(BEFORE, &mut copy);
    let [low, high] = *bytes[BEFORE..].as_chunks::<8>().0 else {
        unreachable!("sixteen bytes are twice eight");
    };
    let points = points(u64::from_le_bytes(low)) | points(u64::from_le_bytes(high)) << 8;
    let length = value.len() as u32;
    // A point behind the end, so that all numbers end in one.
    let mut points = (points & ((1 << length) - 1)) | 1 << length;
    let mut numbers = [0; 4];
    let mut unusual = 0;
    let mut start = 0;
    for byte in &mut numbers {
        // 32 where there is none left, and so are the digits too many.
        let end = points.trailing_zeros();
        points &= points.wrapping_sub(1);
        let &(kept, least) = NUMBERS.get((end - start) as usize)?;
        // The offset is that of the first of four: below 16, which spares a check.
        let first = (end as usize).wrapping_sub(1) & 15;
        let [b0, b1, b2, b3] = [0, 1, 2, 3].map(|index| bytes[first + index]);
        let word = (u32::from_le_bytes([b0, b1, b2, b3]) ^ 0x3030_3030) & kept;
        let (hundreds, tens, ones) = ((word >> 8) & 0xff, (word >> 16) & 0xff, word >> 24);
        let number = (hundreds * 10 + tens) * 10 + ones;
        unusual |= (word.wrapping_add(0x0606_0606) | word) & 0xf0f0_f0f0;
        unusual |= u32::from(number < least) | u32::from(number > 255);
        *byte = number as u8;
        start = end + 1;
    }
    (points | unusual == 0).then_some(numbers)
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
