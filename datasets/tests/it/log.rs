//! The promises of `nginx12`: lines that a real nginx could have written, and that do not repeat.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::ops::RangeInclusive;

use delimark_datasets::{Shape, generate};

use crate::{fields, lines};

const LINES: u64 = 100_000;

/// Generates the log once a test and hands over every line's fields as text.
fn check_lines(mut check: impl FnMut(&[&str])) {
    let log = generate(Shape::Nginx12, LINES, 1);
    for line in lines(&log) {
        let line = std::str::from_utf8(line).expect("a plain log is ASCII");
        check(&line.split('|').collect::<Vec<_>>());
    }
}

/// Asserts that the given share of the lines, per mille, has something.
fn assert_per_mille(what: &str, count: u64, expected: RangeInclusive<u64>) {
    let per_mille = count * 1000 / LINES;
    assert!(expected.contains(&per_mille), "{what}: {per_mille} per mille, not in {expected:?}");
}

#[test]
fn lines_are_printable_ascii_with_12_fields() {
    let log = generate(Shape::Nginx12, LINES, 1);
    assert!(log.iter().all(|&byte| byte == b'\n' || matches!(byte, b' '..=b'~')));
    for line in lines(&log) {
        let fields = fields(line);
        assert_eq!(fields.len(), 12);
        assert!(fields.iter().all(|field| !field.is_empty()));
    }
}

#[test]
fn lines_have_about_200_bytes_whatever_the_seed() {
    for seed in [1, 2, 3] {
        let bytes = generate(Shape::Nginx12, LINES, seed).len() as u64;
        let tenths = bytes * 10 / LINES;
        assert!((1950..=2050).contains(&tenths), "seed {seed}: {tenths} tenths of a byte a line");
    }
}

#[test]
fn lines_do_not_repeat() {
    let log = generate(Shape::Nginx12, LINES, 1);
    let distinct = lines(&log).collect::<HashSet<_>>().len() as u64;
    assert!(distinct * 1000 >= LINES * 999, "{distinct} distinct lines");
}

#[test]
fn values_are_many_and_skewed() {
    let mut counts: [HashMap<String, u64>; 12] = Default::default();
    check_lines(|fields| {
        for (counts, field) in counts.iter_mut().zip(fields) {
            *counts.entry((*field).to_owned()).or_default() += 1;
        }
    });
    // Column, the fewest distinct values, and what the most popular one has per mille.
    for (column, distinct, top) in [
        (0, 20_000, 2..=20),
        (3, 20_000, 5..=50),
        (7, 1_000, 400..=900),
        (8, 3_000, 5..=60),
        (9, 3_000, 50..=500),
    ] {
        let most = counts[column].values().max().copied().unwrap_or(0);
        assert!(counts[column].len() >= distinct, "column {column}: {}", counts[column].len());
        assert_per_mille(&format!("top of column {column}"), most, top);
    }
}

#[test]
fn addresses_are_canonical_and_some_are_ipv6() {
    let mut ipv6_count = 0;
    check_lines(|fields| {
        let address: IpAddr = fields[0].parse().expect("an address");
        assert_eq!(address.to_string(), fields[0]);
        ipv6_count += u64::from(address.is_ipv6());
    });
    assert_per_mille("IPv6", ipv6_count, 50..=110);
}

#[test]
fn times_advance() {
    let mut previous = String::new();
    check_lines(|fields| {
        assert!(fields[1].len() == 25 && fields[1].ends_with("+00:00"), "{}", fields[1]);
        assert!(previous.as_str() <= fields[1], "{previous} is after {}", fields[1]);
        fields[1].clone_into(&mut previous);
    });
    assert!(previous.as_str() > "2026-03-02T00:20:00", "the log ends at {previous}");
}

#[test]
fn methods_protocols_and_statuses_have_their_shares() {
    let mut counts = HashMap::<String, u64>::new();
    check_lines(|fields| {
        for field in [fields[2], fields[4], fields[5], &fields[5][..1]] {
            *counts.entry(field.to_owned()).or_default() += 1;
        }
        assert!(fields[3].starts_with('/'), "{}", fields[3]);
        assert!(fields[7] == "-" || fields[7].contains("://"), "{}", fields[7]);
    });
    for (value, per_mille) in [
        ("GET", 700..=900),
        ("POST", 50..=200),
        ("PUT", 5..=50),
        ("HEAD", 5..=50),
        ("OPTIONS", 5..=50),
        ("DELETE", 2..=30),
        ("HTTP/1.0", 10..=80),
        ("HTTP/1.1", 300..=700),
        ("HTTP/2.0", 300..=700),
        ("2", 700..=900),
        ("3", 30..=150),
        ("4", 30..=200),
        ("5", 3..=30),
        ("304", 20..=100),
        ("499", 3..=30),
    ] {
        assert_per_mille(value, counts.get(value).copied().unwrap_or(0), per_mille);
    }
}

#[test]
fn sizes_spread_over_decades_and_agree_with_the_status() {
    let mut decades = [0; 8];
    check_lines(|fields| {
        let bytes: u64 = fields[6].parse().expect("a size");
        if fields[2] == "HEAD" || ["204", "304", "499"].contains(&fields[5]) {
            assert_eq!(bytes, 0, "{fields:?}");
        }
        decades[bytes.checked_ilog10().map_or(0, |digits| digits as usize)] += 1;
    });
    for (digits, &count) in decades[..7].iter().enumerate() {
        assert_per_mille(&format!("sizes of {} digits", digits + 1), count, 8..=400);
    }
}

/// Reads a time of nginx, `seconds.milliseconds`, as milliseconds.
fn milliseconds(time: &str) -> u64 {
    let (seconds, fraction) = time.split_once('.').expect("a point");
    assert_eq!(fraction.len(), 3, "{time}");
    seconds.parse::<u64>().expect("seconds") * 1000 + fraction.parse::<u64>().expect("a fraction")
}

#[test]
fn times_spread_over_decades_and_agree_with_the_upstreams() {
    let mut decades = [0; 5];
    let (mut static_count, mut retry_count) = (0, 0);
    check_lines(|fields| {
        let request = milliseconds(fields[9]);
        assert!(request < 30_000, "{}", fields[9]);
        decades[request.checked_ilog10().map_or(0, |digits| digits as usize)] += 1;
        let upstreams: Vec<_> = fields[10].split(", ").collect();
        let times: Vec<_> = fields[11].split(", ").collect();
        assert_eq!(upstreams.len(), times.len());
        retry_count += u64::from(upstreams.len() > 1);
        if fields[10] == "-" {
            assert_eq!(fields[11], "-");
            assert!(!["502", "504"].contains(&fields[5]), "{fields:?}");
            static_count += 1;
        } else {
            assert!(times.into_iter().map(milliseconds).sum::<u64>() <= request, "{fields:?}");
        }
    });
    assert_per_mille("no upstream", static_count, 200..=500);
    assert_per_mille("retries", retry_count, 10..=50);
    for (digits, &count) in decades.iter().enumerate() {
        assert_per_mille(&format!("times of {} digits", digits + 1), count, 4..=600);
    }
}
