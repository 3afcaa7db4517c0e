//! The server: metrics as Prometheus reads them, and whether the agent is alive and ready.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::config::ServerConfig;
use crate::metrics::Metrics;

/// The media type of the text that Prometheus reads.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A server that runs until it is dropped.
pub(super) struct Server {
    answers: Arc<Answers>,
    task: JoinHandle<()>,
}

/// What requests are answered from.
struct Answers {
    metrics: Arc<Metrics>,
    is_ready: AtomicBool,
}

impl Server {
    /// Listens, if the configuration says so.
    pub(super) async fn start(
        config: &ServerConfig,
        metrics: &Arc<Metrics>,
    ) -> io::Result<Option<Self>> {
        if !config.enabled {
            return Ok(None);
        }
        let listener = TcpListener::bind(config.listen).await.map_err(|error| {
            let message = format!("[server] cannot listen at {}: {error}", config.listen);
            io::Error::new(error.kind(), message)
        })?;
        let answers = Arc::new(Answers { metrics: metrics.clone(), is_ready: false.into() });
        let router = Router::new()
            .route("/metrics", get(answer_metrics))
            .route("/ready", get(answer_ready))
            .route("/health", get(|| async { "ok\n" }))
            .with_state(answers.clone());
        let task = tokio::spawn(async move {
            // It serves until the task is aborted.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Some(Self { answers, task }))
    }

    /// Says whether sources are read.
    pub(super) fn set_ready(&self, is_ready: bool) {
        self.answers.is_ready.store(is_ready, Ordering::Relaxed);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer_metrics(State(answers): State<Arc<Answers>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, OPEN_METRICS)], answers.metrics.text())
}

async fn answer_ready(State(answers): State<Arc<Answers>>) -> impl IntoResponse {
    if answers.is_ready.load(Ordering::Relaxed) {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "sources are not read\n")
    }
}
