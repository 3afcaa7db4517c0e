//! The configuration of `delimark ship`: TOML, read strictly, with the place of whatever is wrong.

mod error;
mod sinks;
mod sources;
mod stages;
mod telemetry;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use toml::Spanned;

pub use self::error::{ConfigError, Misplaced};
pub use self::sinks::{
    BasicAuthConfig, FileSinkConfig, LineShape, LokiEncoding, LokiSinkConfig, ParquetSinkConfig,
    SecretConfig, SinkConfig, SinkKind,
};
pub use self::sources::{
    FilesConfig, ReadFrom, SourceConfig, SourceKind, StdinConfig, SyslogConfig, SyslogTlsConfig,
};
pub use self::stages::{
    CefConfig, ContainerConfig, DropConfig, JsonConfig, LabelsConfig, LogfmtConfig, NamesConfig,
    ParseConfig, ReplaceConfig, SampleConfig, StageConfig, StageKind, TemplateConfig,
    TimestampConfig, Unmatched,
};
pub use self::telemetry::{OtlpConfig, OtlpProtocol, TelemetryConfig};

/// A configuration as it is written, with all defaults filled in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the agent remembers what it has read.
    pub state: StateConfig,
    /// The limits of the queues on disk.
    #[serde(default)]
    pub queue: QueueConfig,
    /// Where metrics and state are asked for.
    #[serde(default)]
    pub server: ServerConfig,
    /// What the agent tells of itself, and to whom.
    #[serde(default)]
    pub telemetry: TelemetryConfig,
    /// The user that the agent becomes.
    #[serde(default)]
    pub privileges: Option<Spanned<PrivilegesConfig>>,
    /// Where lines go that no sink takes.
    #[serde(default)]
    pub dead_letter: Option<DeadLetterConfig>,
    /// Where lines come from.
    #[serde(rename = "source")]
    pub sources: Vec<Spanned<SourceConfig>>,
    /// What happens to them, in this order.
    #[serde(default, rename = "stage")]
    pub stages: Vec<Spanned<StageConfig>>,
    /// Where they go.
    #[serde(rename = "sink")]
    pub sinks: Vec<Spanned<SinkConfig>>,
}

/// The folder of the agent's own files.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct StateConfig {
    /// The folder, which is made where it is missing.
    pub folder: PathBuf,
    /// The time between two checkpoints, in milliseconds.
    #[serde(default = "default_checkpoint_milliseconds")]
    pub checkpoint_milliseconds: u64,
}

fn default_checkpoint_milliseconds() -> u64 {
    200
}

/// The limits of a queue on disk; there is one for each sink.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct QueueConfig {
    /// The most bytes on disk. Sources wait where a queue is full.
    #[serde(default = "default_queue_bytes", deserialize_with = "read_queue_bytes")]
    pub max_bytes: u64,
}

/// The least bytes of a queue: as much as some reads at once.
const LEAST_QUEUE_BYTES: u64 = 4 << 20;

/// Reads a number that is not below the least.
fn read_queue_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let bytes = u64::deserialize(deserializer)?;
    if bytes < LEAST_QUEUE_BYTES {
        let message =
            format!("a queue of {bytes} bytes is too small (at least {LEAST_QUEUE_BYTES})");
        return Err(serde::de::Error::custom(message));
    }
    Ok(bytes)
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self { max_bytes: default_queue_bytes() }
    }
}

fn default_queue_bytes() -> u64 {
    1 << 30
}

/// The server for `/metrics`, `/ready` and `/health`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// False for no server at all.
    #[serde(default = "default_is_enabled")]
    pub enabled: bool,
    /// The address and port; loopback unless another is given.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self { enabled: default_is_enabled(), listen: default_listen() }
    }
}

fn default_is_enabled() -> bool {
    true
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9080))
}

/// The file of dead letters.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct DeadLetterConfig {
    /// The file, which is appended to.
    pub path: PathBuf,
}

/// The user that the agent becomes once it listens, for which it has to be started as root.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct PrivilegesConfig {
    /// The name of the user, whose groups it has then, too.
    pub user: String,
    /// The name of the group, in the place of the user's first one.
    pub group: Option<String>,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no configuration; the error has its place then.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text =
            fs::read_to_string(path).map_err(|error| ConfigError::unreadable(path, error))?;
        Self::parse(path, &text)
    }

    /// Reads the text of a file with this name.
    ///
    /// # Errors
    ///
    /// The text is no configuration.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let config: Self =
            toml::from_str(text).map_err(|error| ConfigError::of_toml(path, text, &error))?;
        config.check().map_err(|misplaced| misplaced.locate(path, text))?;
        Ok(config)
    }

    /// Checks what single values cannot tell: that there is something to do, and that names are
    /// told apart.
    fn check(&self) -> Result<(), Misplaced> {
        if self.sources.is_empty() {
            return Err(Misplaced::at(0..0, "there is no [[source]]: nothing would be read"));
        }
        if self.sinks.is_empty() {
            return Err(Misplaced::at(0..0, "there is no [[sink]]: lines would go nowhere"));
        }
        let sources: Vec<&Spanned<String>> =
            self.sources.iter().map(|source| &source.get_ref().name).collect();
        let sinks: Vec<&Spanned<String>> =
            self.sinks.iter().map(|sink| &sink.get_ref().name).collect();
        check_names("source", &sources)?;
        check_names("sink", &sinks)?;
        for source in &self.sources {
            source.get_ref().kind(source.span())?;
            source.get_ref().encoding()?;
        }
        for sink in &self.sinks {
            sink.get_ref().kind(sink.span())?;
        }
        self.telemetry.check()?;
        for stage in &self.stages {
            stage.get_ref().kind(stage.span())?;
            for name in stage.get_ref().sources.iter().flatten() {
                if !sources.iter().any(|source| source.get_ref() == name.get_ref()) {
                    return Err(Misplaced::unknown(name, "source", sources.iter().copied()));
                }
            }
        }
        Ok(())
    }

    /// Returns the stages that the lines of a source go through.
    pub fn stages_of(&self, source: &str) -> impl Iterator<Item = &Spanned<StageConfig>> {
        self.stages.iter().filter(move |stage| match &stage.get_ref().sources {
            None => true,
            Some(names) => names.iter().any(|name| name.get_ref() == source),
        })
    }
}

/// Checks that names can be names of files, and that there are not two that are the same.
fn check_names(kind: &str, names: &[&Spanned<String>]) -> Result<(), Misplaced> {
    for (index, name) in names.iter().enumerate() {
        let text = name.get_ref();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if text.is_empty() || !text.bytes().all(is_plain) {
            let message = format!(
                "'{text}' cannot be the name of a {kind} (letters, digits, '-' and '_' can)"
            );
            return Err(Misplaced::at(name.span(), message));
        }
        if names[..index].iter().any(|other| other.get_ref() == text) {
            return Err(Misplaced::at(name.span(), format!("there are two {kind}s '{text}'")));
        }
    }
    Ok(())
}

/// Returns the one kind of several that is given, or says that there is none, or more than one.
fn only_one<T>(
    what: &str,
    span: std::ops::Range<usize>,
    names: &[&str],
    given: Vec<T>,
) -> Result<T, Misplaced> {
    let count = given.len();
    let mut given = given.into_iter();
    match (given.next(), count) {
        (Some(kind), 1) => Ok(kind),
        _ => {
            let names = names.join(", ");
            let message = format!("{what} has {count} kinds, one is needed (of: {names})");
            Err(Misplaced::at(span, message))
        }
    }
}

#[cfg(test)]
mod tests;
