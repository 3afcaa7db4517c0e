//! Types found by looking at values of a sample.

use std::fmt;

use delimark::{BackendError, RaggedPolicy, Scanner};
use delimark_formats::{LogFormat, TimestampFormat};

use super::{ColumnKind, DECIMAL_PRECISION, Nulls, Source, TableColumn, TableSchema};
use crate::values::{
    TimestampParser, parse_date, parse_decimal, parse_float, parse_integer, parse_unsigned,
};

/// One value in so many may not be of the type that is found: a damaged line should not decide.
const VALUES_PER_MISFIT: u64 = 1000;

/// The types that a value is tried as, the first ones before the others.
const CANDIDATES: [Candidate; 9] = [
    Candidate::Integer,
    Candidate::Unsigned,
    Candidate::Decimal,
    Candidate::Float,
    Candidate::Word,
    Candidate::Time(TimestampFormat::Iso8601),
    Candidate::Time(TimestampFormat::Clf),
    Candidate::Time(TimestampFormat::ClfMilliseconds),
    Candidate::Date,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Candidate {
    Integer,
    Unsigned,
    Decimal,
    Float,
    /// A truth value as a word: `1` and `0` are numbers.
    Word,
    Time(TimestampFormat),
    Date,
}

/// Finds the types of text columns.
///
/// A number with zeros before it is text, for a code such as `0049` is another one without them.
#[derive(Debug)]
pub struct Inference {
    scanner: Scanner,
    format: LogFormat,
    schema: TableSchema,
    columns: Vec<Option<Seen>>,
}

/// The values of one column so far.
#[derive(Clone, Debug, Default)]
struct Seen {
    values: u64,
    fit: [u64; CANDIDATES.len()],
    /// The most digits after the point, without zeros at the end.
    scale: usize,
    /// The most digits before it.
    whole: usize,
}

/// The type that was found for a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inferred {
    /// The name of the column.
    pub column: String,
    /// The type.
    pub kind: ColumnKind,
    /// The values of the sample that are of it.
    pub fit: u64,
    /// The values of the sample.
    pub values: u64,
}

impl fmt::Display for Inferred {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { column, kind, fit, values } = self;
        write!(formatter, "'{column}' is {kind}: {fit} of {values} values fit")
    }
}

impl Inference {
    /// Finds types for the text columns of a schema.
    ///
    /// # Errors
    ///
    /// The environment asks for a backend that cannot run here.
    pub fn new(format: LogFormat, schema: TableSchema) -> Result<Self, BackendError> {
        let is_open = |column: &TableColumn| column.kind == ColumnKind::Text && !column.is_list;
        let columns = schema.columns().iter().map(|column| is_open(column).then(Seen::default));
        Ok(Self {
            scanner: Scanner::new(format.dialect().with_ragged(RaggedPolicy::Report))?,
            columns: columns.collect(),
            format,
            schema,
        })
    }

    /// Looks at the lines of a piece; those that are not of the format are passed over.
    pub fn look(&mut self, piece: &[u8]) {
        let mut places = vec![None; self.format.columns().len()];
        let mut batches = self.scanner.scan(piece);
        // A line over the limit ends the piece: a sample need not be all of it.
        while let Ok(Some(batch)) = batches.next() {
            let bytes = batch.as_bytes();
            for record in batch.records() {
                let is_comment =
                    self.format.has_directives() && record.as_bytes().starts_with(b"#");
                if is_comment || self.format.match_record(bytes, &record, &mut places).is_err() {
                    continue;
                }
                for (column, seen) in self.schema.columns().iter().zip(&mut self.columns) {
                    if let (Some(seen), Source::Column(index)) = (seen, column.source)
                        && let Some(span) = places[index]
                    {
                        let value = &bytes[span.range()];
                        if !Nulls::BOTH.has(value) {
                            seen.look(value);
                        }
                    }
                }
            }
        }
    }

    /// Returns the schema with the types that were found, and these.
    #[must_use]
    pub fn finish(self) -> (TableSchema, Vec<Inferred>) {
        let Self { mut schema, columns, .. } = self;
        let mut inferred = Vec::new();
        for (column, seen) in schema.columns.iter_mut().zip(columns) {
            let Some(seen) = seen else { continue };
            let (kind, fit) = seen.kind();
            if kind != column.kind {
                column.kind = kind;
                column.nulls = Nulls::of_kind(kind);
            }
            let (column, values) = (column.name.clone(), seen.values);
            inferred.push(Inferred { column, kind, fit, values });
        }
        (schema, inferred)
    }
}

impl Seen {
    fn look(&mut self, value: &[u8]) {
        self.values += 1;
        let (whole, fraction) = digits(value);
        for (candidate, fit) in CANDIDATES.iter().zip(&mut self.fit) {
            if candidate.takes(value) {
                *fit += 1;
                if *candidate == Candidate::Decimal {
                    self.whole = self.whole.max(whole);
                    self.scale = self.scale.max(fraction);
                }
            }
        }
    }

    /// Returns the first type that values fit, and how many do.
    fn kind(&self) -> (ColumnKind, u64) {
        let misfits = self.values / VALUES_PER_MISFIT;
        let fits = CANDIDATES
            .iter()
            .zip(self.fit)
            .filter(|(_, fit)| *fit > 0 && self.values - fit <= misfits);
        // One misfit may be a value that a wider type takes: the most that fit come first.
        let mut best: Option<(ColumnKind, u64)> = None;
        for (candidate, fit) in fits {
            if best.is_none_or(|(_, best)| fit > best)
                && let Some(kind) = self.kind_of(*candidate)
            {
                best = Some((kind, fit));
            }
        }
        best.unwrap_or((ColumnKind::Text, self.values))
    }

    fn kind_of(&self, candidate: Candidate) -> Option<ColumnKind> {
        Some(match candidate {
            Candidate::Integer => ColumnKind::Integer,
            Candidate::Unsigned => ColumnKind::Unsigned,
            Candidate::Decimal => {
                // Thousandths, millionths: the next line may have a digit more.
                let scale = self.scale.max(1).next_multiple_of(3);
                let has_room = self.whole + scale <= usize::from(DECIMAL_PRECISION);
                let scale = u8::try_from(scale).ok().filter(|_| has_room)?;
                ColumnKind::Decimal { scale }
            }
            Candidate::Float => ColumnKind::Float,
            Candidate::Word => ColumnKind::Boolean,
            Candidate::Time(format) => {
                let has_zone = format != TimestampFormat::ClfMilliseconds;
                ColumnKind::Timestamp { format, has_zone }
            }
            Candidate::Date => ColumnKind::Date,
        })
    }
}

impl Candidate {
    fn takes(self, bytes: &[u8]) -> bool {
        match self {
            Self::Integer => !has_zeros_before(bytes) && parse_integer(bytes).is_ok(),
            Self::Unsigned => !has_zeros_before(bytes) && parse_unsigned(bytes).is_ok(),
            Self::Decimal => {
                let scale = digits(bytes).1.min(usize::from(DECIMAL_PRECISION)) as u8;
                !has_zeros_before(bytes) && parse_decimal(bytes, scale).is_ok()
            }
            Self::Float => !has_zeros_before(bytes) && parse_float(bytes).is_ok(),
            Self::Word => ["true", "false", "yes", "no", "on", "off"]
                .iter()
                .any(|word| bytes.eq_ignore_ascii_case(word.as_bytes())),
            Self::Time(format) => TimestampParser::new(format).parse(bytes).is_ok(),
            Self::Date => parse_date(bytes).is_ok(),
        }
    }
}

fn has_zeros_before(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").or(bytes.strip_prefix(b"+")).unwrap_or(bytes);
    matches!(digits, [b'0', next, ..] if next.is_ascii_digit())
}

/// Returns the number of digits before the point, and after it without zeros at the end.
fn digits(bytes: &[u8]) -> (usize, usize) {
    let point = memchr::memchr(b'.', bytes).unwrap_or(bytes.len());
    let fraction = bytes.get(point + 1..).unwrap_or_default();
    let zeros = fraction.iter().rev().take_while(|&&byte| byte == b'0').count();
    (point, fraction.len() - zeros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::FormatOptions;

    fn infer(values: &[&str]) -> Inferred {
        let format = LogFormat::delimited(b'|', ["a", "b"], None).unwrap();
        let schema = TableSchema::of_format(&format, FormatOptions::default()).unwrap();
        let mut inference = Inference::new(format, schema).unwrap();
        for value in values {
            inference.look(format!("x|{value}\n").as_bytes());
        }
        let (schema, mut inferred) = inference.finish();
        let inferred = inferred.remove(1);
        assert_eq!(schema.columns()[1].kind, inferred.kind);
        inferred
    }

    #[test]
    fn each_type_is_found() {
        for (values, expected) in [
            (&["1", "-2", "-", ""][..], "integer"),
            (&["0", "18446744073709551615"], "unsigned"),
            (&["0.001", "12", "-3.5"], "decimal(3)"),
            (&["0.0001", "1.0000000"], "decimal(6)"),
            (&["1e5", "2.5"], "float"),
            (&["123456789012.1234567"], "float"),
            (&["true", "False"], "boolean"),
            (&["1", "0"], "integer"),
            (&["2026-03-01T10:00:00Z"], "timestamp(iso8601)"),
            (&["01/Mar/2026:10:00:00 +0000"], "timestamp(clf)"),
            (&["01/Mar/2026:10:00:00.123"], "timestamp(clf-milliseconds)"),
            (&["2026-03-01"], "date"),
            (&["0049", "0030"], "text"),
            (&["1", "x"], "text"),
            (&["10.0.0.1"], "text"),
            (&["-", ""], "text"),
        ] {
            assert_eq!(infer(values).kind.to_string(), expected, "{values:?}");
        }
    }

    #[test]
    fn one_misfit_among_a_thousand_does_not_decide() {
        let values = |count| [&vec!["7"; count][..], &["x"]].concat();
        let few = infer(&values(998));
        assert_eq!((few.kind, few.values), (ColumnKind::Text, 999));
        let many = infer(&values(999));
        assert_eq!((many.kind, many.fit, many.values), (ColumnKind::Integer, 999, 1000));
        assert_eq!(many.to_string(), "'b' is integer: 999 of 1000 values fit");
    }

    #[test]
    fn a_wider_type_that_takes_the_misfit_is_preferred() {
        let values = [&vec!["7"; 2000][..], &["7.5"]].concat();
        assert_eq!(infer(&values).kind, ColumnKind::Decimal { scale: 3 });
    }
}
