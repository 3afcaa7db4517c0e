//! Telemetry in a configuration: where the agent's own numbers, spans and logs are sent.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderName;
use serde::Deserialize;
use toml::Spanned;

use super::SecretConfig;
use super::error::Misplaced;

/// What the agent tells of itself.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    /// A receiver of OpenTelemetry; nothing is sent where none is given.
    pub otlp: Option<Spanned<OtlpConfig>>,
}

/// A receiver of OpenTelemetry. Secrets stand in files or in environment variables, never here.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct OtlpConfig {
    /// The address, without the path of a signal.
    pub endpoint: Spanned<String>,
    /// The protocol.
    #[serde(default = "default_protocol")]
    pub protocol: Spanned<OtlpProtocol>,
    /// Headers of each request, such as `authorization`, with the places of their values.
    #[serde(default)]
    pub headers: BTreeMap<Spanned<String>, SecretConfig>,
    /// The time between two exports, in milliseconds.
    #[serde(default = "default_interval_milliseconds")]
    pub interval_milliseconds: Spanned<u64>,
    /// The longest time that an export takes, in milliseconds, and so the end of the agent.
    #[serde(default = "default_timeout_milliseconds")]
    pub timeout_milliseconds: u64,
    /// The share of spans that are sent, from 0 to 1.
    #[serde(default = "default_sample_ratio")]
    pub sample_ratio: Spanned<f64>,
    /// A file with certificates of authorities that are trusted beside the system's (PEM).
    pub authority_file: Option<PathBuf>,
    /// Attributes of the resource beside `service.name`, which can be among them.
    #[serde(default)]
    pub resource: BTreeMap<String, String>,
}

fn default_protocol() -> Spanned<OtlpProtocol> {
    Spanned::new(0..0, OtlpProtocol::Http)
}

fn default_interval_milliseconds() -> Spanned<u64> {
    Spanned::new(0..0, 10_000)
}

fn default_timeout_milliseconds() -> u64 {
    5_000
}

fn default_sample_ratio() -> Spanned<f64> {
    Spanned::new(0..0, 0.01)
}

/// The protocol of a receiver.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum OtlpProtocol {
    /// Protobuf over HTTP.
    Http,
    /// Protobuf over gRPC.
    Grpc,
}

impl TelemetryConfig {
    /// Checks what single values cannot tell.
    pub(super) fn check(&self) -> Result<(), Misplaced> {
        self.otlp.as_ref().map_or(Ok(()), |otlp| otlp.get_ref().check())
    }
}

impl OtlpConfig {
    /// Returns the longest time that an export takes.
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_milliseconds)
    }

    fn check(&self) -> Result<(), Misplaced> {
        check_endpoint(self.endpoint.get_ref(), self.endpoint.span())?;
        if *self.protocol.get_ref() == OtlpProtocol::Grpc && !cfg!(feature = "otlp-grpc") {
            let message = "this program was built without gRPC (cargo's feature otlp-grpc); \
                           receivers take \"http\", too, mostly at port 4318";
            return Err(Misplaced::at(self.protocol.span(), message));
        }
        for name in self.headers.keys() {
            if HeaderName::from_bytes(name.get_ref().as_bytes()).is_err() {
                let message = format!("'{}' cannot be the name of a header", name.get_ref());
                return Err(Misplaced::at(name.span(), message));
            }
        }
        if *self.interval_milliseconds.get_ref() < 100 {
            let message = "the time between two exports is at least 100 milliseconds";
            return Err(Misplaced::at(self.interval_milliseconds.span(), message));
        }
        let ratio = *self.sample_ratio.get_ref();
        if !(0.0..=1.0).contains(&ratio) {
            let message = format!("a ratio of {ratio} is not between 0 and 1");
            return Err(Misplaced::at(self.sample_ratio.span(), message));
        }
        Ok(())
    }
}

fn check_endpoint(text: &str, span: Range<usize>) -> Result<(), Misplaced> {
    let wrong = |reason: &str| {
        let message = format!("endpoint '{text}': {reason} (expected http://name:4318)");
        Err(Misplaced::at(span.clone(), message))
    };
    match Url::parse(text) {
        // What stands there may be a secret.
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            let message = "endpoint: it has a user or a password in it, which belong in a header, \
                           where they are not shown";
            Err(Misplaced::at(span, message))
        }
        Ok(url) if !["http", "https"].contains(&url.scheme()) => {
            wrong("its scheme is neither http nor https")
        }
        Ok(_) => Ok(()),
        Err(error) => wrong(&error.to_string()),
    }
}
