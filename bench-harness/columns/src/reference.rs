//! The right values: fields by the parser's reference, each read by the standard library.

use std::collections::HashMap;
use std::net::IpAddr;

use anyhow::ensure;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use delimark::Dialect;
use delimark::reference::{Event, parse};

use crate::cells::{FORMAT, Kind};

/// The values of each column, written out; `None` for null.
pub(crate) type Columns = Vec<Vec<Option<String>>>;

/// Returns the right values of a log for each kind of table.
pub(crate) fn tables(log: &[u8]) -> HashMap<Kind, Columns> {
    let names: Vec<&str> = FORMAT.split('|').collect();
    let mut text: Columns = vec![Vec::new(); names.len()];
    let dialect = Dialect::new(b'|').expect("it is a delimiter");
    parse(log, &dialect, |event| match event {
        Event::Record(line) | Event::Ragged(line) => {
            assert_eq!(line.fields.len(), names.len());
            for (column, field) in text.iter_mut().zip(line.fields) {
                column.push(Some(String::from_utf8(field.to_vec()).expect("the log is UTF-8")));
            }
        }
    })
    .expect("the log has no end before its time");
    let typed = |kind: Kind| -> Columns {
        let columns = names.iter().zip(&text);
        columns
            .map(|(name, values)| values.iter().map(|value| typed(kind, name, value)).collect())
            .collect()
    };
    let kinds = [Kind::Bytes, Kind::Text, Kind::Simple, Kind::Full].map(|kind| (kind, typed(kind)));
    kinds.into_iter().chain([(Kind::Nothing, Vec::new())]).collect()
}

fn typed(kind: Kind, name: &str, value: &Option<String>) -> Option<String> {
    let text = value.as_deref()?;
    match (kind, name) {
        (Kind::Bytes | Kind::Text | Kind::Nothing, _) => Some(text.to_owned()),
        (Kind::Simple, "$status" | "$body_bytes_sent") => {
            Some(text.parse::<i64>().expect("it is a number").to_string())
        }
        (Kind::Simple, "$request_time") => {
            Some(text.parse::<f64>().expect("it is a number").to_string())
        }
        (Kind::Simple, _) => Some(text.to_owned()),
        (Kind::Full, _) if text == "-" => None,
        (Kind::Full, "$remote_addr") => match text.parse().expect("it is an address") {
            IpAddr::V4(address) => Some(format!("{:?}", address.to_ipv6_mapped().octets())),
            IpAddr::V6(address) => Some(format!("{:?}", address.octets())),
        },
        (Kind::Full, "$time_iso8601") => Some(microseconds(text).to_string()),
        (Kind::Full, "$status" | "$body_bytes_sent") => Some(text.to_owned()),
        (Kind::Full, "$request_time") => Some(milliseconds(text)),
        (Kind::Full, "$upstream_addr") => Some(list(text, str::to_owned)),
        (Kind::Full, "$upstream_response_time") => Some(list(text, milliseconds)),
        (Kind::Full, _) => Some(text.to_owned()),
    }
}

/// Reads `0.123` as 123.
fn milliseconds(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').expect("it has milliseconds");
    let number: i128 = format!("{whole}{fraction}").parse().expect("it is a number");
    number.to_string()
}

/// Reads each item of a list.
fn list(text: &str, read: impl Fn(&str) -> String) -> String {
    let groups = text.split(" : ");
    let items = groups.flat_map(|group| group.split(", "));
    let items = items.map(|item| (item != "-").then(|| read(item)));
    format!("{:?}", items.collect::<Vec<_>>())
}

/// Reads `2026-03-01T10:00:00+00:00` by counting days.
fn microseconds(text: &str) -> i64 {
    let number =
        |range: std::ops::Range<usize>| text[range].parse::<i64>().expect("it is a number");
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut days: i64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let february = if is_leap(year) { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    days += months[..month as usize - 1].iter().sum::<i64>() + day - 1;
    let seconds = (number(11..13) * 60 + number(14..16)) * 60 + number(17..19);
    assert_eq!(&text[19..], "+00:00", "the log is in UTC");
    (days * 86_400 + seconds) * 1_000_000
}

/// Compares record batches with the right values.
pub(crate) fn compare(batches: &[RecordBatch], expected: &Columns) -> anyhow::Result<()> {
    for (index, expected) in expected.iter().enumerate() {
        let mut row = 0;
        for batch in batches {
            for found in written(batch.column(index)) {
                let right = expected.get(row);
                ensure!(
                    right == Some(&found),
                    "column {index}, row {row}: {found:?} instead of {right:?}"
                );
                row += 1;
            }
        }
        ensure!(row == expected.len(), "column {index}: {row} of {} rows", expected.len());
    }
    Ok(())
}

/// Writes the values of an array out.
fn written(array: &ArrayRef) -> Vec<Option<String>> {
    let text =
        |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    match array.data_type() {
        DataType::Utf8View => {
            array.as_string_view().iter().map(|value| value.map(str::to_owned)).collect()
        }
        DataType::Utf8 => {
            array.as_string::<i32>().iter().map(|value| value.map(str::to_owned)).collect()
        }
        DataType::BinaryView => array.as_binary_view().iter().map(text).collect(),
        DataType::Int64 => numbers::<Int64Type>(array),
        DataType::Float64 => numbers::<Float64Type>(array),
        DataType::Decimal128(_, _) => numbers::<Decimal128Type>(array),
        DataType::Timestamp(_, _) => numbers::<TimestampMicrosecondType>(array),
        DataType::FixedSizeBinary(_) => {
            let bytes = array.as_fixed_size_binary().iter();
            bytes.map(|bytes| bytes.map(|bytes| format!("{bytes:?}"))).collect()
        }
        DataType::List(_) => {
            let lists = array.as_list::<i32>().iter();
            lists.map(|items| items.map(|items| format!("{:?}", written(&items)))).collect()
        }
        other => panic!("no cell makes {other}"),
    }
}

fn numbers<T: arrow_array::ArrowPrimitiveType<Native: ToString>>(
    array: &ArrayRef,
) -> Vec<Option<String>> {
    array.as_primitive::<T>().iter().map(|number| number.map(|number| number.to_string())).collect()
}
