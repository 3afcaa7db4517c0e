//! Random formats, and lines written by them: every value comes back.

use delimark_formats::{LogFormat, Preset};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::check::{Values, read};

/// A variable of nginx, and a value for each line.
#[derive(Clone, Debug)]
struct Column {
    variable: &'static str,
    values: Vec<String>,
    /// Stands around the variable.
    around: (&'static str, &'static str),
}

/// The number of lines.
const LINES: usize = 3;

fn column() -> impl Strategy<Value = Column> {
    let values = |pattern: &'static str| {
        vec(proptest::string::string_regex(pattern).expect("a pattern"), LINES)
    };
    let bare = prop_oneof![Just(("", "")), Just(("[", "]")), Just(("a=", "")), Just(("", "ms"))];
    let quoted = prop_oneof![Just(("\"", "\"")), Just(("x=\"", "\"")), Just(("\"<", ">\""))];
    let number = (
        prop::sample::select(vec!["status", "bytes_sent", "connection"]),
        values("-|[0-9]{1,6}"),
        prop_oneof![bare.clone(), quoted.clone()],
    );
    let time =
        (Just("time_local"), values("0[1-9]/Mar/2026:1[0-9]:00:00 [+-]0[0-9]00"), Just(("[", "]")));
    let address =
        (Just("remote_addr"), values("[0-9]{1,3}\\.1|[0-9a-f]{1,4}:[0-9a-f:]{0,5}"), bare.clone());
    let list = (
        prop::sample::select(vec!["upstream_status", "upstream_response_time"]),
        values("(-|[0-9.]{1,5})((, | : )(-|[0-9.]{1,5})){0,3}"),
        prop_oneof![bare, quoted.clone()],
    );
    // What nginx lets through: any byte that can be seen, but not `"` and `\`.
    let text = (
        prop::sample::select(vec!["request", "http_user_agent", "http_x", "args"]),
        values("[ -!#-\\[\\]-~]{0,12}|\\\\x22[a-z| ]{0,5}"),
        quoted,
    );
    prop_oneof![
        2 => number.boxed(),
        1 => time.boxed(),
        1 => address.boxed(),
        1 => list.boxed(),
        3 => text.boxed(),
    ]
    .prop_map(|(variable, values, around)| Column { variable, values, around })
}

/// A value without quotes that can have blanks in it.
fn free_column() -> impl Strategy<Value = Column> {
    let values = proptest::string::string_regex("[ -!#-\\[\\]-~]{0,12}").expect("a pattern");
    vec(values, LINES).prop_map(|values| Column {
        variable: "remote_user",
        values,
        around: ("", ""),
    })
}

/// Writes the lines of a format, and reads them by it.
fn read_written(columns: &[Column], delimiter: &str) -> Vec<Result<Values, String>> {
    let join = |value: &dyn Fn(&Column) -> String| {
        let around = |column: &Column| {
            let Column { around: (before, behind), .. } = column;
            format!("{before}{}{behind}", value(column))
        };
        columns.iter().map(around).collect::<Vec<_>>().join(delimiter)
    };
    let text = join(&|column| format!("${{{}}}", column.variable));
    let format = LogFormat::nginx(&text).unwrap_or_else(|error| panic!("{error}"));
    let lines = (0..LINES).map(|line| join(&|column| column.values[line].clone()) + "\n");
    let found = read(&format, lines.collect::<String>().as_bytes());
    assert_eq!(found.len(), LINES, "{text}");
    found
}

fn check(columns: &[Column], delimiter: &str) {
    for (line, values) in read_written(columns, delimiter).into_iter().enumerate() {
        let expected = columns.iter().map(|column| Some(column.values[line].clone().into_bytes()));
        assert_eq!(values, Ok(expected.collect()), "{columns:?}");
    }
}

/// Formats in which several values can have the delimiter in them, and what is between them tells
/// which has how many.
const SEVERAL_FREE: [&str; 5] = [
    "$remote_addr|$uri|$status|$upstream_response_time",
    "$uri|$status|$request_time|$upstream_addr",
    "$uri|$status|$args|$status",
    "$remote_user [$time_local] $http_x $status",
    "$http_x $upstream_status $remote_user",
];

proptest! {
    #[test]
    fn values_come_back_between_blanks(columns in vec(column(), 2..9)) {
        check(&columns, " ");
    }

    #[test]
    fn values_come_back_around_a_free_one(
        before in vec(column(), 0..5),
        free in free_column(),
        behind in vec(column(), 1..5),
    ) {
        // A list right beside it could go on in it.
        let number = || {
            let values = vec!["1".to_owned(); LINES];
            vec![Column { variable: "pid", values, around: ("", "") }]
        };
        let columns = [before, number(), vec![free], number(), behind].concat();
        check(&columns, " ");
    }

    #[test]
    fn two_free_ones_are_never_mixed_up(
        first in free_column(),
        between in vec(column(), 0..3),
        second in free_column(),
        behind in vec(column(), 0..3),
    ) {
        let second = Column { variable: "http_y", ..second };
        let columns = [vec![first], between, vec![second], behind].concat();
        for (line, found) in read_written(&columns, " ").into_iter().enumerate() {
            if let Ok(values) = found {
                let expected = columns.iter().map(|column| column.values[line].as_bytes());
                prop_assert!(values.iter().flatten().eq(expected), "{columns:?}: {values:?}");
            }
        }
    }

    #[test]
    fn any_line_matches_or_says_why(
        line in vec(prop_oneof![
            Just("\""), Just(" "), Just("["), Just("]"), Just("{"), Just("}"), Just(","), Just(":"),
            Just("a: "), Just("x"), Just("/"), Just("\\"), Just("Mar  1 10:00:00 "), Just("h[1]: "),
            Just("|"), Just("-"), Just(", "), Just(" : "),
        ], 0..40),
        format in prop_oneof![
            prop::sample::select(&Preset::ALL[..]).prop_map(|preset| preset.format()),
            prop::sample::select(&SEVERAL_FREE[..])
                .prop_map(|text| LogFormat::nginx(text).unwrap()),
        ],
    ) {
        let line = line.concat();
        for values in read(&format, line.as_bytes()).into_iter().flatten() {
            for value in values.into_iter().flatten() {
                prop_assert!(memchr::memmem::find(line.as_bytes(), &value).is_some());
            }
        }
    }
}
