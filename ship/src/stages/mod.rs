//! Stages: what becomes of lines between a source and the queues, many lines at a time.

mod filters;
mod json;
mod labels;
mod logfmt;
mod parse;
mod stream_labels;
mod texts;
mod timestamp;
mod work;

use std::fmt;
use std::iter;
use std::ops::Range;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use self::filters::{Drop, Sample};
use self::json::Json;
use self::labels::{Assign, Select};
use self::logfmt::Logfmt;
use self::parse::Parse;
pub(crate) use self::parse::read_format;
use self::stream_labels::StreamLabels;
use self::texts::{Replace, Template, template_fields};
use self::timestamp::Timestamp;
use self::work::{SlotKind, Slots, Work};
use crate::config::{
    Config, DropConfig, LabelsConfig, Misplaced, SourceConfig, StageKind, Unmatched,
};
use crate::entry::{Entry, Origin};
use crate::lines::Lines;
use crate::metadata::{Metadata, MetadataTable, Names};

/// A stage of a pipeline.
trait Stage: fmt::Debug + Send {
    /// Learns of all names, those of later stages too.
    fn finish(&mut self, _: &Slots) {}

    /// Does its work on all lines of a batch that are not dropped yet.
    fn apply(&mut self, work: &mut Work, outcome: &mut Outcome);
}

/// What became of the lines of a batch.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What goes on to the queues, in the order of the lines.
    pub(crate) entries: Vec<Entry>,
    /// Lines that go nowhere else.
    pub(crate) dead: Vec<Dead>,
    /// Lines that are not in the format of a stage, kept or not.
    pub(crate) unmatched: u64,
    /// Lines that stages were told to drop.
    pub(crate) dropped: u64,
    /// Times that could not be read; their lines have the time at which they were read.
    pub(crate) bad_times: u64,
}

/// A line that is not carried any further, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dead {
    /// Where it came from.
    pub(crate) origin: Origin,
    /// The reason; it reads on behind "the line".
    pub(crate) reason: String,
    /// The line, if it was kept.
    pub(crate) line: Option<Bytes>,
}

impl Outcome {
    /// Notes that a line is not in the format of a stage.
    fn unmatched(&mut self, work: &mut Work, row: usize, unmatched: Unmatched, reason: String) {
        if !work.is_kept[row] {
            return;
        }
        self.unmatched += 1;
        if unmatched == Unmatched::DeadLetter {
            work.is_kept[row] = false;
            let line = work.value(None, row).map(Bytes::copy_from_slice);
            // The number of the row stands in for that of the line until the batch is done.
            let origin =
                Origin { source: "".into(), line: Some(row as u64), offset: work.offsets[row] };
            self.dead.push(Dead { origin, reason, line });
        }
    }
}

/// The stages of one source, and what makes entries of what comes out of them.
#[derive(Debug)]
pub(crate) struct Pipeline {
    slots: Slots,
    stages: Vec<Box<dyn Stage>>,
    labels: StreamLabels,
    metadata: Vec<work::Slot>,
    metadata_names: Names,
    /// The time of the last line that said none.
    last_now: i64,
}

impl Pipeline {
    /// Makes the stages that a configuration has for a source.
    ///
    /// # Errors
    ///
    /// A stage cannot be as it is written.
    pub(crate) fn new(config: &Config, source: &SourceConfig) -> Result<Self, Misplaced> {
        let mut slots = Slots::default();
        for name in source.labels.keys() {
            labels::check_label_name(name)?;
            slots.slot(SlotKind::Label, name.get_ref());
        }
        let stages: Vec<_> = config.stages_of(source.name.get_ref()).collect();
        // What is read decides what `parse` keeps.
        for stage in &stages {
            for name in reads(stage.get_ref().kind(stage.span())?) {
                slots.slot(SlotKind::Field, &name);
            }
        }
        let made = stages.iter().map(|stage| {
            let kind = stage.get_ref().kind(stage.span())?;
            make(kind, &mut slots, stage.span())
        });
        let mut made = made.collect::<Result<Vec<_>, _>>()?;
        for stage in &mut made {
            stage.finish(&slots);
        }
        let (metadata, names): (_, Vec<Box<str>>) = slots
            .of_kind(SlotKind::Metadata)
            .into_iter()
            .map(|(slot, name)| (slot, Box::from(name)))
            .unzip();
        let metadata_names = Names::from(names);
        let labels = StreamLabels::new(&slots, source);
        Ok(Self { slots, stages: made, labels, metadata, metadata_names, last_now: 0 })
    }

    /// Takes lines through all stages.
    pub(crate) fn run(&mut self, lines: &Lines) -> Outcome {
        let mut outcome = Outcome::default();
        let mut work = Work::new(lines, &self.slots);
        self.labels.begin(&mut work);
        for stage in &mut self.stages {
            stage.apply(&mut work, &mut outcome);
        }
        let origin = |row: usize| Origin {
            source: lines.origin.clone(),
            line: lines.first_line.map(|first| first + row as u64),
            offset: lines.offset_of(row),
        };
        for dead in &mut outcome.dead {
            dead.origin = origin(dead.origin.line.expect("it is the row") as usize);
        }
        self.make_entries(work, origin, &mut outcome);
        outcome
    }

    fn make_entries(
        &mut self,
        mut work: Work,
        origin: impl Fn(usize) -> Origin,
        outcome: &mut Outcome,
    ) {
        let rows: Vec<usize> = work.kept_rows().collect();
        let labels = self.labels.of_rows(&work, &rows);
        let mut now = self.now();
        let columns: Vec<_> = self.metadata.iter().map(|slot| work.column(*slot)).collect();
        let mut values = Vec::with_capacity(rows.len() * columns.len());
        for &row in &rows {
            values.extend(columns.iter().map(|column| column[row]));
        }
        let (lines, times) = (std::mem::take(&mut work.lines), std::mem::take(&mut work.times));
        let buffers = work.into_buffers();
        let table = MetadataTable::new(self.metadata_names.clone(), buffers.clone(), values);
        let table = Arc::new(table);
        outcome.entries.reserve(rows.len());
        for (index, (labels, &row)) in iter::zip(labels, &rows).enumerate() {
            outcome.entries.push(Entry {
                labels,
                timestamp_ns: times[row].unwrap_or_else(|| now.next()),
                line: buffers.share(lines[row]).unwrap_or_default(),
                metadata: Metadata::of_row(&table, index),
                origin: origin(row),
            });
        }
        self.last_now = now.last;
    }

    /// Returns times from now on, later than any before.
    fn now(&self) -> Now {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(now.as_nanos()).unwrap_or(i64::MAX - 1);
        Now { last: self.last_now.max(now - 1) }
    }
}

/// The times of lines that say none: two are not of the same nanosecond.
struct Now {
    last: i64,
}

impl Now {
    fn next(&mut self) -> i64 {
        self.last += 1;
        self.last
    }
}

/// Returns the fields that a stage reads.
fn reads(kind: StageKind<'_>) -> Vec<String> {
    let of_labels = |config: &LabelsConfig| {
        let names = config.names.iter();
        let field = |(name, field): (&toml::Spanned<String>, &String)| {
            if field.is_empty() { name.get_ref().clone() } else { field.clone() }
        };
        names.map(field).collect()
    };
    match kind {
        StageKind::Labels(config) | StageKind::StructuredMetadata(config) => of_labels(config),
        StageKind::Timestamp(config) => vec![config.source.clone()],
        StageKind::Json(config) => config.source.iter().cloned().collect(),
        StageKind::Logfmt(config) => config.source.iter().cloned().collect(),
        StageKind::Drop(DropConfig { source, .. }) => source.iter().cloned().collect(),
        StageKind::Replace(config) => config.source.iter().cloned().collect(),
        StageKind::Template(config) => template_fields(config.template.get_ref()),
        StageKind::Parse(_)
        | StageKind::LabelDrop(_)
        | StageKind::LabelKeep(_)
        | StageKind::Sample(_) => Vec::new(),
    }
}

/// Makes a stage.
fn make(
    kind: StageKind<'_>,
    slots: &mut Slots,
    span: Range<usize>,
) -> Result<Box<dyn Stage>, Misplaced> {
    Ok(match kind {
        StageKind::Parse(config) => Box::new(Parse::new(config, slots, span)?),
        StageKind::Json(config) => Box::new(Json::new(config, slots)?),
        StageKind::Logfmt(config) => Box::new(Logfmt::new(config, slots)),
        StageKind::Timestamp(config) => Box::new(Timestamp::new(config, slots)?),
        StageKind::Labels(config) => Box::new(Assign::new(config, SlotKind::Label, slots)?),
        StageKind::StructuredMetadata(config) => {
            Box::new(Assign::new(config, SlotKind::Metadata, slots)?)
        }
        StageKind::LabelDrop(config) => Box::new(Select::new(config, false)?),
        StageKind::LabelKeep(config) => Box::new(Select::new(config, true)?),
        StageKind::Drop(config) => Box::new(Drop::new(config, slots, span)?),
        StageKind::Sample(config) => Box::new(Sample::new(config)?),
        StageKind::Replace(config) => Box::new(Replace::new(config, slots)?),
        StageKind::Template(config) => Box::new(Template::new(config, slots)?),
    })
}

#[cfg(test)]
mod tests;
