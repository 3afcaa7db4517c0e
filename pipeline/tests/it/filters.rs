//! Rows that do not meet conditions are left out before columns are built, and counted.

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use delimark_formats::LogFormat;
use delimark_pipeline::{
    BadValues, Batcher, Comparison, Condition, Converted, FormatOptions, RowFilter, TableSchema,
    Test, TextTest,
};

use super::chunk;

const FORMAT: &str = "$remote_addr|$request_uri|$status|$request_time";

/// Lines that are all alike, for which places are not searched.
const USUAL: &[u8] = b"a|/x|200|0.5\nb|/y|404|1.5\nc|-|500|-\nd|/x/z|x|0.25\n";

fn schema() -> (LogFormat, TableSchema) {
    let format = LogFormat::nginx(FORMAT).unwrap();
    let schema = TableSchema::of_format(&format, FormatOptions::default()).unwrap();
    (format, schema)
}

/// Converts lines to the columns with these indices, of those rows that meet all conditions.
fn convert(columns: &[usize], conditions: &[(usize, Test)], bytes: &[u8]) -> Converted {
    let (format, schema) = schema();
    let condition = |(column, test): &(usize, Test)| {
        vec![Condition::new(&schema.columns()[*column], test.clone()).expect("bytes tell")]
    };
    let filter =
        conditions.iter().map(condition).fold(RowFilter::default(), RowFilter::with_any_of);
    let mut batcher = Batcher::new(format, schema.project(columns))
        .unwrap()
        .with_bad_values(BadValues::Null)
        .with_filter(filter);
    batcher.convert(&chunk(bytes).unwrap())
}

fn statuses(converted: &Converted) -> Vec<Option<i64>> {
    let numbers = |batch: &arrow_array::RecordBatch| {
        batch.column(0).as_primitive::<Int64Type>().iter().collect::<Vec<_>>()
    };
    converted.batches.iter().flat_map(numbers).collect()
}

fn text(test: TextTest, text: &str) -> Test {
    Test::Text(test, text.as_bytes().to_vec())
}

#[test]
fn rows_are_those_that_meet_all_conditions() {
    // The others have a line of another number of fields among them, and are searched.
    let searched = [USUAL, b"only|three|fields\n"].concat();
    for (bytes, left_out) in [(USUAL, 0), (&searched[..], 1)] {
        for (conditions, expected) in [
            (vec![(2, Test::Number(Comparison::GreaterOrEqual, 404))], vec![Some(404), Some(500)]),
            (vec![(2, Test::Number(Comparison::NotEqual, 404))], vec![Some(200), Some(500)]),
            (vec![(1, text(TextTest::StartsWith, "/x"))], vec![Some(200), None]),
            (vec![(1, text(TextTest::EndsWith, "z"))], vec![None]),
            (vec![(1, text(TextTest::Contains, "y"))], vec![Some(404)]),
            (vec![(3, Test::Number(Comparison::Less, 501))], vec![Some(200), None]),
            (vec![(3, Test::Float(Comparison::Equal, 1.5))], vec![Some(404)]),
            (
                vec![
                    (1, text(TextTest::Compares(Comparison::Less), "/y")),
                    (3, Test::Float(Comparison::Greater, 0.3)),
                ],
                vec![Some(200)],
            ),
        ] {
            let converted = convert(&[2], &conditions, bytes);
            assert_eq!(statuses(&converted), expected, "{conditions:?}");
            assert_eq!(converted.left_out, left_out);
            let rest = converted.lines - converted.rows - converted.left_out;
            assert_eq!(converted.filtered, rest);
            // A value of a row that is not kept is nobody's.
            let nulls = converted.bad.iter().filter(|bad| !bad.is_left_out).count();
            assert_eq!(nulls, expected.iter().filter(|status| status.is_none()).count());
        }
    }
}

#[test]
fn a_table_without_columns_has_rows() {
    let converted = convert(&[], &[(1, text(TextTest::StartsWith, "/"))], USUAL);
    let batch = &converted.batches[0];
    assert_eq!((batch.num_columns(), batch.num_rows(), converted.filtered), (0, 3, 1));
}

#[test]
fn bytes_do_not_tell_of_values_that_change_on_their_way() {
    let (_, schema) = schema();
    let mut uri = schema.columns()[1].clone();
    assert!(Condition::new(&uri, text(TextTest::Contains, "x")).is_some());
    assert!(Condition::new(&uri, Test::Number(Comparison::Equal, 1)).is_none());
    uri.decoded = delimark_formats::Encoding::HexEscapes;
    assert!(Condition::new(&uri, text(TextTest::Contains, "x")).is_none());
    let mut times = schema.columns()[3].clone();
    times.is_list = true;
    assert!(Condition::new(&times, Test::Float(Comparison::Equal, 1.0)).is_none());
}

#[test]
#[should_panic = "a column is required"]
fn no_column_may_be_required() {
    let (format, schema) = schema();
    let mut columns = schema.columns().to_vec();
    columns[0].is_required = true;
    let schema = TableSchema::new(1, columns).unwrap();
    let _ = Batcher::new(format, schema).unwrap().with_filter(RowFilter::default());
}
