//! The stage `parse`: the columns of a log format, found by the parser. It looks at no line of its
//! own: all lines of a batch are scanned in bursts, and columns are places in them.

use delimark::{RaggedPolicy, Scanner, Span};
use delimark_formats::{FixedLayout, LogFormat};
use delimark_pipeline::{ParseFigures, ParseSpan};
use toml::Spanned;

use super::work::{Slot, SlotKind, Slots, Work, span};
use super::{Outcome, Stage};
use crate::config::{Misplaced, ParseConfig, Unmatched};
use crate::text::Text;

/// Finds the columns of a log format.
#[derive(Debug)]
pub(super) struct Parse {
    /// The format; none before the first lines have told it.
    known: Option<Known>,
    unmatched: Unmatched,
    /// The fields that somebody reads: where the format is not known yet, any can be a column.
    fields: Vec<(String, Slot)>,
    /// Lines that were changed on the way, put together again.
    joined: Vec<u8>,
}

/// A format that is known.
#[derive(Debug)]
struct Known {
    format: LogFormat,
    scanner: Scanner,
    /// The columns that a later stage asks for.
    wanted: Vec<(usize, Slot)>,
    places: Vec<Option<Span>>,
}

/// The name of no format, but of the one that the first lines are in.
const AUTO: &str = "auto";

impl Parse {
    /// Makes the stage; only columns that have a slot already are kept.
    pub(super) fn new(
        config: &ParseConfig,
        slots: &Slots,
        span: std::ops::Range<usize>,
    ) -> Result<Self, Misplaced> {
        let fields = slots.of_kind(SlotKind::Field).into_iter();
        let fields: Vec<_> = fields.map(|(slot, name)| (name.to_owned(), slot)).collect();
        let known = if is_guessed(config) {
            None
        } else {
            let format = read_format(config, span.clone())?;
            Some(Known::new(format, &fields).map_err(|error| Misplaced::at(span, error))?)
        };
        Ok(Self { known, unmatched: config.unmatched, fields, joined: Vec::new() })
    }

    /// Returns the format, which the first lines tell where nobody has said it.
    fn known(&mut self, first_lines: &[u8]) -> Option<&mut Known> {
        if self.known.is_none() {
            let guess = delimark_formats::guess(first_lines);
            let format = guess.best().map(|best| best.preset().format());
            // Of one whose columns a line names, that line has gone by.
            let format = format.filter(|format| !format.columns().is_empty());
            self.known = format.and_then(|format| Known::new(format, &self.fields).ok());
        }
        self.known.as_mut()
    }

    /// Scans lines that stand one after the other; `row` tells which one each of them is, and
    /// `place` what a place in them is in the batch.
    fn scan(
        &mut self,
        bytes: &[u8],
        work: &mut Work,
        outcome: &mut Outcome,
        row: impl Fn(usize) -> usize,
        place: impl Fn(usize, usize) -> Text,
    ) {
        let unmatched = self.unmatched;
        let Some(Known { format, scanner, wanted, places }) = self.known(bytes) else {
            let lines = bytes.split_inclusive(|byte| *byte == b'\n').count();
            for line in 0..lines {
                let reason = "is in no format that is known, nor are the others around it";
                outcome.unmatched(work, row(line), unmatched, reason.to_owned());
            }
            return;
        };
        let span = ParseSpan::begin();
        let mut usual_bytes = 0;
        let has_directives = format.has_directives();
        let usual_fields = format.fixed_layout().map(FixedLayout::fields);
        let mut columns: Vec<Vec<Text>> =
            wanted.iter().map(|(_, slot)| std::mem::take(work.column_mut(*slot))).collect();
        let mut batches = scanner.scan(bytes);
        while let Some(batch) = batches.next().expect("lines in memory are not too long") {
            let burst = batch.as_bytes();
            let start = batch.offset() as usize;
            let unmatched_before = outcome.unmatched;
            for record in batch.records() {
                let row = row(record.line_number() as usize - 1);
                if has_directives && record.as_bytes().starts_with(b"#") {
                    work.is_kept[row] = false;
                    continue;
                }
                match format.match_record(burst, &record, places) {
                    Ok(()) => {
                        for ((index, _), column) in wanted.iter().zip(&mut columns) {
                            column[row] = places[*index].map_or(Text::Absent, |found| {
                                place(start + found.start as usize, start + found.end as usize)
                            });
                        }
                    }
                    Err(mismatch) => {
                        let reason = format!("is in another format: {mismatch}");
                        outcome.unmatched(work, row, unmatched, reason);
                    }
                }
            }
            for ragged in batch.ragged() {
                let row = row(ragged.record().line_number() as usize - 1);
                outcome.unmatched(work, row, unmatched, ragged.reason().to_string());
            }
            // All columns are between the separators that were found, and nothing was searched.
            let is_usual = batch.uniform().is_some_and(|all| Some(all.columns()) == usual_fields);
            if is_usual && outcome.unmatched == unmatched_before {
                usual_bytes += burst.len() as u64;
            }
        }
        for ((_, slot), column) in wanted.iter().zip(columns) {
            *work.column_mut(*slot) = column;
        }
        let (end_offset, split_bytes) = (work.end_offset, bytes.len() as u64);
        span.end(&ParseFigures { end_offset, split_bytes, usual_bytes });
    }

    /// Puts lines together that are not those of the input any more, and returns the row of each.
    fn join(&mut self, work: &mut Work, outcome: &mut Outcome) -> Vec<usize> {
        self.joined.clear();
        let mut rows = Vec::with_capacity(work.rows());
        for row in work.kept_rows() {
            let line = work.value(None, row).unwrap_or_default();
            if memchr::memchr(b'\n', line).is_some() {
                let reason = "has a newline within it".to_owned();
                outcome.unmatched(work, row, self.unmatched, reason);
                continue;
            }
            self.joined.extend_from_slice(line);
            self.joined.push(b'\n');
            rows.push(row);
        }
        rows
    }
}

impl Known {
    fn new(format: LogFormat, fields: &[(String, Slot)]) -> Result<Self, String> {
        let dialect = format.dialect().with_ragged(RaggedPolicy::Report);
        let dialect = dialect.with_line_limit(delimark::Dialect::MAXIMUM_LINE_LIMIT_BYTES);
        let dialect = dialect.expect("it is the highest limit");
        let scanner = Scanner::new(dialect).map_err(|error| error.to_string())?;
        let slot = |name: &str| fields.iter().find(|(own, _)| own == name).map(|(_, slot)| *slot);
        let wanted = format.columns().iter().enumerate();
        let wanted = wanted.filter_map(|(index, column)| Some((index, slot(column.name())?)));
        let wanted = wanted.collect();
        let places = vec![None; format.columns().len()];
        Ok(Self { format, scanner, wanted, places })
    }
}

/// Tells whether the first lines tell the format.
pub(super) fn is_guessed(config: &ParseConfig) -> bool {
    config.preset.as_ref().is_some_and(|preset| preset.get_ref() == AUTO)
}

impl Stage for Parse {
    fn apply(&mut self, work: &mut Work, outcome: &mut Outcome) {
        if let Some(bytes) = work.as_read().cloned() {
            let place = |start, end| Text::Read(span(start, end));
            self.scan(&bytes, work, outcome, |line| line, place);
            return;
        }
        let rows = self.join(work, outcome);
        let joined = std::mem::take(&mut self.joined);
        let base = work.make(&joined);
        let place = |start, end| Work::part(base, start, end);
        self.scan(&joined, work, outcome, |line| rows[line], place);
        self.joined = joined;
    }
}

/// Reads the one format that is given.
pub(crate) fn read_format(
    config: &ParseConfig,
    span: std::ops::Range<usize>,
) -> Result<LogFormat, Misplaced> {
    let ParseConfig { preset, log_format, delimiter, columns, .. } = config;
    let wrong = |value: &Spanned<String>, error: String| Misplaced::at(value.span(), error);
    let format = match (preset, log_format, delimiter) {
        (Some(name), None, None) => {
            LogFormat::preset(name.get_ref()).map_err(|error| wrong(name, error.to_string()))?
        }
        (None, Some(text), None) => {
            LogFormat::of_server(text.get_ref()).map_err(|error| wrong(text, error.to_string()))?
        }
        (None, None, Some(delimiter)) => {
            let &[byte] = delimiter.get_ref().as_bytes() else {
                return Err(wrong(delimiter, "a delimiter is one byte".to_owned()));
            };
            let Some(columns) = columns else {
                let message = "a delimiter needs `columns`, the names of the fields";
                return Err(Misplaced::at(span, message));
            };
            let names = columns.iter().map(String::as_str);
            LogFormat::delimited(byte, names, None)
                .map_err(|error| wrong(delimiter, error.to_string()))?
        }
        _ => {
            let message = "a format needs one of: preset, log_format, delimiter";
            return Err(Misplaced::at(span, message));
        }
    };
    if format.columns().is_empty() {
        let message = "this format has no columns before a line names them, which a log that is \
                       followed may not have any more; give its columns as log_format";
        return Err(Misplaced::at(span, message));
    }
    Ok(format)
}
