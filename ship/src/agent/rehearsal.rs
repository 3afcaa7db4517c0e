//! Rehearsals: what a configuration asks of the machine is tried before anything is changed, so
//! that a reload that cannot be is refused, and does not end an agent that runs.

use super::privileges::Identity;
use crate::config::{Config, Misplaced, SinkConfig, SinkKind, SourceKind, SyslogConfig};
use crate::sinks::to_loki;
use crate::sources::Source;
use crate::telemetry;

/// Tries what a configuration has and the former one has not: reads secrets and certificates, and
/// listens for a moment.
pub(super) fn rehearse(config: &Config, former: Option<&Config>) -> Result<(), Misplaced> {
    if former.is_none() {
        rehearse_once(config)?;
    }
    for sink in &config.sinks {
        if let SinkKind::Loki(loki) = sink.get_ref().kind(sink.span())?
            && !former.is_some_and(|former| has_sink(former, sink.get_ref()))
        {
            let opened = to_loki::open(loki);
            opened.map_err(|error| Misplaced::at(sink.span(), error.to_string()))?;
        }
    }
    let held: Vec<&SyslogConfig> = former.map(syslogs).into_iter().flatten().collect();
    for source in &config.sources {
        if let SourceKind::Syslog(syslog) = source.get_ref().kind(source.span())? {
            let listened = Source::try_to_listen(syslog, &held);
            listened.map_err(|error| Misplaced::at(source.span(), error.to_string()))?;
        }
    }
    Ok(())
}

/// Tries what is the same as long as the agent runs.
fn rehearse_once(config: &Config) -> Result<(), Misplaced> {
    if let Some(otlp) = &config.telemetry.otlp {
        telemetry::rehearse(otlp.get_ref())
            .map_err(|error| Misplaced::at(otlp.span(), format!("[telemetry.otlp] {error}")))?;
    }
    if let Some(own) = &config.privileges {
        Identity::find(own.get_ref()).map_err(|error| Misplaced::at(own.span(), error))?;
    }
    Ok(())
}

fn has_sink(config: &Config, sink: &SinkConfig) -> bool {
    config.sinks.iter().any(|own| own.get_ref() == sink)
}

/// Returns the places at which a configuration listens.
fn syslogs(config: &Config) -> Vec<&SyslogConfig> {
    let kinds = config.sources.iter().filter_map(|own| own.get_ref().kind(own.span()).ok());
    kinds
        .filter_map(|kind| match kind {
            SourceKind::Syslog(syslog) => Some(syslog),
            SourceKind::Files(_) | SourceKind::Stdin(_) => None,
        })
        .collect()
}
