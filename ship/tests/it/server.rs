//! A Loki server to test against: the one that `DELIMARK_LOKI_URL` names, or a double.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, process};

use delimark_loki_double::LokiDouble;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::time::sleep;

/// The URL of a real server.
const URL: &str = "DELIMARK_LOKI_URL";

/// The answer to a push: status and text.
pub(crate) type Pushed = (u16, String);

/// An entry of a push: time, line, and structured metadata.
pub(crate) type Sent<'a> = (i64, &'a [u8], &'a [(&'a str, &'a str)]);

/// A server.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) double: Option<LokiDouble>,
    client: Client,
}

/// An entry that a query found.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct FoundEntry {
    pub(crate) timestamp_ns: i64,
    pub(crate) line: String,
    /// Labels and structured metadata, without those that Loki finds out by itself.
    pub(crate) labels: BTreeMap<String, String>,
}

impl Server {
    /// Takes the server that the environment names, or starts a double.
    pub(crate) fn find() -> Self {
        match env::var(URL) {
            Ok(url) => Self { url, double: None, client: client() },
            Err(_) => Self::start_double(),
        }
    }

    /// Starts a double.
    pub(crate) fn start_double() -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let double = LokiDouble::start(address).unwrap();
        Self { url: double.url(), double: Some(double), client: client() }
    }

    /// Returns a name for a stream that nobody else has.
    pub(crate) fn job() -> String {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        format!("t{}x{}x{number}", process::id(), now_ns() / 1_000_000_000)
    }

    /// Pushes JSON.
    pub(crate) async fn push_json(&self, body: &Value) -> Pushed {
        let body = body.to_string();
        self.push(body.into_bytes(), |request| request.header("content-type", "application/json"))
            .await
    }

    /// Pushes one stream as JSON.
    pub(crate) async fn push_stream(&self, labels: &Value, entries: &[Sent<'_>]) -> Pushed {
        let values: Vec<Value> = entries
            .iter()
            .map(|(time, line, metadata)| {
                let metadata: BTreeMap<_, _> = metadata.iter().copied().collect();
                json!([time.to_string(), String::from_utf8_lossy(line), metadata])
            })
            .collect();
        self.push_json(&json!({"streams": [{"stream": labels, "values": values}]})).await
    }

    /// Pushes streams as protobuf, each with its labels in Loki's notation.
    pub(crate) async fn push_protobuf(&self, streams: &[(&str, Vec<Sent<'_>>)]) -> Pushed {
        let mut push = Vec::new();
        for (labels, entries) in streams {
            let mut stream = Vec::new();
            write_field(&mut stream, 1, labels.as_bytes());
            for (time, line, metadata) in entries {
                write_field(&mut stream, 2, &entry_message(*time, line, metadata));
            }
            write_field(&mut push, 1, &stream);
        }
        let body = snap::raw::Encoder::new().compress_vec(&push).unwrap();
        self.push(body, |request| request.header("content-type", "application/x-protobuf")).await
    }

    /// Pushes a body as it is.
    pub(crate) async fn push(
        &self,
        body: Vec<u8>,
        change: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Pushed {
        let request = self.client.post(format!("{}/loki/api/v1/push", self.url)).body(body);
        let response = change(request).send().await.unwrap();
        let status = response.status().as_u16();
        assert!(
            status != 429 || response.headers().get("retry-after").is_none(),
            "a 429 says when to come again"
        );
        (status, response.text().await.unwrap())
    }

    /// Asks for something, and returns status and text.
    pub(crate) async fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Pushed {
        let mut url = reqwest::Url::parse(&format!("{}{path}", self.url)).unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        let response = self.client.get(url).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Asks for entries with the parameters of `query_range`.
    pub(crate) async fn query_range(&self, parameters: &[(&str, &str)]) -> Pushed {
        self.get("/loki/api/v1/query_range", parameters).await
    }

    /// Returns all entries of a selector, of the last week and the next minutes, in order.
    pub(crate) async fn find_entries(&self, selector: &str) -> Vec<FoundEntry> {
        const PAGE: usize = 5000;
        let end = (now_ns() + minutes(15)).to_string();
        let mut start_ns = now_ns() - minutes(7 * 24 * 60);
        let mut found = Vec::new();
        loop {
            let parameters = [
                ("query", selector),
                ("start", &start_ns.to_string()),
                ("end", &end),
                ("limit", &PAGE.to_string()),
                ("direction", "forward"),
            ];
            let (status, text) = self.query_range(&parameters).await;
            assert_eq!(status, 200, "{text}");
            let mut page = parse_entries(&text);
            let is_last = page.len() < PAGE;
            page.sort();
            // Entries of one time are on one page where there are fewer of them than a page takes.
            let last_ns = page.last().map_or(0, |entry| entry.timestamp_ns);
            if is_last {
                found.extend(page);
                return found;
            }
            page.retain(|entry| entry.timestamp_ns < last_ns);
            assert!(!page.is_empty(), "a page of entries of one time");
            found.extend(page);
            start_ns = last_ns;
        }
    }

    /// Returns the count of a selector's entries in the last so many hours.
    pub(crate) async fn count(&self, selector: &str, hours: u32) -> u64 {
        let query = format!("sum(count_over_time({selector}[{hours}h]))");
        let (status, text) = self.get("/loki/api/v1/query", &[("query", &query)]).await;
        assert_eq!(status, 200, "{text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        let result = answer["data"]["result"].as_array().unwrap();
        result.first().map_or(0, |sample| sample["value"][1].as_str().unwrap().parse().unwrap())
    }

    /// Waits until the server takes a large push again: it takes 4 MB in a second.
    pub(crate) async fn rest(&self) {
        sleep(Duration::from_millis(2500)).await;
    }
}

pub(crate) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

fn parse_entries(text: &str) -> Vec<FoundEntry> {
    let answer: Value = serde_json::from_str(text).unwrap();
    let mut found = Vec::new();
    for stream in answer["data"]["result"].as_array().unwrap() {
        let labels = stream["stream"].as_object().unwrap().iter();
        let labels = labels.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
        let mut labels: BTreeMap<String, String> = labels.collect();
        labels.remove("detected_level");
        labels.remove("service_name");
        for value in stream["values"].as_array().unwrap() {
            let timestamp_ns = value[0].as_str().unwrap().parse().unwrap();
            let line = value[1].as_str().unwrap().to_owned();
            found.push(FoundEntry { timestamp_ns, line, labels: labels.clone() });
        }
    }
    found
}

/// Returns the time now, in nanoseconds.
pub(crate) fn now_ns() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos().try_into().unwrap()
}

/// Returns minutes in nanoseconds.
pub(crate) fn minutes(count: i64) -> i64 {
    count * 60_000_000_000
}

/// Encodes an entry by hand, so that the sink's messages are not compared with themselves.
fn entry_message(time: i64, line: &[u8], metadata: &[(&str, &str)]) -> Vec<u8> {
    let mut timestamp = vec![0x08];
    write_number(&mut timestamp, (time / 1_000_000_000).cast_unsigned());
    timestamp.push(0x10);
    write_number(&mut timestamp, (time % 1_000_000_000).cast_unsigned());
    let mut entry = Vec::new();
    write_field(&mut entry, 1, &timestamp);
    write_field(&mut entry, 2, line);
    for (name, value) in metadata {
        let mut pair = Vec::new();
        write_field(&mut pair, 1, name.as_bytes());
        write_field(&mut pair, 2, value.as_bytes());
        write_field(&mut entry, 3, &pair);
    }
    entry
}

fn write_field(out: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    out.push(number << 3 | 2);
    write_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
