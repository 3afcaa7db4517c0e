//! IP addresses as the sixteen bytes of IPv6, where IPv4 stands as `::ffff:a.b.c.d`.

use std::net::IpAddr;
#[cfg(test)]
use std::net::Ipv6Addr;

use super::{Value, ValueError};
use crate::instructions::Instructions;

/// The bytes before an IPv4 address among those of IPv6.
const MAPPED: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/// Reads an IPv4 address, and tells whether it is written in the usual way; if not, what is
/// returned has no meaning.
#[inline(always)]
pub(crate) fn usual_address<const HAS_ROOM: bool>(
    instructions: impl Instructions,
    value: Value<'_, HAS_ROOM>,
) -> ([u8; 16], bool) {
    let (numbers, is_usual) = instructions.ipv4(value);
    let mut address = [0; 16];
    address[..12].copy_from_slice(&MAPPED);
    address[12..].copy_from_slice(&numbers);
    (address, is_usual)
}

/// Reads an IP address of any kind.
pub(crate) fn parse_address(bytes: &[u8]) -> Result<[u8; 16], ValueError> {
    // The standard library takes ten times as long, and has the last word.
    if let Some(address) = ipv6(bytes) {
        return Ok(address);
    }
    let text = str::from_utf8(bytes).map_err(|_| ValueError::NotAddress)?;
    match text.parse() {
        Ok(IpAddr::V4(address)) => Ok(address.to_ipv6_mapped().octets()),
        Ok(IpAddr::V6(address)) => Ok(address.octets()),
        Err(_) => Err(ValueError::NotAddress),
    }
}

/// Reads an IPv6 address; nothing where it is none, or ends in the way of IPv4.
fn ipv6(bytes: &[u8]) -> Option<[u8; 16]> {
    let mut groups = [0_u16; 8];
    let mut count = 0;
    // The groups before `::`, which stands for as many zeros as are missing.
    let mut before_gap = None;
    let mut rest = match bytes {
        [b':', b':', rest @ ..] => {
            before_gap = Some(0);
            rest
        }
        bytes => bytes,
    };
    while !rest.is_empty() {
        let (group, after) = hexadecimal_group(rest)?;
        *groups.get_mut(count)? = group;
        count += 1;
        rest = match after {
            [] => break,
            [b':', b':', after @ ..] if before_gap.is_none() => {
                before_gap = Some(count);
                after
            }
            [b':', after @ ..] if !after.is_empty() => after,
            _ => return None,
        };
    }
    match before_gap {
        None if count == 8 => {}
        Some(before) if count < 8 => {
            groups.copy_within(before..count, 8 - (count - before));
            groups[before..8 - (count - before)].fill(0);
        }
        _ => return None,
    }
    let mut address = [0; 16];
    for (bytes, group) in address.as_chunks_mut().0.iter_mut().zip(groups) {
        *bytes = group.to_be_bytes();
    }
    Some(address)
}

/// Takes one to four hexadecimal digits off the front.
#[inline(always)]
fn hexadecimal_group(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let mut group = 0;
    let mut count = 0;
    while let Some(&byte) = bytes.get(count) {
        let digit = DIGITS[usize::from(byte)];
        if digit > 15 {
            break;
        }
        if count == 4 {
            return None;
        }
        group = group << 4 | u16::from(digit);
        count += 1;
    }
    (count > 0).then(|| (group, &bytes[count..]))
}

/// The hexadecimal digit that a byte is; more than 15 where it is none.
static DIGITS: [u8; 256] = {
    let mut digits = [u8::MAX; 256];
    let mut digit = 0;
    while digit < 16 {
        digits[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digits[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

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
    use crate::instructions::tests::with_all_instructions;

    fn check(text: &str) {
        let expected = text.parse::<IpAddr>().ok().map(|address| match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        });
        assert_eq!(parse_address(text.as_bytes()).ok(), expected, "{text}");
        let usual = expected.filter(|address| address[..12] == MAPPED && !text.contains(':'));
        with_all_instructions!(check_usual(text, usual));
    }

    fn check_usual(instructions: impl Instructions, text: &str, expected: Option<[u8; 16]>) {
        for around in ["11111111111111111", "..................", "|1.2.3.4|1.2.3.4|1.2.3.4"] {
            let burst = format!("{around}{text}{around}");
            let (start, end) = (around.len(), around.len() + text.len());
            let usual = |burst: &[u8], start, end| {
                let (address, is_usual) =
                    usual_address(instructions, Value::new(burst, start, end));
                is_usual.then_some(address)
            };
            assert_eq!(usual(burst.as_bytes(), start, end), expected, "{text} in {burst}");
            // Near the ends of a burst it may not be read.
            for cut in 0..around.len() {
                let found = usual(&burst.as_bytes()[cut..], start - cut, end - cut);
                assert!(found.is_none() || found == expected, "{text} in {burst}, {cut}");
                let found = usual(&burst.as_bytes()[..burst.len() - cut], start, end);
                assert!(found.is_none() || found == expected, "{text} in {burst}, {cut}");
            }
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
            assert_eq!(parse_address(text.as_bytes()).map(written).ok(), {
                let same = text.strip_prefix("::ffff:").unwrap_or(text);
                Some(same.to_owned())
            });
        }
    }

    #[test]
    fn zeros_are_left_out_anywhere() {
        for text in ["::", "1::", "::8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::0008", "A::f"] {
            check(text);
            assert!(parse_address(text.as_bytes()).is_ok(), "{text}");
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
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4::5:6:7:8",
            "1::2::3",
            ":::",
            ":1::",
            "1::2:",
            "12345::",
            "g::",
            "1.2.3.4\u{661}",
        ] {
            check(text);
            assert_eq!(parse_address(text.as_bytes()), Err(ValueError::NotAddress));
        }
    }

    proptest! {
        #[test]
        fn the_standard_library_agrees(text in prop_oneof![
            "[0-9.]{0,16}",
            "[0-9]{1,3}(\\.[0-9]{1,3}){3}",
            "[0-9a-f:.]{0,20}",
            "([0-9a-fA-F]{1,5}:{1,2}){1,8}[0-9a-f]{0,4}",
            any::<Ipv6Addr>().prop_map(|address| address.to_string()),
        ]) {
            check(&text);
        }
    }
}
