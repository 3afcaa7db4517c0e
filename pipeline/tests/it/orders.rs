//! Rows in the order of a column: what Parquet says of it, and what it must not say.

use std::fs::File;

use delimark_formats::LogFormat;
use delimark_pipeline::{ConvertError, ConvertOptions, OutputFormat, ParquetOptions, SinkError};
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::try_convert_to;

fn convert(log: &str, sorted_by: &str, threads: usize) -> Result<Vec<String>, ConvertError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.parquet");
    let format = LogFormat::nginx("$upstream_addr|$remote_addr|$status").unwrap();
    let parquet =
        ParquetOptions { sorted_by: Some(sorted_by.to_owned()), ..ParquetOptions::default() };
    let options = ConvertOptions {
        threads: threads.try_into().unwrap(),
        // Several row groups, each of several chunks.
        group_bytes: 4096,
        ..ConvertOptions::default()
    };
    try_convert_to(&path, &format, OutputFormat::Parquet(parquet), options, log.as_bytes())?;
    let file = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let groups = file.metadata().row_groups().iter();
    Ok(groups.map(|group| format!("{:?}", group.sorting_columns())).collect())
}

fn log(lines: u64, status: impl Fn(u64) -> String) -> String {
    (0..lines).map(|number| format!("a, b|10.0.0.{}|{}\n", number % 7, status(number))).collect()
}

const SORTED: &str =
    "Some([SortingColumn { column_idx: 2, descending: false, nulls_first: false }])";

#[test]
fn the_order_of_rows_is_told() {
    for threads in [1, 3] {
        let sorted = log(2000, |number| match number {
            1990.. => "-".to_owned(),
            number => (number / 10).to_string(),
        });
        let groups = convert(&sorted, "status", threads).unwrap();
        assert!(groups.len() > 3, "{groups:?}");
        assert!(groups.iter().all(|group| group == SORTED), "{groups:?}");
    }
}

#[test]
fn rows_that_are_not_in_order_end_it() {
    for threads in [1, 3] {
        for (odd, status) in [(1, "7"), (700, "1"), (1999, "0"), (500, "-")] {
            let unsorted = log(2000, |number| match number {
                0 => "9".to_owned(),
                number if number == odd => status.to_owned(),
                number => (10 + number).to_string(),
            });
            let error = convert(&unsorted, "status", threads).unwrap_err();
            let ConvertError::Output(SinkError::Unsorted { row, column }) = error else {
                panic!("{error}");
            };
            // A null is last: it is the row after it that is not in order.
            let expected = if status == "-" { odd + 2 } else { odd + 1 };
            assert_eq!((row, &*column), (expected, "status"), "{threads} threads");
        }
    }
}

#[test]
fn texts_are_sorted_by_their_bytes() {
    let mut lines: Vec<String> =
        log(1500, |_| "200".to_owned()).lines().map(str::to_owned).collect();
    lines.sort_unstable();
    let groups = convert(&(lines.join("\n") + "\n"), "remote_addr", 2).unwrap();
    assert!(groups.len() > 3 && groups.iter().all(|group| group.contains("column_idx: 1")));
}
