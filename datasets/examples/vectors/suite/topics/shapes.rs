//! Lines of the same length and width one after another, so that separators drift over edges.

use super::super::case::{Case, Line, joined, line, x};
use super::super::dialect::{Ragged, pipe};

pub(super) fn cases() -> Vec<Case> {
    let lengths = [2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000];
    let mut cases: Vec<Case> = lengths.into_iter().flat_map(of_bytes).collect();
    cases.extend([2, 3, 4, 5, 7, 8, 12, 16, 17, 63, 64, 65].map(of_columns));
    cases.push(mixed());
    cases
}

/// The length includes the newline.
fn of_bytes(bytes: usize) -> [Case; 2] {
    [
        joined(
            format!("y_lines_of_{bytes}_bytes"),
            "R2.1",
            format!("Twenty lines have {bytes} bytes each."),
            pipe(),
            vec![line![x(bytes - 1)]; 20],
        ),
        joined(
            format!("y_two_columns_of_{bytes}_bytes"),
            "R3.1",
            format!("Twenty lines of two columns have {bytes} bytes each."),
            pipe().columns(2),
            vec![line![x((bytes - 2) / 2), x((bytes - 1) / 2)]; 20],
        ),
    ]
}

fn of_columns(columns: usize) -> Case {
    let fields = |row: usize| (0..columns).map(move |column| x((row * columns + column) % 7));
    joined(
        format!("y_{columns}_columns_of_unlike_bytes"),
        "R5.2",
        format!(
            "Nine lines have fields of 0 to 6 bytes, and as many columns as expected: {columns}."
        ),
        pipe().columns(columns as u32),
        (0..9).map(|row| Line::new(fields(row).collect())),
    )
}

fn mixed() -> Case {
    // Of these numbers, 12 divides none of a row with one field: no line is empty.
    let bytes = |row: usize, field: usize| (row + field + 1) % 12;
    let line = |row: usize| Line::new((0..=row % 9).map(|field| x(bytes(row, field))).collect());
    joined(
        "y_lines_of_1_to_9_fields",
        "R5.5",
        "A hundred lines have 1 to 9 fields of 0 to 11 bytes, where 5 columns are expected.",
        pipe().columns(5).ragged(Ragged::Keep),
        (0..100).map(line),
    )
}
