//! The data of a run: bytes in memory, the same in a file, and the answers to expect.

mod file;
mod generated;
mod input;
mod reference;

use std::path::{Path, PathBuf};

use delimark::{Dialect, RaggedPolicy};
use delimark_results::{ColumnsSource, Dataset, DatasetSource, Sha256Check, display};
use delimark_runner::model::{Answer, Model};

pub use self::file::{FileOptions, InferredColumns};
pub use self::generated::{GeneratedOptions, data_folder, write_generated, write_generated_file};
pub use self::input::{AnswerKind, Input};
pub(crate) use self::reference::ExtractedText;
pub use self::reference::LinesReference;
use self::reference::Reference;
use crate::huge_pages::HugePages;

/// An input with everything that is known about it.
#[derive(Debug)]
pub struct Workload {
    facts: Dataset,
    bytes: HugePages,
    path: PathBuf,
    dialect: Dialect,
    projection: Vec<usize>,
    reference: Reference,
    inferred_columns: Option<InferredColumns>,
}

impl Workload {
    /// Returns the facts that go into the report.
    #[must_use]
    pub fn facts(&self) -> &Dataset {
        &self.facts
    }

    /// Returns what the number of columns was inferred from, where it was not given.
    #[must_use]
    pub fn inferred_columns(&self) -> Option<InferredColumns> {
        self.inferred_columns
    }

    /// Returns the bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the input of an engine.
    #[must_use]
    pub fn input(&self) -> Input<'_> {
        Input {
            bytes: &self.bytes,
            path: &self.path,
            dialect: self.dialect,
            projection: &self.projection,
            traits: self.facts.traits,
            unused_byte: self.reference.unused_byte,
            quoted_columns: self.reference.quoted_columns.as_deref(),
        }
    }

    /// Returns the answer that an engine has to give.
    #[must_use]
    pub fn expected(&self, model: Model, kind: AnswerKind) -> Answer {
        match kind {
            AnswerKind::Model => self.reference.answer(model),
            AnswerKind::Counts => self.reference.answer(Model::Count),
            AnswerKind::Words => self.reference.words,
        }
    }

    /// Returns the answers on some of the lines.
    #[must_use]
    pub fn expected_of_lines(&self, lines: &[u8]) -> LinesReference {
        LinesReference::read(lines, &self.dialect)
    }

    /// Has the reference read the bytes, and puts the facts together.
    fn new(bytes: HugePages, path: &Path, dialect: Dialect, origin: Origin) -> Self {
        let dialect = dialect.with_ragged(RaggedPolicy::Keep);
        let projection = projection(&dialect);
        let reference = Reference::read(&bytes, &dialect, &projection);
        let facts = Dataset {
            name: origin.name,
            shape: origin.shape,
            source: origin.source,
            file_name: display::path(Path::new(path.file_name().unwrap_or_default())),
            seed: origin.seed,
            lines: reference.facts.records,
            bytes: bytes.len() as u64,
            records: reference.facts.records,
            fields: reference.facts.fields,
            columns: dialect.columns().map(u64::from),
            columns_source: origin.columns_source,
            delimiter: char::from(dialect.delimiter()).to_string(),
            quote: dialect.quote().map(|quote| char::from(quote).to_string()),
            quote_escape: dialect.quote().map(|_| dialect.quote_escape().into()),
            log_format: None,
            line_ending: reference.facts.line_ending,
            sha256: origin.sha256,
            sha256_check: origin.sha256_check,
            traits: reference.facts.traits,
        };
        Self {
            facts,
            bytes,
            path: path.to_owned(),
            dialect,
            projection,
            reference,
            inferred_columns: None,
        }
    }
}

/// The origin of a workload, as far as its bytes do not tell.
struct Origin {
    name: String,
    shape: Option<String>,
    source: DatasetSource,
    seed: Option<u64>,
    columns_source: Option<ColumnsSource>,
    sha256: String,
    sha256_check: Sha256Check,
}

/// Returns the columns to project: the first, one in the middle, one near the end; of 12 columns
/// the first, sixth and tenth. Where fields are quoted it is the last one in the place of one near
/// the end, since that is quoted in the logs of web servers.
fn projection(dialect: &Dialect) -> Vec<usize> {
    let columns = dialect.columns().unwrap_or(1);
    let columns = match dialect.quote() {
        None => [0, columns * 5 / 12, columns * 9 / 12],
        Some(_) => [0, columns / 2, columns - 1],
    };
    let mut projection = columns.map(|column| column as usize).to_vec();
    projection.dedup();
    projection
}

#[cfg(test)]
mod tests {
    use delimark::{Dialect, QuoteEscape};

    use super::projection;

    #[test]
    fn three_columns_are_projected_where_there_are_three() {
        let plain = Dialect::new(b' ').unwrap();
        let quoted = plain.with_quote(b'"', QuoteEscape::None).unwrap();
        for (dialect, columns, expected) in [
            (plain, 12, &[0, 5, 9][..]),
            (plain, 100, &[0, 41, 75]),
            (plain, 3, &[0, 1, 2]),
            (plain, 1, &[0]),
            (quoted, 10, &[0, 5, 9]),
            (quoted, 16, &[0, 8, 15]),
            (quoted, 3, &[0, 1, 2]),
            (quoted, 1, &[0]),
        ] {
            assert_eq!(projection(&dialect.with_columns(columns).unwrap()), expected);
        }
    }
}
