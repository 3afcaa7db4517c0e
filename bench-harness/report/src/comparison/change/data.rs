//! The differences between the data of two runs: names of data sets do not tell, since other seeds
//! and lengths have the same.

use delimark_results::{Dataset, QuoteEscape};

use crate::comparison::Source;
use crate::number_format::count;

/// Two data sets of one name that are not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherData {
    /// The name.
    pub dataset: String,
    /// Its value in A.
    pub a: String,
    /// Its value in B.
    pub b: String,
}

/// Checks that the data of that name are the same.
pub(super) fn check(a: &Source, b: &Source, name: &str) -> Result<(), OtherData> {
    let (data_a, data_b) = (a.results.dataset(name), b.results.dataset(name));
    let identity = |data: &Dataset| {
        let Dataset { sha256, delimiter, quote, quote_escape, .. } = data;
        (sha256.clone(), delimiter.clone(), quote.clone(), *quote_escape)
    };
    if data_a.is_some() && data_a.map(identity) == data_b.map(identity) {
        return Ok(());
    }
    let described = |describe: fn(&Dataset) -> String| {
        let of = |data: Option<&Dataset>| data.map_or_else(|| "not there".to_owned(), describe);
        (of(data_a), of(data_b))
    };
    let by_hash = |data: &Dataset| format!("SHA-256 {}…", &data.sha256[..12]);
    let ways: [fn(&Dataset) -> String; 3] = [origin, delimiter, quote];
    let told = ways.into_iter().map(described).find(|(a, b)| a != b);
    let (a, b) = told.unwrap_or_else(|| described(by_hash));
    Err(OtherData { dataset: name.to_owned(), a, b })
}

fn origin(data: &Dataset) -> String {
    let lines = count(data.lines);
    match (&data.shape, data.seed) {
        (Some(shape), Some(seed)) => format!("{lines} lines of the shape {shape}, seed {seed}"),
        _ => format!("{}, {lines} lines", data.file_name),
    }
}

fn delimiter(data: &Dataset) -> String {
    format!("fields between {:?}", data.delimiter)
}

fn quote(data: &Dataset) -> String {
    match (&data.quote, data.quote_escape) {
        (None, _) => "fields without quotes".to_owned(),
        (Some(quote), Some(QuoteEscape::Backslash)) => {
            format!("fields quoted with {quote:?}, and a backslash as its escape")
        }
        (Some(quote), _) => format!("fields quoted with {quote:?}"),
    }
}
