//! The promises of the other shapes.

use std::collections::{BTreeMap, HashSet};

use delimark_datasets::{Shape, generate};

use crate::{fields, lines};

const LINES: u64 = 20_000;

#[test]
fn even_shapes_have_their_columns_in_every_line() {
    for shape in [Shape::Short, Shape::Wide, Shape::Long, Shape::Crlf, Shape::Utf8] {
        let bytes = generate(shape, 2_000, 1);
        for line in lines(&bytes) {
            assert_eq!(fields(line).len(), shape.columns() as usize, "{shape}");
        }
    }
}

#[test]
fn short_fields_have_0_to_2_bytes_and_mostly_1() {
    let bytes = generate(Shape::Short, LINES, 1);
    let mut counts = [0; 3];
    for field in lines(&bytes).flat_map(fields) {
        counts[field.len()] += 1;
    }
    let all = LINES * 12;
    assert!(counts[1] * 100 > all * 75 && counts[0] * 100 > all * 8 && counts[2] * 100 > all * 8);
}

#[test]
fn wide_values_are_short_and_mixed() {
    let bytes = generate(Shape::Wide, 2_000, 1);
    let mut lengths = HashSet::new();
    for field in lines(&bytes).flat_map(fields) {
        assert!(field.len() <= 8, "{}", field.escape_ascii());
        lengths.insert(field.len());
    }
    assert_eq!(lengths.len(), 9, "every length from 0 to 8 occurs");
}

#[test]
fn long_uris_have_1_to_8_kibibytes() {
    let bytes = generate(Shape::Long, 2_000, 1);
    let mut octaves = [0; 3];
    for line in lines(&bytes) {
        let uri_bytes = fields(line)[3].len();
        assert!((1024..8192 + 256).contains(&uri_bytes), "{uri_bytes} bytes");
        octaves[(uri_bytes.ilog2() as usize - 10).min(2)] += 1;
    }
    assert!(octaves.iter().all(|&count| count > 500), "{octaves:?}");
}

#[test]
fn crlf_is_nginx12_with_other_line_ends() {
    let plain = generate(Shape::Nginx12, 2_000, 1);
    let crlf = generate(Shape::Crlf, 2_000, 1);
    let expected: Vec<u8> = lines(&plain).flat_map(|line| [line, b"\r\n"].concat()).collect();
    assert!(crlf == expected);
}

#[test]
fn utf8_is_valid_and_has_characters_of_every_length() {
    let bytes = generate(Shape::Utf8, 2_000, 1);
    let text = str::from_utf8(&bytes).expect("valid UTF-8");
    for column in [3, 7, 8] {
        let values = text.lines().filter_map(|line| line.split('|').nth(column));
        let lengths: HashSet<_> = values.flat_map(str::chars).map(char::len_utf8).collect();
        assert_eq!(lengths.len(), 4, "column {column}");
    }
    for line in text.lines() {
        assert!(!line.is_ascii(), "{line}");
    }
}

#[test]
fn a_few_per_cent_of_the_ragged_lines_are_ragged() {
    const LINES: u64 = 100_000;
    let bytes = generate(Shape::Ragged, LINES, 1);
    let mut counts = BTreeMap::<usize, u64>::new();
    let mut empty_count = 0;
    for line in lines(&bytes) {
        *counts.entry(fields(line).len()).or_default() += 1;
        empty_count += u64::from(line.is_empty());
    }
    let ragged_count = LINES - counts[&12];
    assert!((LINES / 50..LINES / 20).contains(&ragged_count), "{ragged_count} ragged lines");
    assert!((1..=30).all(|count| counts.contains_key(&count)), "{counts:?}");
    assert!(counts.keys().all(|&count| count <= 30), "{counts:?}");
    assert!(empty_count > 50, "{empty_count} empty lines");
}

#[test]
fn ragged_lines_have_delimiters_in_uri_and_agent() {
    let bytes = generate(Shape::Ragged, LINES, 1);
    let extra = lines(&bytes).map(fields).filter(|fields| (13..=16).contains(&fields.len()));
    let (mut uri_count, mut agent_count) = (0, 0);
    for fields in extra.filter(|fields| fields[0] != b"reopened") {
        if fields[4].starts_with(b"HTTP/") {
            agent_count += 1;
        } else {
            uri_count += 1;
        }
    }
    assert!(uri_count > 150 && agent_count > 100, "{uri_count} URIs, {agent_count} agents");
}

#[test]
fn adversarial_lines_have_everything_that_breaks_parsers() {
    let bytes = generate(Shape::Adversarial, LINES, 1);
    let all: Vec<_> = lines(&bytes).collect();
    let any = |what: &str, has: &dyn Fn(&[u8]) -> bool| {
        let count = all.iter().filter(|line| has(line)).count();
        assert!(count >= 100, "{what}: {count} lines");
    };
    any("only delimiters", &|line| !line.is_empty() && line.iter().all(|&byte| byte == b'|'));
    any("no delimiter", &|line| !line.is_empty() && !line.contains(&b'|'));
    any("a long run", &|line| line.len() >= 250 && line.iter().all(|&byte| byte == b'|'));
    any("empty", &<[u8]>::is_empty);
    any("only CR", &|line| line == b"\r");
    any("CRLF", &|line| line.len() > 1 && line.ends_with(b"\r"));
    any("a bare CR", &|line| line.windows(2).any(|pair| pair[0] == b'\r' && pair[1] != b'\r'));
    any("NUL", &|line| line.contains(&0));
    any("0xff", &|line| line.contains(&0xff));
    any("invalid UTF-8", &|line| str::from_utf8(line).is_err());
    any("a quote", &|line| line.contains(&b'"'));
    let values: HashSet<_> = bytes.iter().collect();
    assert_eq!(values.len(), 256, "every byte occurs");
}

#[test]
fn adversarial_newlines_crs_and_delimiters_stand_at_block_edges() {
    let bytes = generate(Shape::Adversarial, LINES, 1);
    for mark in [b"" as &[u8], b"\r", b"||x"] {
        let mut counts = [0_u64; 64];
        let mut offset = 0;
        for line in lines(&bytes) {
            if let Some(letters) = line.strip_suffix(mark)
                && letters.iter().all(u8::is_ascii_lowercase)
            {
                counts[(offset + letters.len()) % 64] += 1;
            }
            offset += line.len() + 1;
        }
        // Lines of letters that end anywhere and empty lines are there too, but fewer.
        for edge in [62, 63, 0, 1] {
            let inside = counts[8..56].iter().max().expect("48 places");
            let mark = mark.escape_ascii();
            assert!(counts[edge] > 2 * inside, "\"{mark}\" at {edge}: {counts:?}");
            assert!(counts[edge] > 150, "\"{mark}\" at {edge}: {counts:?}");
        }
    }
}
