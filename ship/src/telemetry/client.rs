//! The client that carries what exporters send over HTTP, with the secrets that they do not know.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::Certificate;
use reqwest::header::HeaderMap;
use tokio::runtime::Handle;

use crate::config::OtlpConfig;
use crate::event::{Event, Events};
use crate::tls;

/// The most of an answer that is read, in bytes.
const ANSWER_BYTES: usize = 64 << 10;

/// Sends requests, and tells when nobody takes them, and when somebody does again.
pub(super) struct Client {
    client: reqwest::Client,
    headers: HeaderMap,
    /// The runtime: exporters have threads of their own, which are outside of it.
    runtime: Handle,
    events: Arc<dyn Events>,
    is_down: Arc<AtomicBool>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Client").field("is_down", &self.is_down).finish_non_exhaustive()
    }
}

impl Client {
    pub(super) fn new(
        config: &OtlpConfig,
        headers: HeaderMap,
        events: &Arc<dyn Events>,
    ) -> Result<Self, String> {
        tls::install_provider();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("delimark/", env!("CARGO_PKG_VERSION")))
            .timeout(config.timeout())
            // Headers are not for those to whom a receiver sends us on.
            .redirect(reqwest::redirect::Policy::none());
        if let Some(path) = &config.authority_file {
            let found = tls::read_certificates(path).map_err(|error| error.to_string())?;
            let found = found.iter().map(|own| Certificate::from_der(own));
            let found = found.collect::<Result<Vec<_>, _>>().map_err(|error| causes(&error))?;
            builder = builder.tls_certs_merge(found);
        }
        let client = builder.build().map_err(|error| causes(&error))?;
        let (runtime, events) = (Handle::current(), events.clone());
        Ok(Self { client, headers, runtime, events, is_down: Arc::default() })
    }

    fn tell(&self, error: Option<String>) {
        let was_down = self.is_down.swap(error.is_some(), Ordering::Relaxed);
        let what = "telemetry".to_owned();
        match error {
            Some(error) if !was_down => self.events.take(&Event::NotWritten { what, error }),
            None if was_down => self.events.take(&Event::WrittenAgain { what }),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let place = parts.uri.to_string();
        let request = self.client.request(parts.method, &place).headers(parts.headers);
        let request = request.headers(self.headers.clone()).body(body);
        let result = self.runtime.spawn(send(request)).await;
        let result = result.map_err(HttpError::from).and_then(|answer| answer);
        let error = match &result {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => {
                let text = String::from_utf8_lossy(answer.body());
                let text: String =
                    text.trim().chars().filter(|c| !c.is_control()).take(200).collect();
                Some(format!("{place}: {} {text}", answer.status()).trim_end().to_owned())
            }
            Err(error) => Some(causes(&**error)),
        };
        self.tell(error);
        result
    }
}

async fn send(request: reqwest::RequestBuilder) -> Result<Response<Bytes>, HttpError> {
    let mut answer = request.send().await?;
    let mut built = Response::builder().status(answer.status());
    if let Some(headers) = built.headers_mut() {
        headers.clone_from(answer.headers());
    }
    let mut body = Vec::new();
    while body.len() < ANSWER_BYTES
        && let Some(piece) = answer.chunk().await?
    {
        body.extend_from_slice(&piece[..piece.len().min(ANSWER_BYTES - body.len())]);
    }
    Ok(built.body(body.into())?)
}

/// Returns an error with those that caused it.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
