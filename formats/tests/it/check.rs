//! Reads lines by a format, in every way that there is, and compares these with each other.

use delimark::{Batch, RaggedPolicy, Scanner, Span};
use delimark_formats::{Column, LogFormat, decode};

/// The values of a line, `None` for what it does not have.
pub(crate) type Values = Vec<Option<Vec<u8>>>;

/// Returns the values of each line, in the order of the columns; for a line that is not in the
/// format, the reason.
pub(crate) fn read(format: &LogFormat, log: &[u8]) -> Vec<Result<Values, String>> {
    let dialect = format.dialect().with_ragged(RaggedPolicy::Report);
    let mut scanner = Scanner::new(dialect).expect("the backend can run");
    let mut batches = scanner.scan(log);
    let mut found = Vec::new();
    let mut places = vec![None; format.columns().len()];
    while let Some(batch) = batches.next().expect("no line is too long") {
        let bytes = batch.as_bytes();
        let mut lines = Vec::new();
        for record in batch.records() {
            let matched = format.match_record(bytes, &record, &mut places);
            let values = matched.map_err(|mismatch| mismatch.to_string()).map(|()| {
                let value = |place: &Option<Span>| Some(bytes[place.as_ref()?.range()].to_vec());
                places.iter().map(value).collect::<Vec<_>>()
            });
            lines.push((record.line_number(), values));
        }
        let by_fields = by_fields(format, &batch);
        if let Some(by_fields) = by_fields {
            let by_record: Vec<_> = lines.iter().map(|(_, values)| values.as_ref().ok()).collect();
            assert_eq!(by_fields.iter().map(Option::as_ref).collect::<Vec<_>>(), by_record);
        }
        for ragged in batch.ragged() {
            lines.push((ragged.record().line_number(), Err("ragged".to_owned())));
        }
        lines.sort_by_key(|(number, _)| *number);
        found.extend(lines.into_iter().map(|(_, values)| values));
    }
    found
}

/// Reads a batch the short way, where it can be gone.
fn by_fields(format: &LogFormat, batch: &Batch<'_>) -> Option<Vec<Option<Values>>> {
    let fixed = format.fixed_layout()?;
    let table = batch.uniform().filter(|table| table.columns() == fixed.fields())?;
    let bytes = batch.as_bytes();
    let rows = table.rows().map(|row| {
        fixed.matches(bytes, &row).then(|| {
            let columns = fixed.columns().iter().map(|column| {
                let span = column.span(row.span(column.first()), row.span(column.last()));
                Some(bytes[span.range()].to_vec())
            });
            columns.collect()
        })
    });
    Some(rows.collect())
}

/// Asserts that a line has these values, written `name=value` for those that are there.
#[track_caller]
pub(crate) fn check(format: &LogFormat, line: &str, expected: &[&str]) {
    let lines = read(format, line.as_bytes());
    let [values] = &lines[..] else { panic!("{} lines", lines.len()) };
    let values = values.as_ref().unwrap_or_else(|mismatch| panic!("{mismatch}: {line}"));
    let shown = format.columns().iter().zip(values).filter_map(|(column, value)| {
        let value = String::from_utf8_lossy(value.as_ref()?);
        Some(format!("{}={value}", column.name()))
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected, "{line}");
}

/// Asserts that a line is not in a format, and the reason.
#[track_caller]
pub(crate) fn check_mismatch(format: &LogFormat, line: &str, expected: &str) {
    let lines = read(format, line.as_bytes());
    let [values] = &lines[..] else { panic!("{} lines", lines.len()) };
    assert_eq!(values.as_ref().err().map(String::as_str), Some(expected), "{values:?}: {line}");
}

/// Returns one column of a line, decoded.
#[track_caller]
pub(crate) fn decoded(format: &LogFormat, line: &str, column: &str) -> Vec<u8> {
    let index = format.find(column).expect("there is such a column");
    let values = read(format, line.as_bytes()).remove(0).expect("the line is in the format");
    let mut output = Vec::new();
    let value = values[index].as_deref().expect("the column is there");
    decode(format.columns()[index].encoding(), value, &mut output);
    output
}

/// Returns the names of a format's columns, with blanks between them.
pub(crate) fn names(format: &LogFormat) -> String {
    let names: Vec<&str> = format.columns().iter().map(Column::name).collect();
    names.join(" ")
}
