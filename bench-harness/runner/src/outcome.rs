//! The outcome of a case in one of this project's scans: everything that it says, for the harness
//! to judge.

use std::borrow::BorrowMut;

use delimark::{Batch, Batches, Counts, Decoder, RaggedReason, Record, ScanError, Scanner, Source};

/// The outcome of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The records handed out, before the error where there is one.
    pub records: Vec<Line>,
    /// The records left out and listed.
    pub ragged: Vec<RaggedLine>,
    /// The counts of [`Scanner::count`](delimark::Scanner::count), which knows of no error.
    pub counts: Option<(u64, u64)>,
    /// The reason why the scan ended early, or never began.
    pub error: Option<Failure>,
    /// The places where two ways to the same thing disagree; nothing should be here.
    pub inconsistencies: Vec<String>,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its line, from 1.
    pub line: u64,
    /// The offset of its first byte.
    pub offset: u64,
    /// Its fields.
    pub fields: Vec<Vec<u8>>,
}

/// A record with another number of columns than expected, or with an open line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaggedLine {
    /// Its line, from 1.
    pub line: u64,
    /// The offset of its first byte.
    pub offset: u64,
    /// The number of its fields.
    pub found: u32,
    /// The offset of its open quote, where that is the reason.
    pub quote: Option<u64>,
}

/// The reason why there is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The dialect is not legal.
    Dialect(String),
    /// A record is ragged where that is an error.
    Ragged {
        /// The record, with the number of its fields.
        at: RaggedLine,
        /// The number that it should have.
        expected: u32,
    },
    /// A line ends inside quotes where that is an error.
    OpenQuote {
        /// Its line, from 1.
        line: u64,
        /// The offset of its first byte.
        offset: u64,
        /// The offset of its open quote.
        quote: u64,
    },
    /// A line is longer than the limit.
    LineTooLong {
        /// Its line, from 1.
        line: u64,
        /// The offset of its first byte.
        offset: u64,
    },
    /// Anything else, which none of the sources here should come to.
    Other(String),
}

impl Outcome {
    /// The outcome of a dialect that is not legal.
    #[must_use]
    pub fn refused(reason: &impl ToString) -> Self {
        Self { error: Some(Failure::Dialect(reason.to_string())), ..Self::default() }
    }

    /// Notes everything that a scan hands out.
    pub fn of_scan<S: Source>(mut batches: Batches<impl BorrowMut<Scanner>, S>) -> Self {
        let mut outcome = Self::default();
        loop {
            match batches.next() {
                Ok(Some(batch)) => outcome.take(&batch),
                Ok(None) => return outcome,
                Err(error) => {
                    outcome.error = Some(Failure::from(&error));
                    if !matches!(batches.next(), Ok(None)) {
                        outcome.inconsistencies.push("there is more behind an error".to_owned());
                    }
                    return outcome;
                }
            }
        }
    }

    /// Notes everything that a decoder hands out, to which the input is pushed in pieces.
    pub fn of_pushes<'a>(
        decoder: &mut Decoder,
        mut pieces: impl Iterator<Item = &'a [u8]>,
    ) -> Self {
        let mut outcome = Self::default();
        let pushed = pieces.try_for_each(|piece| decoder.push(piece, |batch| outcome.take(batch)));
        let finished = decoder.finish(|batch| outcome.take(batch));
        outcome.error = finished.as_ref().err().map(Failure::from);
        if pushed.is_err_and(|error| Some(Failure::from(&error)) != outcome.error) {
            outcome.inconsistencies.push("a decoder's error does not stay".to_owned());
        }
        outcome
    }

    /// Notes everything that a decoder hands out for an input in two pieces, whichever of the cuts
    /// is between them.
    pub fn of_cuts(decoder: &mut Decoder, input: &[u8], cuts: impl Iterator<Item = usize>) -> Self {
        let mut outcomes = cuts.map(|cut| {
            let (first, second) = input.split_at(cut);
            (cut, Self::of_pushes(decoder, [first, second].into_iter()))
        });
        let Some((first_cut, mut first)) = outcomes.next() else {
            return Self::default();
        };
        if let Some((cut, _)) = outcomes.find(|(_, outcome)| *outcome != first) {
            first.inconsistencies.push(format!(
                "cut behind byte {cut} it comes to something else than behind byte {first_cut}"
            ));
        }
        first
    }

    /// Adds what [`Scanner::count`](delimark::Scanner::count) says.
    #[must_use]
    pub fn with_counts(mut self, Counts { records, fields }: Counts) -> Self {
        self.counts = Some((records, fields));
        self
    }

    fn take(&mut self, batch: &Batch<'_>) {
        if batch.records().count() != batch.record_count() {
            self.inconsistencies.push("record_count() is not that of records()".to_owned());
        }
        for record in batch.records() {
            self.take_record(&record);
        }
        if !batch.column(1).eq(batch.records().map(|record| record.field(1))) {
            self.inconsistencies.push("column(1) is not field(1) of each record".to_owned());
        }
        let spans = batch.spans(1).map(|span| span.map(|span| &batch.as_bytes()[span.range()]));
        if !spans.eq(batch.column(1)) {
            self.inconsistencies.push("spans(1) are not the places of column(1)".to_owned());
        }
        let rows = (0..batch.record_count()).map(|row| batch.record(row));
        let offsets = rows.map(|record| record.map(|record| record.offset()));
        if !offsets.eq(batch.records().map(|record| Some(record.offset()))) {
            self.inconsistencies.push("record(i) is not the i-th of records()".to_owned());
        }
        self.ragged.extend(batch.ragged().map(|ragged| RaggedLine {
            line: ragged.record().line_number(),
            offset: ragged.record().offset(),
            found: ragged.fields_found(),
            quote: match ragged.reason() {
                RaggedReason::OpenQuote { quote_offset } => Some(quote_offset),
                RaggedReason::FieldCount { .. } => None,
            },
        }));
    }

    /// Copies a record, and compares the ways to reach its fields with each other.
    fn take_record(&mut self, record: &Record<'_>) {
        let (line, offset) = (record.line_number(), record.offset());
        let fields: Vec<Vec<u8>> = record.fields().map(<[u8]>::to_vec).collect();
        let mut folded = 0;
        let mut fold_agrees = true;
        record.fields().for_each(|field| {
            fold_agrees &= fields.get(folded).is_some_and(|expected| expected == field);
            folded += 1;
        });
        let index_agrees = (0..)
            .zip(&fields)
            .all(|(index, field)| record.field(index).is_some_and(|found| found == field));
        let checks = [
            ("len() is not the number of fields()", record.len() == fields.len()),
            ("for_each gives other fields than next", fold_agrees && folded == fields.len()),
            ("field(i) is not the i-th of fields()", index_agrees),
            ("there is a field behind the last", record.field(record.len()).is_none()),
        ];
        let failed = checks.into_iter().filter(|(_, holds)| !holds);
        self.inconsistencies.extend(failed.map(|(what, _)| format!("line {line}: {what}")));
        self.records.push(Line { line, offset, fields });
    }
}

impl From<&ScanError> for Failure {
    fn from(error: &ScanError) -> Self {
        let offset = error.offset();
        match (error.line_number(), error.ragged_reason()) {
            (Some(line), Some(RaggedReason::FieldCount { expected, found })) => {
                Self::Ragged { at: RaggedLine { line, offset, found, quote: None }, expected }
            }
            (Some(line), Some(RaggedReason::OpenQuote { quote_offset: quote })) => {
                Self::OpenQuote { line, offset, quote }
            }
            (Some(line), None) if error.is_line_too_long() => Self::LineTooLong { line, offset },
            _ => Self::Other(error.to_string()),
        }
    }
}
