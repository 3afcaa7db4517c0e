//! A file of the user's as a workload.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use delimark::reference::{Event, parse};
use delimark::{Dialect, RaggedPolicy};
use delimark_datasets::Hasher;
use delimark_results::{ColumnsSource, DatasetSource, Sha256Check, display};

use super::{Origin, Workload};
use crate::huge_pages::HugePages;

/// The rules to take a file apart by.
#[derive(Clone, Copy, Debug)]
pub struct FileOptions {
    /// The rules, with the columns that its lines have if those are known.
    pub dialect: Dialect,
    /// The most bytes that may be loaded into memory.
    pub memory_limit_bytes: u64,
}

impl Workload {
    /// Loads a file, and finds out its columns where they are not given.
    ///
    /// # Errors
    ///
    /// It is no regular file, holds nothing, does not fit, or a line is over the limit.
    pub fn from_file(path: &Path, options: FileOptions) -> Result<Self> {
        let name = display::path(path);
        // Before it is opened: a named pipe would be waited for.
        let metadata = fs::metadata(path).with_context(|| format!("{name} cannot be opened"))?;
        if metadata.is_dir() {
            bail!("{name} is a directory; name a file in it");
        }
        ensure!(metadata.is_file(), "{name} is no regular file; copy it into one to measure it");
        let mut file = File::open(path).with_context(|| format!("{name} cannot be opened"))?;
        let length = metadata.len();
        ensure!(length > 0, "{name} is empty: there is nothing to measure");
        let limit = options.memory_limit_bytes;
        ensure!(
            length <= limit,
            "{name} has {length} bytes, more than the {limit} that can be held in memory here; \
             measure a part of it, as `head -c {limit} FILE` gives"
        );
        let bytes = HugePages::read(&mut file, length)
            .with_context(|| format!("{name} cannot be read into memory"))?;

        let dialect = options.dialect;
        check_line_limit(&bytes, &dialect).with_context(|| format!("{name} cannot be measured"))?;
        let (inferred_columns, columns_source) = match dialect.columns() {
            Some(_) => (None, ColumnsSource::Given),
            None => (infer_columns(&bytes, &dialect), ColumnsSource::Inferred),
        };
        let dialect = match inferred_columns {
            Some(inferred) => dialect.with_columns(inferred.columns)?,
            None => dialect,
        };
        let mut hasher = Hasher::new();
        hasher.update(&bytes);
        let origin = Origin {
            name: display::path(Path::new(path.file_stem().unwrap_or_default())),
            shape: None,
            source: DatasetSource::File,
            seed: None,
            columns_source: Some(columns_source),
            sha256: hasher.finish(),
            sha256_check: Sha256Check::Computed,
        };
        Ok(Self { inferred_columns, ..Self::new(bytes, path, dialect, origin) })
    }
}

/// Finds a line over the limit before any engine does.
fn check_line_limit(bytes: &[u8], dialect: &Dialect) -> Result<()> {
    let limit = dialect.line_limit_bytes();
    let mut offset = 0;
    for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let number = index + 1;
        let length = line.len();
        ensure!(
            length <= limit,
            "line {number} at byte {offset} has {length} bytes, over the limit of {limit}"
        );
        offset += length + 1;
    }
    Ok(())
}

/// The bytes of a file that are looked at.
const SAMPLE_BYTES: usize = 256 << 10;

/// The number of columns that is commonest in the first lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InferredColumns {
    /// The number.
    pub columns: u32,
    /// The lines that have it.
    pub lines: usize,
    /// The lines that were looked at.
    pub lines_seen: usize,
}

/// Returns the column count that is commonest in the first lines; the smaller one where two are as
/// common. `None` where there is no line.
fn infer_columns(input: &[u8], dialect: &Dialect) -> Option<InferredColumns> {
    // An open quote makes a line ragged, whatever its columns.
    let any_columns = dialect.with_ragged(RaggedPolicy::Keep);
    let sample = &input[..input.len().min(SAMPLE_BYTES)];
    // A line that the sample cuts off would have too few columns.
    let end = sample.iter().rposition(|&byte| byte == b'\n').map_or(sample.len(), |end| end + 1);
    let mut lines_by_count = BTreeMap::<usize, usize>::new();
    let stop = parse(&sample[..end], &any_columns, |event| {
        let (Event::Record(line) | Event::Ragged(line)) = event;
        *lines_by_count.entry(line.fields.len()).or_default() += 1;
    });
    debug_assert_eq!(stop, Ok(()), "ragged lines are kept");
    let lines_seen = lines_by_count.values().sum();
    let commonest = lines_by_count.into_iter().rev().max_by_key(|&(_, lines)| lines);
    commonest.map(|(count, lines)| InferredColumns { columns: count as u32, lines, lines_seen })
}

#[cfg(test)]
mod tests {
    use delimark::QuoteEscape;

    use super::*;

    #[test]
    fn the_most_common_count_wins() {
        let dialect = Dialect::new(b'|').expect("'|' is a delimiter");
        let check = |input: &[u8], dialect: &Dialect, columns, lines, lines_seen| {
            let expected = InferredColumns { columns, lines, lines_seen };
            assert_eq!(infer_columns(input, dialect), Some(expected), "{}", input.escape_ascii());
        };
        assert_eq!(infer_columns(b"", &dialect), None);
        check(b"a|b", &dialect, 2, 1, 1);
        check(b"a|b\nc|d|e\nf|g\n", &dialect, 2, 2, 3);
        // The smaller one on a tie.
        check(b"a|b|c\nd|e\n", &dialect, 2, 1, 2);
        let quoted = dialect.with_quote(b'"', QuoteEscape::None).expect("it has no other meaning");
        check(b"\"a|b\"|c\n\"d|e|f\ng|h\n", &quoted, 2, 2, 3);
    }
}
