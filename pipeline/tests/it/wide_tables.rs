//! Tables of many columns in Parquet, which are encoded some columns after the other.

use std::fs::File;
use std::num::NonZeroUsize;

use delimark_formats::LogFormat;
use delimark_pipeline::{ConvertOptions, OutputFormat, ParquetOptions};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;

use super::try_convert_to;

const COLUMNS: usize = 1300;

fn value(row: usize, column: usize) -> String {
    // In the order of the rows, and some of more bytes than a view holds.
    format!("{row:03}{}", "-x".repeat(column % 11))
}

#[test]
fn all_columns_have_their_values() {
    let names: Vec<String> = (0..COLUMNS).map(|column| format!("$http_c{column}")).collect();
    let format = LogFormat::nginx(&names.join("|")).unwrap();
    let line = |row: usize| {
        let values: Vec<String> = (0..COLUMNS).map(|column| value(row, column)).collect();
        values.join("|") + "\n"
    };
    let log: String = (0..60).map(line).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.parquet");
    // A column that is not among those that are encoded first.
    let sorted_by = Some("http_c700".to_owned());
    let parquet = ParquetOptions { sorted_by, ..ParquetOptions::default() };
    let options = ConvertOptions {
        threads: NonZeroUsize::new(2).unwrap(),
        group_bytes: log.len() / 2,
        // More batches in a row group than are kept as they are.
        batch_rows: NonZeroUsize::new(2).unwrap(),
        ..ConvertOptions::default()
    };
    try_convert_to(&path, &format, OutputFormat::Parquet(parquet), options, log.as_bytes())
        .unwrap();

    let file = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let groups = file.metadata().row_groups();
    assert!(groups.len() > 1, "{}", groups.len());
    for group in groups {
        assert_eq!(group.sorting_columns().unwrap()[0].column_idx, 700);
        // One page has the statistics of its column.
        let has_index = |column: usize| group.column(column).column_index_offset().is_some();
        assert!(group.column(1299).statistics().is_some() && !has_index(0) && !has_index(1299));
    }
    let mut rows = 0;
    for (index, row) in file.get_row_iter(None).unwrap().enumerate() {
        let row = row.unwrap();
        for column in 0..COLUMNS {
            assert_eq!(row.get_string(column).unwrap(), &value(index, column), "{column}");
        }
        rows += 1;
    }
    assert_eq!(rows, 60);
}
