//! The answers to expect, from the parser's reference and from plain loops over bytes, and their
//! pins beside the hashes of the data.

use std::fmt::Write as _;

use delimark::Dialect;
use delimark::reference::{Event, parse};
use delimark_results::facts::Facts;
use delimark_runner::model::{Answer, Fold, Model};

use memchr::{memchr_iter, memchr2_iter};
use sha2::{Digest, Sha256};

use super::{AnswerKind, Workload};

/// Everything that a slow look at an input shows.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) facts: Facts,
    pub(super) words: Answer,
    pub(super) unused_byte: Option<u8>,
    separator_sum: u64,
    projected: Answer,
    extracted: Answer,
}

impl Reference {
    /// Reads an input, a byte at a time.
    ///
    /// # Panics
    ///
    /// If the dialect refuses ragged records, or a line is over its limit: workloads keep the
    /// former, and have none of the latter.
    pub(super) fn read(input: &[u8], dialect: &Dialect, projection: &[usize]) -> Self {
        let mut projected = Fold::default();
        let mut extraction = Extraction::new(dialect.delimiter());
        let facts = Facts::read(input, dialect, |fields| {
            projected.columns(projection, |column| fields.get(column).copied());
            extraction.line(projection.iter().map(|&column| fields.get(column).copied()));
        });
        Self {
            facts: facts.expect("a workload has no line over the limit"),
            words: Answer::Words(fold_words(input)),
            unused_byte: unused_byte(input),
            separator_sum: separator_sum(input, dialect.delimiter()),
            projected: projected.answer(),
            extracted: extraction.answer(),
        }
    }

    pub(super) fn answer(&self, model: Model) -> Answer {
        let Facts { records, fields, every_field, .. } = self.facts;
        match model {
            Model::Count => Answer::Records { records, fields, checksum: 0 },
            Model::Index => Answer::Records { records, fields, checksum: self.separator_sum },
            Model::Fields | Model::FileMap | Model::FileRead => every_field,
            Model::Project => self.projected,
            Model::Extract => self.extracted,
        }
    }
}

/// The text that a command has to write, gathered before it is looked at.
struct Extraction {
    delimiter: u8,
    gathered: Vec<u8>,
    text: ExtractedText,
}

impl Extraction {
    const GATHERED_BYTES: usize = 1 << 16;

    fn new(delimiter: u8) -> Self {
        Self { delimiter, gathered: Vec::new(), text: ExtractedText::new(delimiter) }
    }

    /// A column that a line lacks comes out empty.
    fn line<'a>(&mut self, fields: impl Iterator<Item = Option<&'a [u8]>>) {
        for (position, field) in fields.enumerate() {
            if position > 0 {
                self.gathered.push(self.delimiter);
            }
            self.gathered.extend_from_slice(field.unwrap_or_default());
        }
        self.gathered.push(b'\n');
        if self.gathered.len() > Self::GATHERED_BYTES {
            self.text.push(&self.gathered);
            self.gathered.clear();
        }
    }

    fn answer(mut self) -> Answer {
        self.text.push(&self.gathered);
        self.text.answer()
    }
}

/// The text that a command writes for [`Model::Extract`], taken piece by piece.
pub(crate) struct ExtractedText {
    delimiter: u8,
    records: u64,
    fields: u64,
    hasher: Sha256,
}

impl ExtractedText {
    pub(crate) fn new(delimiter: u8) -> Self {
        Self { delimiter, records: 0, fields: 0, hasher: Sha256::new() }
    }

    pub(crate) fn push(&mut self, text: &[u8]) {
        self.records += memchr_iter(b'\n', text).count() as u64;
        self.fields += memchr2_iter(self.delimiter, b'\n', text).count() as u64;
        self.hasher.update(text);
    }

    /// Returns lines, fields, and the first bytes of the text's SHA-256.
    pub(crate) fn answer(self) -> Answer {
        let Self { records, fields, .. } = self;
        let digest = self.hasher.finalize();
        let checksum = digest.iter().take(8).fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        Answer::Records { records, fields, checksum }
    }
}

/// The answers on some lines, where the model is [`Model::Fields`].
#[derive(Clone, Copy, Debug)]
pub struct LinesReference {
    model: Answer,
    counts: Answer,
    words: Answer,
}

impl LinesReference {
    /// Reads the lines, a byte at a time.
    ///
    /// # Panics
    ///
    /// If a line is over the limit: no workload has one.
    pub(super) fn read(lines: &[u8], dialect: &Dialect) -> Self {
        let mut fold = Fold::default();
        let mut fields = 0;
        let stop = parse(lines, dialect, |event| {
            let (Event::Record(line) | Event::Ragged(line)) = event;
            fields += line.fields.len() as u64;
            fold.record(line.fields.iter().copied());
        });
        assert_eq!(stop, Ok(()), "a workload has no line over the limit");
        Self {
            model: fold.answer(),
            counts: Answer::Records { records: fold.records(), fields, checksum: 0 },
            words: Answer::Words(fold_words(lines)),
        }
    }

    /// Returns the answer of this kind.
    #[must_use]
    pub fn answer(&self, kind: AnswerKind) -> Answer {
        match kind {
            AnswerKind::Model => self.model,
            AnswerKind::Counts => self.counts,
            AnswerKind::Words => self.words,
        }
    }
}

/// The answers that are pinned: the name, and the question to the reference.
const TASKS: [(&str, Model, AnswerKind); 6] = [
    ("words", Model::Count, AnswerKind::Words),
    ("count", Model::Count, AnswerKind::Model),
    ("index", Model::Index, AnswerKind::Model),
    ("fields", Model::Fields, AnswerKind::Model),
    ("project", Model::Project, AnswerKind::Model),
    ("extract", Model::Extract, AnswerKind::Model),
];

impl Workload {
    /// Writes the reference's answers as an entry of `datasets/answers.toml`.
    #[must_use]
    pub fn pins(&self, name: &str) -> String {
        let mut text = format!("[[dataset]]\nname = \"{name}\"\n");
        for (task, model, kind) in TASKS {
            let answer = self.expected(model, kind);
            writeln!(text, "{task} = \"{answer}\"").expect("a string takes all that is written");
        }
        text
    }
}

fn separator_sum(input: &[u8], delimiter: u8) -> u64 {
    let mut sum = 0_u64;
    for (offset, &byte) in input.iter().enumerate() {
        if byte == delimiter || byte == b'\n' {
            sum = sum.wrapping_add(offset as u64);
        }
    }
    if input.last().is_some_and(|&byte| byte != b'\n') {
        sum = sum.wrapping_add(input.len() as u64);
    }
    sum
}

fn fold_words(input: &[u8]) -> u64 {
    input.chunks(8).fold(0, |fold, bytes| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        fold ^ u64::from_le_bytes(word)
    })
}

/// Returns a byte that does not occur, the last one first: high bytes are rare in text.
fn unused_byte(input: &[u8]) -> Option<u8> {
    let mut occurs = [false; 256];
    for &byte in input {
        occurs[usize::from(byte)] = true;
    }
    occurs.iter().rposition(|occurs| !occurs).map(|byte| byte as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_engines_are_compared_with_is_found() {
        let dialect = Dialect::new(b'|').expect("'|' is a delimiter").with_columns(2);
        let dialect = dialect.expect("there are columns").with_ragged(delimark::RaggedPolicy::Keep);
        let reference = Reference::read(b"a|b\r\n\nc\rd|e\n|\xff", &dialect, &[1]);
        assert_eq!((reference.facts.records, reference.facts.fields), (4, 7));
        assert_eq!(reference.unused_byte, Some(0xfe));
        assert_eq!(reference.separator_sum, 1 + 4 + 5 + 9 + 11 + 12 + 14);
        let words = u64::from_le_bytes(*b"a|b\r\n\nc\r") ^ u64::from_le_bytes(*b"d|e\n|\xff\0\0");
        assert_eq!(reference.words, Answer::Words(words));
    }
}
