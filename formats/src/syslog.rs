//! The header that syslog puts before a line: priority, time, machine and tag, in any of the forms
//! that daemons write.

use memchr::{memchr, memchr_iter};

/// The most bytes of a header: lines are not searched any further.
const LENGTH_MAXIMUM: usize = 512;

/// Returns how many bytes of a line are a header of syslog, with the blank behind it; 0 without
/// one.
///
/// These are known, each with or without `<134>` before it:
/// `Mar  1 10:00:00 machine haproxy[123]: `, the same without the machine, the same with
/// `2026-03-01T10:00:00.123456+00:00` as time, `haproxy[123]: ` alone, and RFC 5424's
/// `1 2026-03-01T10:00:00Z machine haproxy 123 - - `.
pub(crate) fn header_length(line: &[u8]) -> usize {
    let line = &line[..line.len().min(LENGTH_MAXIMUM)];
    let after_priority = skip_priority(line);
    let rest = &line[after_priority..];
    if let Some(length) = structured_length(rest) {
        return after_priority + length;
    }
    let after_time = after_priority + time_length(rest);
    let rest = &line[after_time..];
    // One colon, mostly: what is fast on long texts takes longer to begin.
    let is_end = |&colon: &usize| rest.get(colon + 1) == Some(&b' ');
    let Some(colon) = memchr_iter(b':', rest).find(is_end) else {
        return 0;
    };
    // The name of the machine, if it is there, and the tag.
    let names = &line[after_time..after_time + colon];
    let tag = match memchr(b' ', names) {
        Some(blank) if after_time > after_priority => &names[blank + 1..],
        Some(_) => return 0,
        None => names,
    };
    if is_tag(tag, after_time > 0) { after_time + colon + 2 } else { 0 }
}

/// Skips `<134>`.
fn skip_priority(line: &[u8]) -> usize {
    let Some(rest) = line.strip_prefix(b"<") else {
        return 0;
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_priority = (1..=3).contains(&digits) && rest.get(digits) == Some(&b'>');
    if is_priority { digits + 2 } else { 0 }
}

/// Tells whether this is the name of a program, with its number in brackets; without one it takes
/// more than that to be a header.
fn is_tag(tag: &[u8], is_behind_time: bool) -> bool {
    let is_name = |name: &[u8]| {
        !name.is_empty()
            && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(byte))
    };
    match tag.strip_suffix(b"]").map(|tag| (tag, memchr(b'[', tag))) {
        Some((tag, Some(bracket))) => {
            let number = &tag[bracket + 1..];
            is_name(&tag[..bracket]) && !number.is_empty() && number.iter().all(u8::is_ascii_digit)
        }
        _ => is_behind_time && is_name(tag),
    }
}

/// Returns the length of a time with the blank behind it, in either form; 0 without one.
fn time_length(line: &[u8]) -> usize {
    let is_like = |example: &[u8]| {
        line.len() >= example.len()
            && line.iter().zip(example).all(|(byte, like)| match like {
                b'9' => byte.is_ascii_digit(),
                b'_' => byte.is_ascii_digit() || *byte == b' ',
                b'A' => byte.is_ascii_alphabetic(),
                _ => byte == like,
            })
    };
    if is_like(b"AAA _9 99:99:99 ") {
        return 16;
    }
    if is_like(b"9999-99-99A99:99:99") {
        memchr(b' ', line).map_or(0, |blank| blank + 1)
    } else {
        0
    }
}

/// Returns the length of a header of RFC 5424, behind the priority.
fn structured_length(line: &[u8]) -> Option<usize> {
    let after_version = line.strip_prefix(b"1 ")?;
    if !after_version.starts_with(b"- ") && time_length(after_version) == 0 {
        return None;
    }
    // Version, time, machine, program, number, kind.
    let mut length = 0;
    for _ in 0..6 {
        length += memchr(b' ', &line[length..])? + 1;
    }
    loop {
        let data = &line[length..];
        if data.starts_with(b"- ") {
            return Some(length + 2);
        }
        if !data.starts_with(b"[") {
            return None;
        }
        let end = (1..data.len()).find(|&at| data[at] == b']' && data[at - 1] != b'\\')?;
        length += end + 1;
        if line.get(length) == Some(&b' ') {
            return Some(length + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str) {
        for message in ["10.0.0.1:1 [01/Mar] fe", "", "a: b", "2001:db8::1:5 - x: y"] {
            let line = format!("{header}{message}");
            assert_eq!(&line[..header_length(line.as_bytes())], header, "{line}");
        }
    }

    #[test]
    fn headers_of_daemons_are_found() {
        check("Mar  1 10:00:00 localhost haproxy[123]: ");
        check("Mar 21 10:00:00 localhost haproxy: ");
        check("<134>Mar  1 10:00:00 haproxy[123]: ");
        check("<190>Mar  1 10:00:00 web1 nginx: ");
        check("2026-03-01T10:00:00.123456+00:00 web-1.example haproxy[1]: ");
        check("haproxy[14389]: ");
        check("<134>1 2024-06-12T10:09:11.823400+02:00 - normal 224482 - - ");
        check("<134>1 - web1 haproxy 7 - [a@1 b=\"c\\]\"][d@2] ");
    }

    #[test]
    fn other_lines_have_none() {
        for line in [
            "",
            "10.0.0.1:33317 [06/Feb/2009:12:14:14.655] fe be/s 0/0 200 \"GET /a: b HTTP/1.1\"",
            "2001:db8::1: 5 - x",
            "name: value",
            "<OCSP-UPDATE> a: b",
            "Mar  1 10:00:00 one two three: x",
            "1 2 3 4 5 6 7",
        ] {
            assert_eq!(header_length(line.as_bytes()), 0, "{line}");
        }
    }
}
