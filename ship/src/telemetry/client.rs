//! The client that carries what exporters send over HTTP, with the secrets that they do not know.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
    is_down: AtomicBool,
    /// The places that answer, but do not take what is sent there: a receiver may know some signals
    /// and not others.
    refusing: Mutex<BTreeSet<String>>,
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
        let (is_down, refusing) = (AtomicBool::new(false), Mutex::default());
        Ok(Self { client, headers, runtime, events, is_down, refusing })
    }

    /// Tells when nobody answers, and when somebody does again.
    fn tell_answer(&self, error: Option<String>) {
        let was_down = self.is_down.swap(error.is_some(), Ordering::Relaxed);
        self.tell(was_down, error);
    }

    /// Tells when what is sent to a place is not taken, and when it is again.
    fn tell_refusal(&self, place: String, error: Option<String>) {
        let mut refusing = self.refusing.lock().unwrap_or_else(PoisonError::into_inner);
        let was_refusing = match error {
            Some(_) => !refusing.insert(place),
            None => refusing.remove(&place),
        };
        drop(refusing);
        self.tell(was_refusing, error);
    }

    fn tell(&self, had_error: bool, error: Option<String>) {
        let what = "telemetry".to_owned();
        match error {
            Some(error) if !had_error => self.events.take(&Event::NotWritten { what, error }),
            None if had_error => self.events.take(&Event::WrittenAgain { what }),
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
        self.tell_answer(result.as_ref().err().map(|error| causes(&**error)));
        if let Ok(answer) = &result {
            let error = (!answer.status().is_success()).then(|| {
                let text = String::from_utf8_lossy(answer.body());
                let text: String =
                    text.trim().chars().filter(|c| !c.is_control()).take(200).collect();
                format!("{place}: {} {text}", answer.status()).trim_end().to_owned()
            });
            self.tell_refusal(place, error);
        }
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
