//! Plain tables: logs of no known format, whose columns have names in a header or on the command
//! line.

use anyhow::{Context, bail};
use delimark::{Dialect, QuoteEscape, Scanner};
use delimark_formats::LogFormat;

use super::opened::Opened;
use super::options::Args;

/// Returns the format of tables with this delimiter, and takes their headers away.
pub(super) fn format(
    args: &Args,
    delimiter: u8,
    inputs: &mut [Opened<'_>],
) -> anyhow::Result<LogFormat> {
    let quotes = match args.quote {
        None => None,
        Some(b'"') => Some(args.quote_escape),
        Some(other) => bail!("--quote '{}': tables are read with '\"' only", other.escape_ascii()),
    };
    let names = match &args.names {
        Some(names) => names.clone(),
        None => header(delimiter, quotes, inputs)?,
    };
    LogFormat::delimited(delimiter, names.iter().map(String::as_str), quotes)
        .with_context(|| format!("the columns {}", names.join(", ")))
}

/// Takes the header of each input, which is the same in all.
fn header(
    delimiter: u8,
    quotes: Option<QuoteEscape>,
    inputs: &mut [Opened<'_>],
) -> anyhow::Result<Vec<String>> {
    let mut first: Option<(String, Vec<u8>)> = None;
    for input in inputs {
        let name = input.name.to_string();
        let header = input.take_header().with_context(|| name.clone())?;
        match &first {
            None => first = Some((name, header)),
            Some((_, first)) if *first == header => {}
            Some((first_name, first)) => bail!(
                "{name}: its header is not that of {first_name}: '{}', and that is '{}'; convert \
                 it into a file of its own",
                header.escape_ascii(),
                first.escape_ascii()
            ),
        }
    }
    let (name, header) = first.context("there is no input")?;
    split(&header, delimiter, quotes).with_context(|| name)
}

/// The mark that some programs write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

fn split(header: &[u8], delimiter: u8, quotes: Option<QuoteEscape>) -> anyhow::Result<Vec<String>> {
    let header = header.strip_prefix(BYTE_ORDER_MARK).unwrap_or(header);
    let mut dialect = Dialect::new(delimiter)?;
    if let Some(escape) = quotes {
        dialect = dialect.with_quote(b'"', escape)?;
    }
    let mut scanner = Scanner::new(dialect)?;
    let mut batches = scanner.scan(header);
    let mut names = Vec::new();
    while let Some(batch) = batches.next()? {
        for field in batch.records().flat_map(|record| record.fields().collect::<Vec<_>>()) {
            let is_quoted = quotes.is_some() && field.len() >= 2;
            let inner = field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\""));
            let name = inner.filter(|_| is_quoted).unwrap_or(field);
            let text = str::from_utf8(name).ok().context("the header is not UTF-8")?;
            if text.is_empty() {
                bail!("column {} has no name in the header; --names gives some", names.len() + 1);
            }
            names.push(text.to_owned());
        }
    }
    if names.is_empty() {
        bail!("the header is empty; --names gives names");
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_split_as_lines_are() {
        let names = |header: &str, quotes| split(header.as_bytes(), b'|', quotes);
        assert_eq!(names("\u{feff}a|b c", None).unwrap(), ["a", "b c"]);
        let quotes = Some(QuoteEscape::None);
        assert_eq!(names("\"a|b\"|c", quotes).unwrap(), ["a|b", "c"]);
        for (header, expected) in [("", "the header is empty"), ("a||b", "column 2 has no name")] {
            let error = names(header, None).unwrap_err().to_string();
            assert!(error.contains(expected), "{header}: {error}");
        }
    }
}
