//! Stages: what becomes of lines between a source and the queues, many lines at a time.

mod cef;
mod containers;
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

use self::cef::Cef;
pub(crate) use self::containers::Held;
use self::containers::{Container, Runtime};
use self::filters::{Drop, Sample};
use self::json::Json;
use self::labels::{Assign, Select};
use self::logfmt::Logfmt;
pub(crate) use self::parse::read_format;
use self::parse::{Parse, is_guessed};
use self::stream_labels::StreamLabels;
use self::texts::{Replace, Template, template_fields};
use self::timestamp::Timestamp;
use self::work::{SlotKind, Slots, Work};
use crate::config::{
    Config, DropConfig, LabelsConfig, Misplaced, SourceConfig, StageConfig, StageKind, Unmatched,
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

    /// Returns what it has of lines that have not ended.
    fn held(&self) -> Vec<Held> {
        Vec::new()
    }

    /// Takes what another one has held, and returns what it does not take.
    fn hold_again(&mut self, held: Vec<Held>) -> Vec<Held> {
        held
    }
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

    /// Returns what stages have of lines that have not ended.
    pub(crate) fn held(&self) -> Vec<Held> {
        self.stages.iter().flat_map(|stage| stage.held()).collect()
    }

    /// Takes what another pipeline, or an earlier run, has held. What no stage takes any more is a
    /// dead letter.
    pub(crate) fn hold_again(&mut self, held: Vec<Held>) -> Vec<Dead> {
        let mut left = held;
        for stage in &mut self.stages {
            left = stage.hold_again(left);
        }
        left.into_iter().map(Held::give_up).collect()
    }

    /// Makes dead letters of what stages have of lines that have not ended.
    pub(crate) fn give_up_held(&mut self) -> Vec<Dead> {
        let held = self.held();
        for stage in &mut self.stages {
            stage.hold_again(Vec::new());
        }
        held.into_iter().map(Held::give_up).collect()
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
            // What has not ended is of no row.
            if let Some(row) = dead.origin.line {
                dead.origin = origin(row as usize);
            }
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
        StageKind::Timestamp(config) => vec![config.source.get_ref().clone()],
        StageKind::Json(config) => config.source.iter().cloned().collect(),
        StageKind::Logfmt(config) => config.source.iter().cloned().collect(),
        StageKind::Drop(DropConfig { source, .. }) => source.iter().cloned().collect(),
        StageKind::Replace(config) => config.source.iter().cloned().collect(),
        StageKind::Template(config) => template_fields(config.template.get_ref()),
        StageKind::Cef(config) => config.source.iter().cloned().collect(),
        StageKind::Parse(_)
        | StageKind::Cri(_)
        | StageKind::Docker(_)
        | StageKind::LabelDrop(_)
        | StageKind::LabelKeep(_)
        | StageKind::Sample(_) => Vec::new(),
    }
}

/// Checks that the times that stages read are in fields that stages before them make, for one
/// source at least: else no line would ever have its time.
///
/// # Errors
///
/// A field is made by nobody; the error has its place.
pub(crate) fn check_times(config: &Config) -> Result<(), Misplaced> {
    for (index, stage) in config.stages.iter().enumerate() {
        let StageKind::Timestamp(timestamp) = stage.get_ref().kind(stage.span())? else { continue };
        let name = timestamp.source.get_ref();
        let mut known = Vec::new();
        for source in &config.sources {
            let is_of =
                |stage: &toml::Spanned<StageConfig>| stage.get_ref().is_of(source.get_ref());
            if !is_of(stage) {
                continue;
            }
            known.extend(work::fields_of(source.get_ref().kind(source.span())?));
            for former in config.stages[..index].iter().filter(|former| is_of(former)) {
                // Nobody knows yet which columns there will be.
                if let StageKind::Parse(parse) = former.get_ref().kind(former.span())?
                    && is_guessed(parse)
                {
                    known.push(name.clone());
                    continue;
                }
                known.extend(makes(former.get_ref().kind(former.span())?, former.span())?);
            }
        }
        if !known.iter().any(|own| own == name) {
            known.sort();
            known.dedup();
            let message = format!(
                "no stage before this one makes the field '{name}' (there are: {})",
                known.join(", ")
            );
            return Err(Misplaced::at(timestamp.source.span(), message));
        }
    }
    Ok(())
}

/// Returns the fields that a stage makes.
fn makes(kind: StageKind<'_>, span: Range<usize>) -> Result<Vec<String>, Misplaced> {
    Ok(match kind {
        StageKind::Parse(config) => {
            let format = read_format(config, span)?;
            format.columns().iter().map(|column| column.name().to_owned()).collect()
        }
        StageKind::Cri(_) | StageKind::Docker(_) => vec![containers::STREAM.to_owned()],
        StageKind::Cef(config) => {
            let header = cef::HEADER.map(str::to_owned).into_iter();
            header.chain(config.extensions.keys().cloned()).collect()
        }
        StageKind::Json(config) => config.expressions.keys().cloned().collect(),
        StageKind::Logfmt(config) => config.mapping.keys().cloned().collect(),
        StageKind::Template(config) => config.target.iter().cloned().collect(),
        StageKind::Timestamp(_)
        | StageKind::Labels(_)
        | StageKind::StructuredMetadata(_)
        | StageKind::LabelDrop(_)
        | StageKind::LabelKeep(_)
        | StageKind::Drop(_)
        | StageKind::Sample(_)
        | StageKind::Replace(_) => Vec::new(),
    })
}

/// Makes a stage.
fn make(
    kind: StageKind<'_>,
    slots: &mut Slots,
    span: Range<usize>,
) -> Result<Box<dyn Stage>, Misplaced> {
    Ok(match kind {
        StageKind::Parse(config) => Box::new(Parse::new(config, slots, span)?),
        StageKind::Cri(config) => Box::new(Container::new(Runtime::Cri, config, slots)),
        StageKind::Docker(config) => Box::new(Container::new(Runtime::Docker, config, slots)),
        StageKind::Cef(config) => Box::new(Cef::new(config, slots)),
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
