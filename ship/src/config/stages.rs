//! Stages in a configuration: what happens to lines, after Promtail's names.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::error::Misplaced;
use super::only_one;
use super::sources::SourceConfig;

/// A stage: one kind, for the lines of some sources or of all.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageConfig {
    /// The sources whose lines go through; all where none are named.
    #[serde(default)]
    pub sources: Option<Vec<Spanned<String>>>,
    parse: Option<ParseConfig>,
    cri: Option<ContainerConfig>,
    docker: Option<ContainerConfig>,
    cef: Option<CefConfig>,
    json: Option<JsonConfig>,
    logfmt: Option<LogfmtConfig>,
    timestamp: Option<TimestampConfig>,
    labels: Option<LabelsConfig>,
    structured_metadata: Option<LabelsConfig>,
    labeldrop: Option<NamesConfig>,
    labelkeep: Option<NamesConfig>,
    drop: Option<DropConfig>,
    sample: Option<SampleConfig>,
    replace: Option<ReplaceConfig>,
    template: Option<TemplateConfig>,
}

/// The kind of a stage.
#[derive(Clone, Copy, Debug)]
pub enum StageKind<'a> {
    /// Finds the columns of a log format.
    Parse(&'a ParseConfig),
    /// Takes off what containerd and CRI-O write around each line.
    Cri(&'a ContainerConfig),
    /// Takes off what Docker writes around each line.
    Docker(&'a ContainerConfig),
    /// Finds the parts and pairs of an event of CEF.
    Cef(&'a CefConfig),
    /// Finds members of a JSON object.
    Json(&'a JsonConfig),
    /// Finds the values of `key=value` pairs.
    Logfmt(&'a LogfmtConfig),
    /// Takes the time out of a field.
    Timestamp(&'a TimestampConfig),
    /// Makes labels of fields.
    Labels(&'a LabelsConfig),
    /// Makes structured metadata of fields.
    StructuredMetadata(&'a LabelsConfig),
    /// Takes labels away.
    LabelDrop(&'a NamesConfig),
    /// Takes all other labels away.
    LabelKeep(&'a NamesConfig),
    /// Drops lines.
    Drop(&'a DropConfig),
    /// Keeps some lines.
    Sample(&'a SampleConfig),
    /// Replaces what an expression finds.
    Replace(&'a ReplaceConfig),
    /// Puts a text together.
    Template(&'a TemplateConfig),
}

impl StageConfig {
    /// Tells whether the lines of a source go through.
    pub(crate) fn is_of(&self, source: &SourceConfig) -> bool {
        let name = source.name.get_ref();
        self.sources.as_ref().is_none_or(|own| own.iter().any(|own| own.get_ref() == name))
    }

    /// Returns the kind that is given.
    ///
    /// # Errors
    ///
    /// There is none, or more than one.
    pub fn kind(&self, span: Range<usize>) -> Result<StageKind<'_>, Misplaced> {
        let given = [
            ("parse", self.parse.as_ref().map(StageKind::Parse)),
            ("cri", self.cri.as_ref().map(StageKind::Cri)),
            ("docker", self.docker.as_ref().map(StageKind::Docker)),
            ("cef", self.cef.as_ref().map(StageKind::Cef)),
            ("json", self.json.as_ref().map(StageKind::Json)),
            ("logfmt", self.logfmt.as_ref().map(StageKind::Logfmt)),
            ("timestamp", self.timestamp.as_ref().map(StageKind::Timestamp)),
            ("labels", self.labels.as_ref().map(StageKind::Labels)),
            (
                "structured_metadata",
                self.structured_metadata.as_ref().map(StageKind::StructuredMetadata),
            ),
            ("labeldrop", self.labeldrop.as_ref().map(StageKind::LabelDrop)),
            ("labelkeep", self.labelkeep.as_ref().map(StageKind::LabelKeep)),
            ("drop", self.drop.as_ref().map(StageKind::Drop)),
            ("sample", self.sample.as_ref().map(StageKind::Sample)),
            ("replace", self.replace.as_ref().map(StageKind::Replace)),
            ("template", self.template.as_ref().map(StageKind::Template)),
        ];
        let names: Vec<&str> = given.iter().map(|(name, _)| *name).collect();
        let given = given.into_iter().filter_map(|(_, kind)| kind).collect();
        only_one("the stage", span, &names, given)
    }
}

/// Finds the columns of a log format: each is a field with its name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParseConfig {
    /// The name of a format, see `delimark formats`.
    pub preset: Option<Spanned<String>>,
    /// The format string of a server.
    pub log_format: Option<Spanned<String>>,
    /// A delimiter, where the format has no name; `columns` names the fields.
    pub delimiter: Option<Spanned<String>>,
    /// The names of the fields of a `delimiter`.
    pub columns: Option<Vec<String>>,
    /// What becomes of lines in another format.
    #[serde(default)]
    pub unmatched: Unmatched,
}

/// What becomes of lines that are not in the format of a stage.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Unmatched {
    /// They go on, without fields, and are counted.
    #[default]
    Keep,
    /// They become dead letters.
    DeadLetter,
}

/// Takes off what a container's runtime writes around each line, and puts lines together that it
/// has cut: they get its time, and the label `stream`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContainerConfig {
    /// The most bytes of a line that is put together; what is longer goes on in several.
    #[serde(default = "default_container_bytes")]
    pub max_bytes: usize,
    /// What becomes of lines that no runtime has written.
    #[serde(default)]
    pub unmatched: Unmatched,
}

fn default_container_bytes() -> usize {
    256 << 10
}

/// Finds the parts of an event of CEF, as fields `cef_name` and others, and values by their keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CefConfig {
    /// Fields, with the key of the value; the field's own name where it is empty.
    #[serde(default)]
    pub extensions: BTreeMap<String, String>,
    /// The field to read; the line where none is named.
    pub source: Option<String>,
    /// What becomes of lines that are no events.
    #[serde(default)]
    pub unmatched: Unmatched,
}

/// Finds members of a JSON object.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonConfig {
    /// Fields, with the path of the member: names with `.` between them; the field's own name where
    /// it is empty.
    pub expressions: BTreeMap<String, Spanned<String>>,
    /// The field to read; the line where none is named.
    pub source: Option<String>,
    /// What becomes of lines that are no JSON object.
    #[serde(default)]
    pub unmatched: Unmatched,
}

/// Finds the values of `key=value` pairs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogfmtConfig {
    /// Fields, with the name of the key; the field's own name where it is empty.
    pub mapping: BTreeMap<String, String>,
    /// The field to read; the line where none is named.
    pub source: Option<String>,
}

/// Takes the time out of a field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimestampConfig {
    /// The field.
    pub source: Spanned<String>,
    /// `clf`, `rfc3339`, `unix`, `unix_ms`, `unix_us`, `unix_ns`, or as strftime has it.
    pub format: Spanned<String>,
    /// The zone of times that do not say theirs; UTC where none is named. An offset such as
    /// `+02:00`.
    #[serde(default)]
    pub offset: Option<Spanned<String>>,
    /// False if lines of the same moment get the same time. Loki keeps one of lines that have the
    /// same time and text; so the digits behind those that were written say where the line stands.
    #[serde(default = "default_distinct")]
    pub distinct: bool,
}

fn default_distinct() -> bool {
    true
}

/// Makes labels, or structured metadata, of fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct LabelsConfig {
    /// Names, with the name of the field; the same where it is empty.
    pub names: BTreeMap<Spanned<String>, String>,
}

/// Names of labels.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct NamesConfig {
    /// The names.
    pub names: Vec<Spanned<String>>,
}

/// Drops lines that all of these conditions hold for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DropConfig {
    /// The field to look at; the line where none is named.
    pub source: Option<String>,
    /// The value that it has.
    pub value: Option<String>,
    /// An expression that finds something in it.
    pub expression: Option<Spanned<String>>,
    /// The bytes that it has more of.
    pub longer_than: Option<usize>,
}

/// Keeps some lines, in turn rather than by chance.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleConfig {
    /// The share of lines that are kept, from 0 to 1.
    pub rate: Spanned<f64>,
}

/// Replaces what an expression finds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplaceConfig {
    /// The field to change; the line where none is named.
    pub source: Option<String>,
    /// The expression.
    pub expression: Spanned<String>,
    /// The text that stands there then; `$1` is the first group.
    pub replace: String,
}

/// Puts a text together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateConfig {
    /// The field to set; the line where none is named.
    pub target: Option<String>,
    /// The text; `{name}` is a field, `{_line}` the line, and `{{` a brace.
    pub template: Spanned<String>,
}
