//! Plans: a configuration with everything made that can be made without touching the machine, so
//! that whatever is wrong shows before anything is changed.

use std::ops::Range;
use std::path::{Path, PathBuf, absolute};

use super::DEAD_LETTERS;
use crate::config::{Config, ConfigError, Misplaced, SinkKind, SourceKind};
use crate::sinks::{parquet, to_loki};
use crate::sources::Source;
use crate::stages::{Pipeline, check_times};

/// The stages of each source, in the order of the configuration.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) pipelines: Vec<Pipeline>,
}

impl Plan {
    /// Reads the text of a configuration file and makes all of its stages.
    pub(super) fn read(path: &Path, text: &str) -> Result<(Config, Self), ConfigError> {
        let config = Config::parse(path, text)?;
        let plan = Self::new(&config).map_err(|misplaced| misplaced.locate(path, text))?;
        Ok((config, plan))
    }

    fn new(config: &Config) -> Result<Self, Misplaced> {
        let mut pipelines = Vec::new();
        for source in &config.sources {
            Source::check(source.get_ref().kind(source.span())?)?;
            pipelines.push(Pipeline::new(config, source.get_ref())?);
        }
        for sink in &config.sinks {
            match sink.get_ref().kind(sink.span())? {
                SinkKind::Parquet(config) => {
                    parquet::table(config, sink.span())?;
                }
                SinkKind::Loki(config) => to_loki::check(config, sink.span())?,
                SinkKind::File(_) => {}
            }
        }
        check_times(config)?;
        check_circles(config)?;
        Ok(Self { pipelines })
    }
}

/// Refuses a source that reads what the agent itself writes: each line would make another one.
fn check_circles(config: &Config) -> Result<(), Misplaced> {
    let written = written_files(config)?;
    for source in &config.sources {
        let SourceKind::Files(files) = source.get_ref().kind(source.span())? else { continue };
        for (path, span) in &written {
            // A folder that is gone leaves the path as it is written.
            let path = absolute(path).unwrap_or_else(|_| path.clone());
            if Source::names(files, &path)? {
                let (path, name) = (path.display(), source.get_ref().name.get_ref());
                let message = format!(
                    "{path} is written here and read by the source '{name}', so that lines would \
                     come again and again; exclude it there (files.exclude)"
                );
                return Err(Misplaced::at(span.clone(), message));
            }
        }
    }
    Ok(())
}

/// Returns the files that an agent appends to, with the place that says so.
fn written_files(config: &Config) -> Result<Vec<(PathBuf, Range<usize>)>, Misplaced> {
    let letters = config.dead_letter.as_ref().map(|letters| letters.path.clone());
    let letters = letters.unwrap_or_else(|| config.state.folder.join(DEAD_LETTERS));
    let mut written = vec![(letters, 0..0)];
    for sink in &config.sinks {
        if let SinkKind::File(file) = sink.get_ref().kind(sink.span())? {
            written.push((file.path.clone(), sink.span()));
        }
    }
    Ok(written)
}

/// Checks the text of a configuration file as a whole, and returns what an agent would do.
///
/// # Errors
///
/// The text is no configuration; the error has the line.
pub fn check(path: &Path, text: &str) -> Result<String, ConfigError> {
    let (config, _) = Plan::read(path, text)?;
    let describe = || -> Result<String, Misplaced> {
        let mut lines = Vec::new();
        for source in &config.sources {
            let name = source.get_ref().name.get_ref();
            let stages = config.stages_of(name).count();
            let what = describe_source(source.get_ref().kind(source.span())?);
            let stages = counted(stages, "stage");
            lines.push(format!("source '{name}': {what}, through {stages}"));
        }
        for sink in &config.sinks {
            let name = sink.get_ref().name.get_ref();
            let what = describe_sink(sink.get_ref().kind(sink.span())?);
            lines.push(format!("sink '{name}': {what}"));
        }
        Ok(lines.join("\n"))
    };
    let lines = describe().map_err(|misplaced| misplaced.locate(path, text))?;
    let folder = config.state.folder.display();
    let server = if config.server.enabled {
        format!("metrics at http://{}/metrics", config.server.listen)
    } else {
        "no server".to_owned()
    };
    let telemetry = config.telemetry.otlp.as_ref().map_or_else(String::new, |otlp| {
        format!("\ntelemetry to {}", otlp.get_ref().endpoint.get_ref())
    });
    let user = config.privileges.as_ref().map_or_else(String::new, |own| {
        format!("\nas the user '{}', once it listens", own.get_ref().user)
    });
    Ok(format!(
        "{lines}{telemetry}{user}\nstate in {folder}, queues of at most {} bytes each, {server}\n",
        config.queue.max_bytes
    ))
}

/// Says how much there is of a configuration.
pub(super) fn summary(config: &Config) -> String {
    format!(
        "{}, {}, {}",
        counted(config.sources.len(), "source"),
        counted(config.stages.len(), "stage"),
        counted(config.sinks.len(), "sink")
    )
}

fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}

fn describe_source(kind: SourceKind<'_>) -> String {
    match kind {
        SourceKind::Files(files) => {
            let paths: Vec<&str> = files.paths.iter().map(|path| path.get_ref().as_str()).collect();
            format!("files {}", paths.join(" "))
        }
        SourceKind::Stdin(_) => "standard input".to_owned(),
        SourceKind::Syslog(syslog) => {
            let udp = syslog.udp.map(|address| format!("UDP {address}"));
            let tcp = syslog.tcp.map(|address| format!("TCP {address}"));
            let unix = syslog.unix.as_ref().map(|path| format!("socket {}", path.display()));
            let tls = syslog.tls.as_ref().map(|tls| format!("TLS {}", tls.listen));
            let places: Vec<String> = [udp, tcp, tls, unix].into_iter().flatten().collect();
            format!("syslog at {}", places.join(", "))
        }
    }
}

fn describe_sink(kind: SinkKind<'_>) -> String {
    match kind {
        SinkKind::File(file) => format!("file {}", file.path.display()),
        SinkKind::Parquet(parquet) => format!("Parquet in {}", parquet.folder.display()),
        SinkKind::Loki(loki) => format!("Loki at {}", loki.url),
    }
}
