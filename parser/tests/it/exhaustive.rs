//! Every short string over the bytes that matter, at every offset around a block edge.

use delimark::{Decoder, Dialect, LineEnding, QuoteEscape, RaggedPolicy};

use crate::check::{backends, by_decoder, by_reference, by_scan, check_bursts, scanner};

const ALPHABET: &[u8; 4] = b"a|\n\r";
const QUOTED_ALPHABET: &[u8; 4] = b"|\n\"\\";
const LONGEST: u32 = 5;

/// Calls with every string of up to [`LONGEST`] bytes over an alphabet.
fn for_each_string(alphabet: &[u8; 4], mut visit: impl FnMut(&[u8])) {
    let mut visited = 0;
    for length in 0..=LONGEST {
        for code in 0..4_usize.pow(length) {
            let digit = |index| alphabet[code / 4_usize.pow(index) % 4];
            let string: Vec<u8> = (0..length).map(digit).collect();
            visit(&string);
            visited += 1;
        }
    }
    assert_eq!(visited, 1 + 4 + 16 + 64 + 256 + 1024);
}

/// Returns dialects with quotes of each escape, policy and line ending.
fn quoted_dialects() -> Vec<Dialect> {
    let mut dialects = Vec::new();
    for escape in QuoteEscape::ALL {
        let quoted = Dialect::new(b'|').unwrap().with_quote(b'"', escape).unwrap();
        for policy in RaggedPolicy::ALL {
            let any_columns = quoted.with_ragged(policy);
            dialects.extend([any_columns, any_columns.with_columns(2).unwrap()]);
        }
        dialects.push(quoted.with_line_ending(LineEnding::Lf));
        dialects.push(quoted.with_line_limit(2).unwrap());
    }
    dialects
}

/// Returns dialects of each policy, line ending and limit.
fn dialects() -> Vec<Dialect> {
    let any_columns = Dialect::new(b'|').unwrap();
    let mut dialects = vec![any_columns, any_columns.with_line_ending(LineEnding::Lf)];
    for policy in RaggedPolicy::ALL {
        for columns in 1..=3 {
            let dialect = any_columns.with_columns(columns).unwrap().with_ragged(policy);
            dialects.push(dialect);
            dialects.push(dialect.with_line_limit(2).unwrap());
        }
    }
    dialects
}

#[test]
fn every_short_string_under_every_dialect() {
    for dialect in dialects() {
        for_each_string(ALPHABET, |string| check_bursts(string, dialect, &[1, 4, 64]));
    }
}

#[test]
fn every_short_string_with_quotes() {
    for dialect in quoted_dialects() {
        for_each_string(QUOTED_ALPHABET, |string| check_bursts(string, dialect, &[1, 4, 64]));
        // Quotes around a field, before and behind what matters.
        for_each_string(QUOTED_ALPHABET, |string| {
            let input = [b"\"a b\"|\"", string, b"\"\r\nc|\"d\"\n"].concat();
            check_bursts(&input, dialect, &[1, 64]);
        });
    }
}

#[test]
fn every_cut_of_every_short_string() {
    let plain = dialects().into_iter().map(|dialect| (dialect, ALPHABET));
    let quoted = quoted_dialects().into_iter().map(|dialect| (dialect, QUOTED_ALPHABET));
    for (dialect, alphabet) in plain.chain(quoted) {
        let mut decoders: Vec<_> =
            backends().map(|backend| Decoder::new(scanner(dialect, backend, 4))).collect();
        for_each_string(alphabet, |string| {
            let expected = by_reference(string, &dialect);
            // Bit `i` cuts after byte `i`.
            for cuts in 0..1_u32 << string.len().saturating_sub(1) {
                for decoder in &mut decoders {
                    let mut index = 0;
                    let chunks = string.chunk_by(|_, _| {
                        index += 1;
                        cuts >> (index - 1) & 1 == 0
                    });
                    let decoded = by_decoder(decoder, chunks);
                    let string = string.escape_ascii();
                    assert_eq!(decoded, expected, "{dialect:?}, cuts {cuts:b}: {string}");
                }
            }
        });
    }
}

#[test]
fn every_short_string_at_every_offset_around_a_block_edge() {
    let dialect = Dialect::new(b'|').unwrap();
    for offset in 64 - LONGEST as usize..=64 {
        around_an_edge(ALPHABET, dialect, offset);
    }
}

#[test]
fn every_quoted_string_at_every_offset_around_an_edge() {
    for escape in QuoteEscape::ALL {
        let dialect = Dialect::new(b'|').unwrap().with_quote(b'"', escape).unwrap();
        for edge in [64, 256, 4096] {
            for offset in edge - LONGEST as usize..=edge {
                let dialect = dialect.with_ragged(RaggedPolicy::Report);
                around_an_edge(QUOTED_ALPHABET, dialect, offset);
            }
        }
    }
}

#[test]
fn every_short_string_at_every_offset_around_a_group_edge() {
    let dialect = Dialect::new(b'|').unwrap().with_columns(2).unwrap();
    for offset in 4096 - LONGEST as usize..=4096 {
        around_an_edge(ALPHABET, dialect.with_ragged(RaggedPolicy::Keep), offset);
    }
}

/// Puts each string after this many filling bytes, with and without something after it.
fn around_an_edge(alphabet: &[u8; 4], dialect: Dialect, offset: usize) {
    let mut scanners: Vec<_> =
        backends().map(|backend| scanner(dialect, backend, 1 << 16)).collect();
    let mut input = vec![b'x'; offset];
    for_each_string(alphabet, |string| {
        for behind in [&b""[..], b"yy|zz\n\"q|r\"|s\n"] {
            input.truncate(offset);
            input.extend_from_slice(string);
            input.extend_from_slice(behind);
            let expected = by_reference(&input, &dialect);
            for scanner in &mut scanners {
                let backend = scanner.backend();
                let outcome = by_scan(scanner.scan(&input));
                assert_eq!(outcome, expected, "{backend} at {offset}: {}", string.escape_ascii());
            }
        }
    });
}
