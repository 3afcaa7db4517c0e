//! Telemetry against a receiver that takes OTLP at its word: what is not as the protocol has it
//! fails the test, where real receivers drop a batch without a word.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use delimark_ship::{Agent, Event};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::agent::{PATIENCE, Told};
use crate::server::client;

/// Attributes by their keys.
type Attributes = BTreeMap<String, Value>;

/// What a receiver was sent.
#[derive(Default)]
struct Received {
    spans: Vec<Span>,
    /// The last number of each metric with its labels, as `/metrics` would write them.
    numbers: BTreeMap<String, f64>,
    logs: Vec<LogRecord>,
    resources: Vec<Attributes>,
    headers: BTreeSet<String>,
}

/// A receiver of OTLP over HTTP.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Received>>);

impl Receiver {
    /// Listens, and returns the address.
    async fn start(&self, address: SocketAddr) -> SocketAddr {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(take).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    fn with<T>(&self, look: impl Fn(&Received) -> T) -> T {
        look(&self.0.lock().unwrap())
    }

    /// Waits until something was received.
    async fn wait_for(&self, what: &str, is_there: impl Fn(&Received) -> bool) {
        let start = Instant::now();
        while !self.with(&is_there) {
            assert!(start.elapsed() < PATIENCE, "{what} never came");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn take(
    State(receiver): State<Receiver>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    let mut received = receiver.0.lock().unwrap();
    let token = headers.get("authorization").map_or("", |value| value.to_str().unwrap());
    received.headers.insert(token.to_owned());
    match uri.path() {
        "/v1/traces" => take_spans(&mut received, &body),
        "/v1/metrics" => take_numbers(&mut received, &body),
        "/v1/logs" => take_logs(&mut received, &body),
        _ => return (StatusCode::NOT_FOUND, "no such signal"),
    }
    (StatusCode::OK, "")
}

/// Returns attributes, each of which has to be there once, and to be no NaN.
fn attributes(all: &[KeyValue]) -> Attributes {
    let mut own = Attributes::new();
    for KeyValue { key, value, .. } in all {
        let value = value.clone().and_then(|value| value.value).expect("an attribute has a value");
        assert!(!matches!(value, Value::DoubleValue(number) if !number.is_finite()), "{key}");
        assert!(own.insert(key.clone(), value).is_none(), "{key} is there twice");
    }
    own
}

fn take_spans(received: &mut Received, body: &[u8]) {
    for of_resource in ExportTraceServiceRequest::decode(body).unwrap().resource_spans {
        received.resources.push(attributes(&of_resource.resource.unwrap().attributes));
        for scope in of_resource.scope_spans {
            received.spans.extend(scope.spans);
        }
    }
}

fn take_numbers(received: &mut Received, body: &[u8]) {
    for of_resource in ExportMetricsServiceRequest::decode(body).unwrap().resource_metrics {
        received.resources.push(attributes(&of_resource.resource.unwrap().attributes));
        let scopes = of_resource.scope_metrics.into_iter();
        for metric in scopes.flat_map(|scope| scope.metrics) {
            let name = metric.name.replace('.', "_");
            let (name, points) = match metric.data.unwrap() {
                Data::Sum(sum) => {
                    assert!(sum.is_monotonic, "{name}");
                    (format!("{name}_total"), sum.data_points)
                }
                Data::Gauge(gauge) => (name, gauge.data_points),
                other => panic!("{name} is {other:?}"),
            };
            for point in points {
                let labels = attributes(&point.attributes);
                let labels = labels.iter().map(|(name, value)| match value {
                    Value::StringValue(value) => format!("{name}={value:?}"),
                    other => panic!("{name} is {other:?}"),
                });
                let labels: Vec<String> = labels.collect();
                let number = match point.value.unwrap() {
                    number_data_point::Value::AsInt(number) => number as f64,
                    number_data_point::Value::AsDouble(number) => number,
                };
                assert!(number.is_finite(), "{name}");
                received.numbers.insert(format!("{name}{{{}}}", labels.join(",")), number);
            }
        }
    }
}

fn take_logs(received: &mut Received, body: &[u8]) {
    for of_resource in ExportLogsServiceRequest::decode(body).unwrap().resource_logs {
        received.resources.push(attributes(&of_resource.resource.unwrap().attributes));
        for scope in of_resource.scope_logs {
            received.logs.extend(scope.log_records);
        }
    }
}

/// Returns an address that nobody listens at.
fn free_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}

const LINE: &str = r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x y""#;

fn config(folder: &Path, address: SocketAddr, more: &str) -> String {
    format!(
        "state.folder = \"{folder}/state\"\n\
         [[source]]\nname = \"logs\"\nfiles = {{ paths = [\"{folder}/*.log\"], \
         scan_milliseconds = 10, poll_milliseconds = 1 }}\n\
         [[stage]]\nparse.preset = \"combined\"\n\
         [[stage]]\nlabels = {{ status = \"\" }}\n\
         [[sink]]\nname = \"copy\"\nfile = {{ path = \"{folder}/out\", shape = \"raw\" }}\n\
         [telemetry.otlp]\nendpoint = \"http://{address}\"\ninterval_milliseconds = 100\n\
         sample_ratio = 1.0\n{more}",
        folder = folder.display()
    )
}

fn lines_in(folder: &Path) -> usize {
    fs::read_to_string(folder.join("out")).unwrap_or_default().lines().count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_metrics_and_events_are_sent_as_the_protocol_has_them() {
    let receiver = Receiver::default();
    let address = receiver.start((Ipv4Addr::LOCALHOST, 0).into()).await;
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    fs::write(&token, "Bearer s3cret\n").unwrap();
    let server = free_address();
    let more = format!(
        "headers.authorization = {{ file = \"{}\" }}\n\
         resource = {{ \"deployment.environment.name\" = \"test\", \"service.name\" = \"mine\" }}\n\
         [server]\nlisten = \"{server}\"\n",
        token.display()
    );
    let text = format!("{LINE}\n{LINE}\nragged\n");
    fs::write(folder.path().join("a.log"), &text).unwrap();
    let told = Arc::new(Told::default());
    let config = config(folder.path(), address, &more);
    let agent = Agent::start(Path::new("ship.toml"), &config, told.clone()).await.unwrap();
    let written = "delimark_written_total{sink=\"copy\"}";
    receiver
        .wait_for("all signals", |received| {
            !received.spans.is_empty()
                && !received.logs.is_empty()
                && received.numbers.get(written) == Some(&3.0)
        })
        .await;
    // The same numbers as Prometheus reads, but for those that move.
    let metrics = client().get(format!("http://{server}/metrics")).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let moves = |name: &str| name.starts_with("delimark_queue") || name.starts_with("delimark_lag");
    let samples = metrics.lines().filter(|line| !line.starts_with('#') && !moves(line));
    let samples: BTreeMap<String, f64> = samples
        .map(|line| {
            let (name, number) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), number.parse().unwrap())
        })
        .collect();
    let mut sent = receiver.with(|received| received.numbers.clone());
    assert!(sent.keys().any(|name| name.starts_with("delimark_lag_seconds")), "{sent:?}");
    sent.retain(|name, _| !moves(name));
    assert_eq!(sent, samples);
    assert_eq!(sent["delimark_ragged_total{source=\"logs\"}"], 1.0);

    let span = receiver.with(|received| received.spans[0].clone());
    assert_eq!(span.name, "log.parse");
    let own = attributes(&span.attributes);
    assert_eq!(own.len(), 3, "{own:?}");
    assert_eq!(own["log.parse.delim.offset"], Value::IntValue(text.len() as i64));
    assert!(matches!(own["log.parse.duration.us"], Value::IntValue(0..60_000_000)), "{own:?}");
    // One burst, in which a line is ragged.
    assert_eq!(own["log.parse.simd.hit.rate"], Value::DoubleValue(0.0));

    let log = receiver.with(|received| received.logs[0].clone());
    let own = attributes(&log.attributes);
    assert_eq!(own["event"], Value::StringValue("followed".to_owned()));
    assert_eq!(own["offset"], Value::IntValue(0));
    assert_eq!(log.severity_text, "INFO");
    for resource in receiver.with(|received| received.resources.clone()) {
        assert_eq!(resource["service.name"], Value::StringValue("mine".to_owned()));
        let environment = Value::StringValue("test".to_owned());
        assert_eq!(resource["deployment.environment.name"], environment);
    }
    let headers = receiver.with(|received| received.headers.clone());
    assert_eq!(headers, BTreeSet::from(["Bearer s3cret".to_owned()]));
    assert!(!format!("{:?}", told.events()).contains("s3cret"));

    // What comes at the end is sent, too.
    fs::write(folder.path().join("b.log"), format!("{LINE}\n")).unwrap();
    let start = Instant::now();
    while lines_in(folder.path()) < 4 {
        assert!(start.elapsed() < PATIENCE, "a line never came");
        sleep(Duration::from_millis(1)).await;
    }
    agent.stop().await.unwrap();
    let spans = receiver.with(|received| received.spans.clone());
    let usual = Value::DoubleValue(1.0);
    let is_last = |span: &Span| attributes(&span.attributes)["log.parse.simd.hit.rate"] == usual;
    assert!(spans.iter().any(is_last), "{spans:?}");
    receiver.with(|received| assert_eq!(received.numbers[written], 4.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_never_answers_holds_nothing_up() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    // It takes connections, and says nothing.
    let silent = tokio::spawn(async move {
        let mut connections = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            connections.push(connection);
        }
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), format!("{LINE}\n").repeat(50_000)).unwrap();
    let told = Arc::new(Told::default());
    let config =
        config(folder.path(), address, "timeout_milliseconds = 300\n[server]\nenabled = false\n");
    let agent = Agent::start(Path::new("ship.toml"), &config, told.clone()).await.unwrap();
    let start = Instant::now();
    while lines_in(folder.path()) < 50_000 {
        assert!(start.elapsed() < PATIENCE, "lines never came");
        sleep(Duration::from_millis(5)).await;
    }
    let is_told =
        |event: &Event| matches!(event, Event::NotWritten { what, .. } if what == "telemetry");
    while told.count(is_told) == 0 {
        assert!(start.elapsed() < PATIENCE, "nobody was told");
        sleep(Duration::from_millis(5)).await;
    }
    let start = Instant::now();
    agent.stop().await.unwrap();
    // The limit of an export, and what the agent itself needs to end.
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(told.count(is_told), 1, "it is told once");
    silent.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_comes_back_is_told_and_gets_later_numbers() {
    let address = free_address();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), format!("{LINE}\n")).unwrap();
    let told = Arc::new(Told::default());
    let config = config(folder.path(), address, "[server]\nenabled = false\n");
    let agent = Agent::start(Path::new("ship.toml"), &config, told.clone()).await.unwrap();
    let wait_for = |what: &'static str, is_it: fn(&Event) -> bool| {
        let told = told.clone();
        async move {
            let start = Instant::now();
            while told.count(is_it) == 0 {
                assert!(start.elapsed() < PATIENCE, "{what} was never told");
                sleep(Duration::from_millis(10)).await;
            }
        }
    };
    wait_for("the loss", |event| matches!(event, Event::NotWritten { .. })).await;
    let receiver = Receiver::default();
    receiver.start(address).await;
    wait_for("the return", |event| matches!(event, Event::WrittenAgain { .. })).await;
    let lines = "delimark_lines_total{source=\"logs\"}";
    receiver.wait_for("a number", |received| received.numbers.get(lines) == Some(&1.0)).await;
    agent.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_takes_some_signals_is_told_of_once() {
    let answers = Arc::new(Mutex::new(BTreeMap::<String, u32>::new()));
    let answer = {
        let answers = answers.clone();
        move |place: Uri| async move {
            *answers.lock().unwrap().entry(place.path().to_owned()).or_default() += 1;
            if place.path() == "/v1/traces" { StatusCode::OK } else { StatusCode::NOT_FOUND }
        }
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer);
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    let told = Arc::new(Told::default());
    let config = config(folder.path(), address, "[server]\nenabled = false\n");
    let agent = Agent::start(Path::new("ship.toml"), &config, told.clone()).await.unwrap();
    let start = Instant::now();
    let mut text = String::new();
    // Each signal several times, in turns.
    let is_done = |answers: &BTreeMap<String, u32>| {
        ["/v1/traces", "/v1/metrics"]
            .iter()
            .all(|place| answers.get(*place).is_some_and(|&count| count >= 4))
    };
    while !is_done(&answers.lock().unwrap()) {
        let now = answers.lock().unwrap().clone();
        assert!(start.elapsed() < PATIENCE, "{now:?}");
        text.push_str(LINE);
        text.push('\n');
        fs::write(&log, &text).unwrap();
        sleep(Duration::from_millis(20)).await;
    }
    let places = answers.lock().unwrap().len();
    let is_loss = |event: &Event| matches!(event, Event::NotWritten { .. });
    assert!((1..places).contains(&told.count(is_loss)), "{} of {places}", told.count(is_loss));
    assert_eq!(told.count(|event| matches!(event, Event::WrittenAgain { .. })), 0);
    agent.stop().await.unwrap();
    server.abort();
}

#[tokio::test]
async fn what_is_not_there_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    for (more, expected) in [
        (
            "headers.authorization = { file = \"/nowhere/token\" }\n",
            "[telemetry.otlp] header 'authorization': /nowhere/token: cannot read the secret",
        ),
        (
            "authority_file = \"/nowhere/ca.pem\"\n",
            "[telemetry.otlp] authority file /nowhere/ca.pem: No such file",
        ),
    ] {
        let more = format!("{more}[server]\nenabled = false\n");
        let config = config(folder.path(), free_address(), &more);
        let result = Agent::start(Path::new("ship.toml"), &config, Arc::new(())).await;
        let Err(error) = result else { panic!("it starts") };
        let error = error.to_string();
        assert!(error.starts_with("ship.toml:1") && error.contains(expected), "{error}");
    }
}
