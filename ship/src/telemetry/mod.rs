//! Telemetry: what the agent tells of itself by OTLP. Its metrics, a share of its spans of parsing,
//! and its events, as logs.
//!
//! Nothing waits for a receiver: spans and logs are handed to queues of OpenTelemetry's own
//! threads, of a fixed length, and what has no room there is dropped. Only the end of the agent
//! waits, for as long as an export may take.

mod client;
mod exporters;
mod instruments;
mod logs;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use delimark_pipeline::PARSE_SPAN;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::logs::{BatchConfigBuilder as LogBatches, BatchLogProcessor};
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{BatchConfigBuilder as SpanBatches, BatchSpanProcessor};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::Dispatch;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};

use self::exporters::Exporters;
use self::logs::LoggedEvents;
use crate::config::{OtlpConfig, SecretConfig};
use crate::event::Events;
use crate::loki::{Secret, SecretSource};
use crate::metrics::Metrics;
use crate::tls::read_certificates;

/// The name of the service, unless the configuration has another one, and of what makes telemetry.
const NAME: &str = "delimark-ship";

/// The spans, and the logs, that wait at most to be sent. Of some hundred bytes each.
const WAITING: usize = 2_048;

/// The spans, or logs, of an export at most.
const EXPORTED: usize = 512;

/// Telemetry that is sent.
pub(crate) struct Telemetry {
    tracer: SdkTracerProvider,
    meter: SdkMeterProvider,
    logger: SdkLoggerProvider,
    dispatch: Dispatch,
    timeout: Duration,
}

/// Reads what a configuration needs of the machine: secrets, and certificates.
///
/// # Errors
///
/// One is not there; the text names it.
pub(crate) fn rehearse(config: &OtlpConfig) -> Result<(), String> {
    read_headers(config)?;
    let authorities = config.authority_file.as_deref().map(read_certificates);
    authorities.transpose().map_err(|error| format!("authority file {error}"))?;
    Ok(())
}

/// Reads the secrets of a configuration.
fn read_headers(config: &OtlpConfig) -> Result<BTreeMap<String, Secret>, String> {
    let headers = config.headers.iter().map(|(name, place)| {
        let place = match place {
            SecretConfig::File(path) => SecretSource::File(path.clone()),
            SecretConfig::Variable(name) => SecretSource::Variable(name.clone()),
        };
        let name = name.get_ref();
        let secret = place.read().map_err(|error| format!("header '{name}': {error}"))?;
        Ok((name.clone(), secret))
    });
    headers.collect()
}

impl Telemetry {
    /// Begins to send. Has to be called within the runtime, which carries what is sent.
    ///
    /// # Errors
    ///
    /// A secret is not there, or can be no header.
    pub(crate) fn start(
        config: &OtlpConfig,
        metrics: &Arc<Metrics>,
        events: &Arc<dyn Events>,
    ) -> io::Result<Self> {
        let interval = Duration::from_millis(*config.interval_milliseconds.get_ref());
        let exporters = Exporters::new(config, events);
        let exporters =
            exporters.map_err(|error| io::Error::other(format!("[telemetry.otlp] {error}")))?;
        let resource = resource(config);
        let spans = SpanBatches::default()
            .with_max_queue_size(WAITING)
            .with_max_export_batch_size(EXPORTED)
            .with_scheduled_delay(interval)
            .build();
        let spans = BatchSpanProcessor::builder(exporters.spans).with_batch_config(spans).build();
        let tracer = SdkTracerProvider::builder()
            .with_span_processor(spans)
            .with_sampler(Sampler::TraceIdRatioBased(*config.sample_ratio.get_ref()))
            .with_resource(resource.clone())
            .build();
        let reader = PeriodicReader::builder(exporters.metrics).with_interval(interval).build();
        let meter =
            SdkMeterProvider::builder().with_reader(reader).with_resource(resource.clone()).build();
        instruments::register(&meter, metrics);
        let logs = LogBatches::default()
            .with_max_queue_size(WAITING)
            .with_max_export_batch_size(EXPORTED)
            .with_scheduled_delay(interval)
            .build();
        let logs = BatchLogProcessor::builder(exporters.logs).with_batch_config(logs).build();
        let logger =
            SdkLoggerProvider::builder().with_log_processor(logs).with_resource(resource).build();
        let dispatch = dispatch(&tracer);
        Ok(Self { tracer, meter, logger, dispatch, timeout: config.timeout() })
    }

    /// Returns what takes events as logs, and hands them on.
    pub(crate) fn events(&self, events: Arc<dyn Events>) -> Arc<dyn Events> {
        Arc::new(LoggedEvents::new(&self.logger, events))
    }

    /// Returns what takes spans of parsing, for the thread that parses.
    pub(crate) fn dispatch(&self) -> Dispatch {
        self.dispatch.clone()
    }

    /// Sends what waits, for as long as an export may take.
    pub(crate) async fn stop(self) {
        let Self { tracer, meter, logger, timeout, .. } = self;
        let ends: [Box<dyn FnOnce() + Send>; 3] = [
            Box::new(move || drop(tracer.shutdown_with_timeout(timeout))),
            Box::new(move || drop(meter.shutdown_with_timeout(timeout))),
            Box::new(move || drop(logger.shutdown_with_timeout(timeout))),
        ];
        let ends = ends.map(|end| {
            let (sender, receiver) = tokio::sync::oneshot::channel();
            // Threads that nobody waits for: the runtime would wait for its own without a limit.
            std::thread::spawn(move || {
                end();
                let _ = sender.send(());
            });
            receiver
        });
        let all = async {
            for end in ends {
                let _ = end.await;
            }
        };
        // What was not sent by then is lost, as everything is that nobody receives.
        let _ = tokio::time::timeout(timeout, all).await;
    }
}

fn resource(config: &OtlpConfig) -> Resource {
    let own = config.resource.iter();
    let own = own.map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    Resource::builder()
        .with_service_name(NAME)
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attributes(own)
        .build()
}

/// Makes what turns spans of parsing, and nothing else, into spans of OpenTelemetry.
fn dispatch(tracer: &SdkTracerProvider) -> Dispatch {
    let layer = OpenTelemetryLayer::new(tracer.tracer(NAME))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.name() == PARSE_SPAN));
    Dispatch::new(Registry::default().with(layer))
}
