//! The answers to expect, from the parser's reference and from plain loops over bytes, and their
//! pins beside the hashes of the data.

use std::fmt::Write as _;

use delimark::reference::{Event, parse};
use delimark::{Dialect, QuoteEscape};
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
    /// See [`Input::quoted_columns`](super::Input::quoted_columns).
    pub(super) quoted_columns: Option<Vec<bool>>,
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
        let mut extraction = Extraction::new(dialect, projection.len());
        let mut quoted = QuotedColumns::default();
        let facts = Facts::read(input, dialect, |fields| {
            quoted.record(fields.iter().map(|field| is_quoted(input, field, dialect)));
            projected.columns(projection, |column| fields.get(column).copied());
            extraction.line(projection.iter().map(|&column| fields.get(column).copied()));
        });
        Self {
            facts: facts.expect("a workload has no line over the limit"),
            words: Answer::Words(fold_words(input)),
            unused_byte: unused_byte(input),
            quoted_columns: quoted.columns(),
            separator_sum: separator_sum(input, dialect),
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

    fn new(dialect: &Dialect, columns: usize) -> Self {
        let text = ExtractedText::new(dialect, columns);
        Self { delimiter: dialect.delimiter(), gathered: Vec::new(), text }
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
///
/// Quotes are off in it, so a field may hold the delimiter that stands between two: fields can be
/// counted only where nothing is quoted, and else are as many a line as were asked for.
pub(crate) struct ExtractedText {
    delimiter: u8,
    fields_in_line: Option<u64>,
    records: u64,
    fields: u64,
    hasher: Sha256,
}

impl ExtractedText {
    pub(crate) fn new(dialect: &Dialect, columns: usize) -> Self {
        let fields_in_line = dialect.quote().map(|_| columns as u64);
        let delimiter = dialect.delimiter();
        Self { delimiter, fields_in_line, records: 0, fields: 0, hasher: Sha256::new() }
    }

    pub(crate) fn push(&mut self, text: &[u8]) {
        let records = memchr_iter(b'\n', text).count() as u64;
        self.records += records;
        self.fields += match self.fields_in_line {
            Some(fields) => records * fields,
            None => memchr2_iter(self.delimiter, b'\n', text).count() as u64,
        };
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

fn separator_sum(input: &[u8], dialect: &Dialect) -> u64 {
    let mut sum = 0_u64;
    let (mut is_inside, mut is_escaped) = (false, false);
    for (offset, &byte) in input.iter().enumerate() {
        if byte == b'\n' || (byte == dialect.delimiter() && !is_inside) {
            sum = sum.wrapping_add(offset as u64);
        }
        // Every line begins outside.
        if byte == b'\n' {
            (is_inside, is_escaped) = (false, false);
        } else if is_escaped {
            is_escaped = false;
        } else if dialect.quote() == Some(byte) {
            is_inside = !is_inside;
        } else {
            is_escaped = byte == b'\\' && dialect.quote_escape() == QuoteEscape::Backslash;
        }
    }
    if input.last().is_some_and(|&byte| byte != b'\n') {
        sum = sum.wrapping_add(input.len() as u64);
    }
    sum
}

/// Tells whether a field of the input lost its quotes: one that did not begins behind a separator.
fn is_quoted(input: &[u8], field: &[u8], dialect: &Dialect) -> bool {
    let start = field.as_ptr().addr() - input.as_ptr().addr();
    let before = start.checked_sub(1).and_then(|before| input.get(before).copied());
    before.is_some() && before == dialect.quote()
}

/// The columns whose fields are all quoted, or all not.
#[derive(Default)]
struct QuotedColumns {
    of_first: Option<Vec<bool>>,
    has_others: bool,
}

impl QuotedColumns {
    fn record(&mut self, are_quoted: impl Iterator<Item = bool> + Clone) {
        if !self.has_others {
            let of_first = self.of_first.get_or_insert_with(|| are_quoted.clone().collect());
            self.has_others = !are_quoted.eq(of_first.iter().copied());
        }
    }

    fn columns(self) -> Option<Vec<bool>> {
        self.of_first.filter(|_| !self.has_others)
    }
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
        assert_eq!(reference.quoted_columns, None, "lines have different columns");
    }

    #[test]
    fn what_is_quoted_is_one_field() {
        let dialect = Dialect::new(b' ').expect("' ' is a delimiter").with_columns(2);
        let dialect = dialect.expect("there are columns").with_ragged(delimark::RaggedPolicy::Keep);
        let plain = dialect.with_quote(b'"', QuoteEscape::None).expect("it has no other meaning");
        let escaped = dialect.with_quote(b'"', QuoteEscape::Backslash).expect("nor has that");

        let input = b"a \"b c\"\nd \"\\\"\n";
        let reference = Reference::read(input, &plain, &[1]);
        assert_eq!((reference.facts.records, reference.facts.fields), (2, 4));
        assert_eq!(reference.separator_sum, 1 + 7 + 9 + 13);
        assert_eq!(reference.quoted_columns, Some(vec![false, true]));
        assert_eq!(reference.facts.traits.stray_quotes, Some(0));
        let Answer::Records { records, fields, .. } = reference.extracted else { panic!() };
        assert_eq!((records, fields), (2, 2), "the blank in a field ends none");

        let reference = Reference::read(input, &escaped, &[1]);
        assert_eq!(reference.separator_sum, 1 + 7 + 9 + 13, "a line begins outside");
        assert_eq!(reference.facts.traits.ragged_records, 1);
        let reference = Reference::read(b"\"a\" b\nc d\n", &escaped, &[1]);
        assert_eq!(reference.quoted_columns, None, "the first column is quoted at times");
        let reference = Reference::read(b"\"\\\" \" b\n", &escaped, &[1]);
        assert_eq!(reference.separator_sum, 5 + 7);
    }
}
