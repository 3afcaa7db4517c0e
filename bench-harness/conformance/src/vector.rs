//! A file of vectors as it is written, and what its parts must have to do with each other.

use anyhow::{Context, Result, ensure};
use delimark_runner::case::Request;
use serde::Deserialize;

use super::byte_string::ByteString;
use super::case::{Case, Class, CountFacts, ErrorFacts, Expected, RaggedFacts};

/// The longest input or field of a vector: 1 GiB, the highest line limit.
const BYTES_MOST: u64 = 1 << 30;

/// A file of vectors. What it says of itself beyond this is the schema's concern.
#[derive(Deserialize)]
pub(super) struct VectorFile {
    pub(super) topic: String,
    pub(super) cases: Vec<Vector>,
}

/// A case as it is written.
#[derive(Deserialize)]
pub(super) struct Vector {
    pub(super) id: String,
    rule: String,
    title: String,
    dialect: WrittenDialect,
    input: ByteString,
    records: Vec<Vec<ByteString>>,
    lines: Vec<u64>,
    offsets: Vec<u64>,
    #[serde(default)]
    ragged: Vec<RaggedFacts>,
    counts: Option<CountFacts>,
    error: Option<ErrorFacts>,
}

#[derive(Deserialize)]
struct WrittenDialect {
    delimiter: ByteString,
    columns: Option<u32>,
    ragged: Option<String>,
    line_ending: Option<String>,
    line_limit: Option<u64>,
}

impl Vector {
    /// Makes the case, with the file that it is from.
    pub(super) fn into_case(self, file: usize) -> Result<Case> {
        let class = Class::of_id(&self.id).context("an id begins with y_, n_ or i_")?;
        ensure!(
            class == Class::Free || (class == Class::Reject) == self.error.is_some(),
            "n_ cases have an error and y_ cases have none"
        );
        let expected = Expected {
            records: self.records.iter().map(|record| fields(record)).collect::<Result<_>>()?,
            lines: self.lines,
            offsets: self.offsets,
            ragged: self.ragged,
            counts: self.counts,
            error: self.error,
        };
        ensure!(
            expected.lines.len() == expected.records.len()
                && expected.offsets.len() == expected.records.len(),
            "there is a line and an offset for each record"
        );
        let placed = |ragged: &RaggedFacts| ragged.offset.is_some();
        ensure!(expected.ragged.iter().all(placed), "each ragged line has an offset");
        Ok(Case {
            class,
            file,
            request: self.dialect.request()?,
            input: in_memory(&self.input)?,
            expected,
            id: self.id,
            rule: self.rule,
            title: self.title,
        })
    }
}

impl WrittenDialect {
    fn request(&self) -> Result<Request> {
        let delimiter = in_memory(&self.delimiter)?;
        let &[delimiter] = &delimiter[..] else {
            anyhow::bail!("a delimiter is one byte");
        };
        let mut request = Request { columns: self.columns, ..Request::new(delimiter) };
        if let Some(policy) = &self.ragged {
            request.ragged = policy.parse()?;
        }
        if let Some(line_ending) = &self.line_ending {
            request.line_ending = line_ending.parse()?;
        }
        request.line_limit = self.line_limit.unwrap_or(request.line_limit);
        Ok(request)
    }
}

fn fields(record: &[ByteString]) -> Result<Vec<Vec<u8>>> {
    record.iter().map(in_memory).collect()
}

fn in_memory(string: &ByteString) -> Result<Vec<u8>> {
    string.to_vec(BYTES_MOST).with_context(|| format!("more than {BYTES_MOST} bytes"))
}
