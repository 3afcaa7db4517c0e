//! Random inputs under random dialects.

use delimark::{Decoder, Dialect, LineEnding, Place, QuoteEscape, RaggedPolicy};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::check::{backends, by_decoder, by_reference, by_scan, check, scanner};

fn any_dialect(delimiter: u8) -> impl Strategy<Value = Dialect> {
    let columns = prop_oneof![Just(None), (1_u32..6).prop_map(Some)];
    let policy = prop::sample::select(&RaggedPolicy::ALL[..]);
    let line_ending = prop::sample::select(&LineEnding::ALL[..]);
    let limit = prop_oneof![Just(1_usize), 2_usize..200, Just(1 << 20)];
    // Of quotes that cannot be, there are none.
    let quote =
        prop_oneof![2 => Just(None), 2 => Just(Some(b'"')), 1 => any::<u8>().prop_map(Some)];
    let quotes = (quote, prop::sample::select(&QuoteEscape::ALL[..]));
    let dialect = (columns, policy, line_ending, limit, quotes);
    dialect.prop_map(move |(columns, policy, line_ending, limit, (quote, escape))| {
        let dialect = Dialect::new(delimiter).expect("the delimiter is legal");
        let quoted = quote.and_then(|quote| dialect.with_quote(quote, escape).ok());
        let dialect = quoted.unwrap_or(dialect);
        let dialect = match columns {
            Some(columns) => dialect.with_columns(columns).expect("there are columns"),
            None => dialect,
        };
        let dialect = dialect.with_ragged(policy).with_line_ending(line_ending);
        dialect.with_line_limit(limit).expect("the limit is in range")
    })
}

/// Bytes in which separators are dense, so that blocks hold anything from 0 to 64 of them.
fn dense_bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => Just(b'|'),
        2 => Just(b'\n'),
        1 => Just(b'\r'),
        1 => Just(0_u8),
        1 => Just(b'"'),
        1 => Just(b'\\'),
        4 => any::<u8>(),
    ];
    vec(byte, 0..700)
}

/// Lines that mostly have the same columns, as logs do.
fn log_like_bytes() -> impl Strategy<Value = Vec<u8>> {
    let field = vec(prop_oneof![9 => b'a'..=b'z', 1 => any::<u8>()], 0..30);
    let quoted_byte = prop_oneof![9 => b'a'..=b'z', 1 => Just(b'|'), 1 => Just(b'\\')];
    let quoted = vec(quoted_byte, 0..30).prop_map(|bytes| [b"\"", &bytes[..], b"\""].concat());
    let field = prop_oneof![2 => field, 1 => quoted];
    let line = vec(field, 3..=4).prop_map(|fields| fields.join(&b'|'));
    let ending = prop::sample::select(vec![&b"\n"[..], b"\n", b"\n", b"\r\n"]);
    vec((line, ending), 0..40).prop_map(|lines| {
        lines.into_iter().flat_map(|(line, ending)| [line, ending.to_vec()].concat()).collect()
    })
}

proptest! {
    #[test]
    fn dense_separators(input in dense_bytes(), dialect in any_dialect(b'|')) {
        check(&input, dialect);
    }

    #[test]
    fn log_like_lines(input in log_like_bytes(), dialect in any_dialect(b'|')) {
        check(&input, dialect);
    }

    #[test]
    fn any_cuts(
        input in prop_oneof![dense_bytes(), log_like_bytes()],
        dialect in any_dialect(b'|'),
        cuts in vec(any::<prop::sample::Index>(), 0..12),
        burst_bytes in prop::sample::select(vec![1_usize, 64, 1 << 16]),
    ) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        cuts.extend([0, input.len()]);
        cuts.sort_unstable();
        let expected = by_reference(&input, &dialect);
        for backend in backends() {
            let mut decoder = Decoder::new(scanner(dialect, backend, burst_bytes));
            // An empty chunk is one, too.
            let chunks = cuts.windows(2).map(|cut| &input[cut[0]..cut[1]]);
            prop_assert_eq!(&by_decoder(&mut decoder, chunks), &expected);
        }
    }

    #[test]
    fn any_place(
        input in log_like_bytes(),
        dialect in any_dialect(b'|'),
        offset in 0_u64..1 << 40,
        lines_before in 0_u64..1 << 40,
    ) {
        let mut expected = by_reference(&input, &dialect);
        expected.move_to(Place { offset, lines_before });
        let mut scanner = scanner(dialect, delimark::Backend::best(), 64);
        let outcome = by_scan(scanner.scan_at(&input, Place { offset, lines_before }));
        prop_assert_eq!(outcome, expected);
    }

    #[test]
    fn any_delimiter(
        (delimiter, dialect) in any::<u8>()
            .prop_filter("belongs to the line ending", |byte| !b"\r\n".contains(byte))
            .prop_flat_map(|delimiter| (Just(delimiter), any_dialect(delimiter))),
        input in vec(any::<u8>(), 0..300),
        at in vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let mut input = input;
        if !input.is_empty() {
            let length = input.len();
            at.iter().for_each(|at| input[at.index(length)] = delimiter);
        }
        check(&input, dialect);
    }
}
