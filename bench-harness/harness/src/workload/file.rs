//! A file of the user's as a workload.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use delimark::Dialect;
use delimark_datasets::Hasher;
use delimark_results::{ColumnsSource, DatasetSource, Sha256Check};

use super::{Origin, Workload, infer};
use crate::huge_pages::HugePages;

/// The rules to take a file apart by.
#[derive(Clone, Copy, Debug)]
pub struct FileOptions {
    /// The byte between two fields.
    pub delimiter: u8,
    /// The columns that its lines have, if that is known.
    pub columns: Option<u32>,
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
        let name = path.display();
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

        let dialect = Dialect::new(options.delimiter)?;
        check_line_limit(&bytes, &dialect).with_context(|| format!("{name} cannot be measured"))?;
        let (columns, columns_source) = match options.columns {
            Some(columns) => (Some(columns), Some(ColumnsSource::Given)),
            None => (infer::columns(&bytes, &dialect), Some(ColumnsSource::Inferred)),
        };
        let dialect = match columns {
            Some(columns) => dialect.with_columns(columns)?,
            None => dialect,
        };
        let mut hasher = Hasher::new();
        hasher.update(&bytes);
        let origin = Origin {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            shape: None,
            source: DatasetSource::File,
            seed: None,
            columns_source,
            sha256: hasher.finish(),
            sha256_check: Sha256Check::Computed,
        };
        Ok(Self::new(bytes, path, dialect, origin))
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
