//! Blocks with any number of separators: those who write positions branch on how many there are.

use super::super::case::{Case, Line, joined, line, x};
use super::super::dialect::pipe;

const BLOCK_BYTES: usize = 64;

/// On each side of where a vector of positions is full, or a loop begins.
const SEPARATORS: [usize; 22] =
    [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 17, 24, 31, 32, 33, 47, 48, 49, 63, 64];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = SEPARATORS.into_iter().flat_map(delimiters).collect();
    cases.extend(SEPARATORS.into_iter().flat_map(newlines));
    cases.extend(alternating());
    cases
}

/// A sparse block follows, so that a position too many, or one too few, shows.
fn delimiters(separators: usize) -> Vec<Case> {
    let data = BLOCK_BYTES - separators;
    let case = |(place, title, block): (&str, &str, Vec<Vec<u8>>)| {
        joined(
            format!("y_{separators}_delimiters_{place}_of_block"),
            "R3.1",
            format!("Delimiters {title} of a block: {separators}; in the next block: 2."),
            pipe(),
            [Line::new([block, vec![b"a".to_vec(), b"b".to_vec()]].concat()), line!["c", "d"]],
        )
    };
    let mut blocks = vec![
        ("at_back", "at the back", [vec![x(data)], vec![x(0); separators]].concat()),
        ("at_front", "at the front", front(separators)),
        ("all_over", "all over the bytes", spread(separators)),
    ];
    // With no delimiters, or no data to part, they are the same.
    blocks.dedup_by(|right, left| right.2 == left.2);
    blocks.into_iter().map(case).collect()
}

/// Puts the data of a block after its separators.
fn front(separators: usize) -> Vec<Vec<u8>> {
    [vec![x(0); separators], vec![x(BLOCK_BYTES - separators)]].concat()
}

/// Cuts the data of a block into as many fields as there are delimiters, and one more.
fn spread(separators: usize) -> Vec<Vec<u8>> {
    let data = BLOCK_BYTES - separators;
    let fields = separators + 1;
    (0..fields).map(|field| x(data * (field + 1) / fields - data * field / fields)).collect()
}

/// Separators that follow each other make lines empty, and then it is these that are tested.
fn newlines(separators: usize) -> Vec<Case> {
    let case = |(place, title, lines): (&str, &str, Vec<Vec<u8>>)| {
        let is_any_empty = lines.iter().any(Vec::is_empty);
        let (rule, kind) =
            if is_any_empty { ("R2.5", "some of empty lines") } else { ("R2.1", "none in a row") };
        joined(
            format!("y_{separators}_newlines_{place}_block"),
            rule,
            format!("Newlines {title} of a block: {separators}, {kind}; in the next block: 2."),
            pipe(),
            lines.into_iter().map(|field| line![field]).chain([line!["a"]]),
        )
    };
    let mut blocks = vec![
        ("at_front_of", "at the front", front(separators)),
        ("all_over", "all over the bytes", spread(separators)),
    ];
    blocks.dedup_by(|right, left| right.2 == left.2);
    blocks.into_iter().map(case).collect()
}

/// Dense blocks follow sparse ones.
fn alternating() -> [Case; 3] {
    let dense = || Line::new(vec![x(0); BLOCK_BYTES]);
    [
        joined(
            "y_dense_blocks_among_sparse_ones",
            "R3.1",
            "Blocks full of separators alternate with blocks that have one.",
            pipe(),
            [dense(), line![x(63)], dense(), line![x(63)], dense(), line!["a", "b"]],
        ),
        joined(
            "y_delimiters_and_newlines_in_turn",
            "R3.2",
            "Every byte is a separator, delimiters and newlines in turn.",
            pipe(),
            vec![line!["", ""]; 100],
        ),
        joined(
            "y_every_second_byte_is_a_delimiter",
            "R3.1",
            "Two lines have a delimiter at every second byte.",
            pipe(),
            vec![Line::new(vec![b"a".to_vec(); 100]); 2],
        ),
    ]
}
