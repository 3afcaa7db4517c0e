//! The HTTP side: which request goes where, and which faults it meets.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::decode::{Rejection, decode};
use crate::faults::{Fault, Faults};
use crate::store::Store;

/// The time that a query goes back where it does not say how far.
const QUERY_NS: i128 = 3_600_000_000_000;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    store: Mutex<Store>,
    faults: Mutex<Faults>,
}

/// The reason to cut a connection without an answer.
#[derive(Debug)]
pub(crate) struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}

type Answer = Response<Full<Bytes>>;

impl Shared {
    pub(crate) fn new() -> Self {
        Self { store: Mutex::new(Store::new()), faults: Mutex::default() }
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request.
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Result<Answer, Cut> {
        if self.faults().is_gone() {
            return Err(Cut);
        }
        let path = request.uri().path().to_owned();
        let is_post = request.method() == Method::POST;
        match (&*path, is_post) {
            ("/loki/api/v1/push" | "/api/prom/push", true) => self.push(request).await,
            ("/loki/api/v1/push" | "/api/prom/push", false) => Ok(text(405, "")),
            ("/loki/api/v1/query_range", false) => Ok(queried(self.query_range(&request))),
            ("/loki/api/v1/query", false) => Ok(queried(self.query(&request))),
            ("/ready", false) => Ok(text(200, "ready\n")),
            ("/flush", true) => Ok(text(204, "")),
            ("/double/faults", true) => {
                let body = request.into_body().collect().await.map_err(|_| Cut)?.to_bytes();
                Ok(match serde_json::from_slice::<Vec<Fault>>(&body) {
                    Ok(faults) => {
                        self.faults().add(faults);
                        text(204, "")
                    }
                    Err(error) => text(400, &format!("faults: {error}\n")),
                })
            }
            ("/double/faults", false) => {
                let happened = self.faults().happened().len();
                Ok(queried(Ok(json!({"happened": happened}))))
            }
            _ => Ok(text(404, "404 page not found\n")),
        }
    }

    async fn push(&self, request: Request<Incoming>) -> Result<Answer, Cut> {
        let fault = self.faults().take();
        let note = |entry_count| {
            if let Some(fault) = fault {
                self.faults().note(fault, entry_count);
            }
        };
        let (parts, mut body) = request.into_parts();
        if matches!(fault, Some(Fault::CutBefore | Fault::Restart { .. })) {
            note(None);
            let _: Option<Result<_, _>> = body.frame().await;
            return Err(Cut);
        }
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let header = |name| header(&parts.headers, name);
        let push = decode(header(CONTENT_TYPE), header(CONTENT_ENCODING), &body);
        let streams = push.iter().flatten();
        note(Some(streams.map(|stream| stream.entries.len()).sum()));
        if let Some(Fault::Status { status }) = fault {
            return Ok(text(status, "a fault of the double\n"));
        }
        let result = push.and_then(|push| {
            let mut store = self.store();
            if let Some(Fault::Partial { every }) = fault {
                store.refuse(&push, every);
            }
            store.push(push)
        });
        match fault {
            Some(Fault::CutAfter) => return Err(Cut),
            Some(Fault::Stall { milliseconds }) => sleep(Duration::from_millis(milliseconds)).await,
            _ => {}
        }
        Ok(match result {
            Ok(()) => text(204, ""),
            Err((status, reason)) => text(status, &format!("{reason}\n")),
        })
    }

    fn query_range(&self, request: &Request<Incoming>) -> Result<Value, Rejection> {
        let parameters = parameters(request);
        let now_ns = now_ns();
        let end_ns = time(&parameters, "end")?.unwrap_or(now_ns);
        let start_ns = time(&parameters, "start")?.unwrap_or(end_ns - QUERY_NS);
        let limit = parameters.get("limit").map_or(Ok(100), |limit| limit.parse());
        let limit = limit.map_err(|_| (400, "limit is no number".to_owned()))?;
        let is_forward = match parameters.get("direction").map(|text| text.to_lowercase()) {
            None => false,
            Some(text) if text == "backward" => false,
            Some(text) if text == "forward" => true,
            Some(text) => return Err((400, format!("invalid direction: {text}"))),
        };
        let query = parameters.get("query").map_or("", String::as_str);
        self.store().query_range(query, (start_ns, end_ns), limit, is_forward)
    }

    fn query(&self, request: &Request<Incoming>) -> Result<Value, Rejection> {
        let parameters = parameters(request);
        let time_ns = time(&parameters, "time")?.unwrap_or_else(now_ns);
        let query = parameters.get("query").map_or("", String::as_str);
        self.store().query(query, time_ns)
    }
}

fn header(headers: &HeaderMap, name: hyper::header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn parameters(request: &Request<Incoming>) -> HashMap<String, String> {
    let query = request.uri().query().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Reads a time in nanoseconds, or in seconds where it is short, as Loki does.
fn time(parameters: &HashMap<String, String>, name: &str) -> Result<Option<i128>, Rejection> {
    let Some(text) = parameters.get(name) else { return Ok(None) };
    let number: i128 = text.parse().map_err(|_| (400, format!("{name} is no time: {text}")))?;
    let is_seconds = text.len() <= 10;
    Ok(Some(if is_seconds { number * 1_000_000_000 } else { number }))
}

fn now_ns() -> i128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().cast_signed()
}

fn text(status: u16, text: &str) -> Answer {
    let mut answer = Response::new(Full::from(text.to_owned()));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    answer
}

fn queried(result: Result<Value, Rejection>) -> Answer {
    match result {
        Ok(value) => text(200, &value.to_string()),
        Err((status, reason)) => text(status, &format!("{reason}\n")),
    }
}
