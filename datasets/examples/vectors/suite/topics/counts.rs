//! Counting alone, which neither columns nor the limit have to do with.

use super::super::case::{Case, joined, line, x};
use super::super::dialect::{Ragged, pipe};

pub(super) fn cases() -> Vec<Case> {
    vec![
        joined(
            "y_count_unterminated_line",
            "R8.1",
            "The unterminated last line is counted.",
            pipe(),
            [line!["a"], line!["b"].unterminated()],
        ),
        joined(
            "y_count_terminated_line",
            "R8.1",
            "No line is counted behind the last newline.",
            pipe(),
            [line!["a"], line!["b"], line!["c"]],
        ),
        joined(
            "y_count_empty_lines",
            "R8.1",
            "Empty lines are counted.",
            pipe(),
            vec![line![""]; 7],
        ),
        joined(
            "y_count_fields_of_empty_lines",
            "R8.2",
            "An empty line has one field to be counted, in LF or CRLF.",
            pipe(),
            [line![""], line![""].crlf(), line!["", ""]],
        ),
        joined(
            "y_count_last_field_of_unterminated_line",
            "R8.2",
            "The field behind the last delimiter is counted.",
            pipe(),
            [line!["a", "b"], line!["c", "d", ""].unterminated()],
        ),
        joined(
            "y_count_fields_of_left_out_lines",
            "R8.2",
            "The fields of lines that are left out are counted.",
            pipe().columns(2).ragged(Ragged::Report),
            [line!["a"], line!["b", "c"], line!["d", "e", "f"]],
        ),
        joined(
            "y_count_fields_inside_of_the_rest",
            "R8.2",
            "Counting finds the delimiters in the rest of a line.",
            pipe().columns(2).ragged(Ragged::Rest),
            [line!["a", "b", "c", "d"], line!["e", "f"]],
        ),
        joined(
            "n_count_goes_on_behind_ragged_line",
            "R8.3",
            "Counting does not stop at a ragged record.",
            pipe().columns(2),
            [line!["a"], line!["b", "c"], line!["d", "e", "f"], line!["g"].unterminated()],
        ),
        joined(
            "n_count_goes_on_behind_long_line",
            "R8.3",
            "Counting does not stop at a line over the limit.",
            pipe().limit(70),
            [line!["a", "b"], line!["c", x(100), "d"], line!["e", "f"], line!["", ""]],
        ),
    ]
}
