//! Inputs cut into parts for threads: nothing is lost, no line is cut, parts are alike in size.

use std::num::NonZeroUsize;

use delimark::{Backend, Dialect, cut_at_newlines};
use proptest::prelude::*;

use crate::check::{by_reference, by_scan, scanner};

fn cut(bytes: &[u8], parts: usize) -> Vec<&[u8]> {
    cut_at_newlines(bytes, NonZeroUsize::new(parts).expect("there is a part at least"))
}

#[track_caller]
fn check(bytes: &[u8], most_parts: usize) {
    let parts = cut(bytes, most_parts);
    assert_eq!(parts.concat(), bytes, "every byte is in one part, and the order is kept");
    assert!(parts.len() <= most_parts);
    assert!(parts.iter().all(|part| !part.is_empty()));
    let all_but_last = parts.split_last().map_or(&[][..], |(_, rest)| rest);
    assert!(all_but_last.iter().all(|part| part.ends_with(b"\n")), "{parts:?}");
}

#[test]
fn nothing_has_no_parts() {
    assert!(cut(b"", 1).is_empty() && cut(b"", 4).is_empty());
}

#[test]
fn there_are_no_more_parts_than_lines() {
    assert_eq!(cut(b"\n", 3), [b"\n"]);
    assert_eq!(cut(b"no newline", 3), [b"no newline"]);
    assert_eq!(cut(b"a\nb", 9), [&b"a\n"[..], b"b"]);
    assert_eq!(cut(b"\n\n\n", 3), [b"\n", b"\n", b"\n"]);
}

#[test]
fn a_long_line_is_one_part_and_the_rest_is_shared_out() {
    let long = [&[b'x'; 1000][..], b"\n", &b"ab\n".repeat(100)].concat();
    let lengths: Vec<usize> = cut(&long, 4).into_iter().map(<[u8]>::len).collect();
    assert_eq!(lengths, [1001, 102, 99, 99]);
}

#[test]
fn parts_differ_by_a_line_at_most() {
    let lines = b"0123456789\n".repeat(10_000);
    for most_parts in [1, 2, 3, 7, 64] {
        let parts = cut(&lines, most_parts);
        assert_eq!(parts.len(), most_parts);
        let lengths = || parts.iter().map(|part| part.len());
        let (shortest, longest) = (lengths().min().unwrap(), lengths().max().unwrap());
        assert!(longest - shortest <= 22, "{shortest} to {longest} bytes in {most_parts} parts");
    }
}

proptest! {
    #[test]
    fn parts_one_after_another_are_the_input(
        bytes in prop::collection::vec(prop::sample::select(&b"a|\n\r"[..]), 0..300),
        most_parts in 1_usize..9,
    ) {
        check(&bytes, most_parts);
        let dialect = Dialect::new(b'|').unwrap();
        let whole = by_reference(&bytes, &dialect).records;
        let of_part = |part| by_scan(scanner(dialect, Backend::best(), 64).scan(part)).records;
        let of_parts: Vec<_> = cut(&bytes, most_parts).into_iter().flat_map(of_part).collect();
        let fields = |lines: &[crate::check::Line]| -> Vec<Vec<Vec<u8>>> {
            lines.iter().map(|line| line.fields.clone()).collect()
        };
        prop_assert_eq!(fields(&of_parts), fields(&whole));
    }
}
