//! The exporters of the three signals, over HTTP or gRPC.

use std::sync::Arc;

use opentelemetry_http::HttpClient;
use opentelemetry_otlp::{
    ExporterBuildError, LogExporter, MetricExporter, Protocol, SpanExporter, WithExportConfig,
    WithHttpConfig,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::client::Client;
use super::read_headers;
use crate::config::{OtlpConfig, OtlpProtocol};
use crate::event::Events;

/// An exporter of each signal.
pub(super) struct Exporters {
    pub(super) spans: SpanExporter,
    pub(super) metrics: MetricExporter,
    pub(super) logs: LogExporter,
}

impl Exporters {
    /// Makes the exporters, and reads their secrets.
    pub(super) fn new(config: &OtlpConfig, events: &Arc<dyn Events>) -> Result<Self, String> {
        let made = match config.protocol.get_ref() {
            OtlpProtocol::Http => Self::over_http(config, events)?,
            #[cfg(feature = "otlp-grpc")]
            OtlpProtocol::Grpc => {
                let authorities = config.authority_file.as_ref().map(std::fs::read).transpose();
                let authorities = authorities.map_err(|error| error.to_string())?;
                grpc::exporters(config, headers(config)?, authorities)
            }
            #[cfg(not(feature = "otlp-grpc"))]
            OtlpProtocol::Grpc => return Err("this program was built without gRPC".to_owned()),
        };
        made.map_err(|error| error.to_string())
    }

    fn over_http(
        config: &OtlpConfig,
        events: &Arc<dyn Events>,
    ) -> Result<Result<Self, ExporterBuildError>, String> {
        let client = Client::new(config, headers(config)?, events)?;
        let client: Arc<dyn HttpClient> = Arc::new(client);
        let base = config.endpoint.get_ref().trim_end_matches('/');
        let build = || {
            let spans = SpanExporter::builder()
                .with_http()
                .with_shared_http_client(client.clone())
                .with_protocol(Protocol::HttpBinary)
                .with_endpoint(format!("{base}/v1/traces"))
                .with_timeout(config.timeout())
                .build()?;
            let metrics = MetricExporter::builder()
                .with_http()
                .with_shared_http_client(client.clone())
                .with_protocol(Protocol::HttpBinary)
                .with_endpoint(format!("{base}/v1/metrics"))
                .with_timeout(config.timeout())
                .build()?;
            let logs = LogExporter::builder()
                .with_http()
                .with_shared_http_client(client.clone())
                .with_protocol(Protocol::HttpBinary)
                .with_endpoint(format!("{base}/v1/logs"))
                .with_timeout(config.timeout())
                .build()?;
            Ok(Self { spans, metrics, logs })
        };
        Ok(build())
    }
}

/// Reads headers, whose values show themselves to nobody.
fn headers(config: &OtlpConfig) -> Result<HeaderMap, String> {
    let headers = read_headers(config)?.into_iter().map(|(name, secret)| {
        let value = HeaderValue::from_str(secret.reveal());
        let mut value = value.map_err(|_| {
            format!("header '{name}': its value has letters that no header may have")
        })?;
        value.set_sensitive(true);
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| error.to_string())?;
        Ok((name, value))
    });
    headers.collect()
}

#[cfg(feature = "otlp-grpc")]
mod grpc {
    use opentelemetry_otlp::{
        ExporterBuildError, LogExporter, MetricExporter, SpanExporter, WithExportConfig,
        WithTonicConfig,
    };
    use reqwest::header::HeaderMap;
    use tonic::metadata::MetadataMap;
    use tonic::transport::{Certificate, ClientTlsConfig};

    use super::Exporters;
    use crate::config::OtlpConfig;

    pub(super) fn exporters(
        config: &OtlpConfig,
        headers: HeaderMap,
        authorities: Option<Vec<u8>>,
    ) -> Result<Exporters, ExporterBuildError> {
        crate::tls::install_provider();
        let metadata = MetadataMap::from_headers(headers);
        let mut tls = ClientTlsConfig::new().with_native_roots();
        if let Some(certificate) = authorities {
            tls = tls.ca_certificate(Certificate::from_pem(certificate));
        }
        let is_plain = config.endpoint.get_ref().starts_with("http:");
        let endpoint = || config.endpoint.get_ref().clone();
        let spans = SpanExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint())
            .with_timeout(config.timeout())
            .with_metadata(metadata.clone());
        let metrics = MetricExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint())
            .with_timeout(config.timeout())
            .with_metadata(metadata.clone());
        let logs = LogExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint())
            .with_timeout(config.timeout())
            .with_metadata(metadata);
        if is_plain {
            let (spans, metrics, logs) = (spans.build()?, metrics.build()?, logs.build()?);
            return Ok(Exporters { spans, metrics, logs });
        }
        let spans = spans.with_tls_config(tls.clone()).build()?;
        let metrics = metrics.with_tls_config(tls.clone()).build()?;
        let logs = logs.with_tls_config(tls).build()?;
        Ok(Exporters { spans, metrics, logs })
    }
}
