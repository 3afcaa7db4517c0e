//! The files of `deploy/`: that they are what Kubernetes and Grafana read, and that they fit the
//! agent, whose configuration and metrics they name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use delimark_ship::config::{Config, SourceKind};
use delimark_ship::{Agent, check};
use regex::Regex;
use serde_json::Value;
use tokio::time::sleep;

use crate::agent::{PATIENCE, Told};
use crate::server::{FoundEntry, Server, client, now_ns};

const MANIFEST: &str = include_str!("../../../deploy/kubernetes/delimark-ship.yaml");
const DASHBOARD: &str = include_str!("../../../deploy/grafana/delimark-ship.json");
const DOCUMENTATION: &str = include_str!("../../../docs/ship.md");

/// The configuration's name in its folder, as the program is told it.
const CONFIG: &str = "/etc/delimark/ship.toml";

/// Returns the one object of a kind.
fn object(kind: &str) -> Value {
    let documents = MANIFEST.split("\n---\n");
    let objects = documents.map(|text| serde_saphyr::from_str::<Value>(text).expect("it is YAML"));
    let mut found: Vec<Value> = objects.filter(|object| object["kind"] == kind).collect();
    assert_eq!(found.len(), 1, "objects of the kind {kind}");
    found.remove(0)
}

fn config_text() -> String {
    let map = object("ConfigMap");
    map["data"]["ship.toml"].as_str().expect("the map has a ship.toml").to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("this is no list: {value}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("this is no text: {value}"))
}

/// Returns the one member of a list with this name.
fn named<'a>(values: &'a Value, name: &Value) -> &'a Value {
    let found = list(values).iter().find(|value| value["name"] == *name);
    found.unwrap_or_else(|| panic!("there is no {name} in {values}"))
}

#[test]
fn the_daemon_set_fits_its_configuration() {
    check(Path::new(CONFIG), &config_text()).unwrap_or_else(|error| panic!("{error}"));
    let config = Config::parse(Path::new(CONFIG), &config_text()).unwrap();
    let set = object("DaemonSet");
    let (map, account) = (object("ConfigMap"), object("ServiceAccount"));
    let namespace = &object("Namespace")["metadata"]["name"];
    for object in [&set, &map, &account] {
        assert_eq!(&object["metadata"]["namespace"], namespace);
    }
    let template = &set["spec"]["template"];
    assert_eq!(set["spec"]["selector"]["matchLabels"], template["metadata"]["labels"]);
    let pod = &template["spec"];
    assert_eq!(pod["serviceAccountName"], account["metadata"]["name"]);
    let container = named(&pod["containers"], &"ship".into());
    let command: Vec<&str> = list(&container["command"]).iter().map(text).collect();
    assert_eq!(command, ["delimark", "ship", "--config", CONFIG]);
    // What the agent reads and writes is there, and nothing else can be written.
    let security = &container["securityContext"];
    assert_eq!(security["readOnlyRootFilesystem"], true);
    assert_eq!(security["allowPrivilegeEscalation"], false);
    assert_eq!(security["capabilities"]["drop"][0], "ALL");
    for limit in ["cpu", "memory"] {
        assert!(container["resources"]["limits"][limit].is_string(), "no limit of {limit}");
    }
    let mount = |path: &Path| {
        let mounts = list(&container["volumeMounts"]).iter();
        let mut mounts = mounts.filter(|mount| path.starts_with(text(&mount["mountPath"])));
        let mount = mounts.next().unwrap_or_else(|| panic!("{} is not mounted", path.display()));
        (named(&pod["volumes"], &mount["name"]), mount["readOnly"] == true)
    };
    let (volume, _) = mount(Path::new(CONFIG));
    assert_eq!(volume["configMap"]["name"], map["metadata"]["name"]);
    let (volume, is_read_only) = mount(&config.state.folder);
    assert!(!is_read_only && volume["hostPath"]["path"].is_string(), "state stays on the node");
    for source in &config.sources {
        let SourceKind::Files(files) = source.get_ref().kind(source.span()).unwrap() else {
            panic!("a source that no container has");
        };
        for path in &files.paths {
            let (volume, is_read_only) = mount(Path::new(path.get_ref()));
            // Paths are the same on the node, so that lines say where they stand there.
            assert!(is_read_only && path.get_ref().starts_with(text(&volume["hostPath"]["path"])));
        }
    }
    // Probes reach the server, from outside of the pod.
    assert!(config.server.enabled && !config.server.listen.ip().is_loopback());
    let port = config.server.listen.port();
    assert_eq!(template["metadata"]["annotations"]["prometheus.io/port"], port.to_string());
    for (probe, path) in [("readinessProbe", "/ready"), ("livenessProbe", "/health")] {
        let probe = &container[probe]["httpGet"];
        assert_eq!(probe["path"], path);
        assert_eq!(named(&container["ports"], &probe["port"])["containerPort"], port);
    }
}

/// Returns an address that nobody listens at.
fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

/// Replaces what has to be there, once.
fn replace(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from} in:\n{text}");
    text.replace(from, to)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_containers_come_with_their_time_and_their_pod() {
    let loki = Server::start_double();
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().display().to_string();
    let now = now_ns() / 1_000_000_000;
    let time = |second: i64| {
        let moment = jiff::Timestamp::from_second(now - 60 + second).unwrap();
        format!("{moment:.9}").replace(".000000000", ".123456789")
    };
    let logs = [
        (
            "shop_web-0_6f1c-2a",
            "nginx/0.log",
            [
                format!("{} stdout F two  blanks \n", time(0)).into_bytes(),
                format!("{} stderr F \n", time(1)).into_bytes(),
                format!("{} stdout P a part\n", time(2)).into_bytes(),
                format!("{} stdout F \u{e9} and ", time(3)).into_bytes(),
                b"\xff no UTF-8\n".to_vec(),
                b"not of CRI\n".to_vec(),
            ]
            .concat(),
        ),
        ("delimark_ship-x_1", "ship/0.log", format!("{} stderr F own\n", time(0)).into_bytes()),
    ];
    for (pod, name, bytes) in logs {
        let path = folder.path().join("pods").join(pod).join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let config = config_text().replace("/var/log/pods", &format!("{own}/pods"));
    let config = replace(&config, "/var/lib/delimark", &format!("{own}/state"));
    let config = replace(&config, "0.0.0.0:9080", &free_address().to_string());
    let config = replace(&config, "http://loki.loki.svc:3100", &loki.url);
    let agent = Agent::start(Path::new(CONFIG), &config, Arc::new(Told::default())).await;
    let agent = agent.unwrap_or_else(|error| panic!("{error}"));
    let mut found = Vec::new();
    let start = Instant::now();
    while found.len() < 4 {
        assert!(start.elapsed() < PATIENCE, "not all lines came: {found:?}");
        sleep(Duration::from_millis(20)).await;
        found = loki.find_entries("{job=\"containers\"}").await;
    }
    agent.stop().await.unwrap();
    // What should not have come had its chance, too.
    found = loki.find_entries("{job=\"containers\"}").await;
    let shown = |entry: &FoundEntry| {
        let label = |name: &str| entry.labels.get(name).cloned().unwrap_or_default();
        let names = ["namespace", "pod", "container", "stream"].map(label).join(" ");
        let second = (entry.timestamp_ns - (now - 60) * 1_000_000_000) as f64 / 1e9;
        // What has no time of its own was read now.
        let second = if second < 30.0 { format!("{second:.6}") } else { "now".to_owned() };
        format!("{names} | {second} | {}", entry.line)
    };
    let mut shown: Vec<String> = found.iter().map(shown).collect();
    shown.sort();
    let expected = [
        "shop web-0 nginx  | now | not of CRI",
        "shop web-0 nginx stderr | 1.123457 | ",
        "shop web-0 nginx stdout | 0.123457 | two  blanks ",
        "shop web-0 nginx stdout | 3.123457 | a part\u{e9} and \u{fffd} no UTF-8",
    ];
    assert_eq!(shown, expected);
}

/// Returns the metrics of an agent that has had all that it counts.
async fn printed_metrics() -> String {
    let loki = Server::start_double();
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let config = format!(
        "state.folder = \"{folder}/state\"\nserver.listen = \"{address}\"\n\
         [[source]]\nname = \"a\"\nlabels = {{ job = \"a\" }}\nfiles.paths = [\"{folder}/*.log\"]\n\
         [[stage]]\ndrop.value = \"dropped\"\n\
         [[stage]]\njson = {{ expressions = {{ time = \"\" }}, unmatched = \"dead-letter\" }}\n\
         [[stage]]\ntimestamp = {{ source = \"time\", format = \"rfc3339\" }}\n\
         [[sink]]\nname = \"loki\"\nloki = {{ url = \"{}\", latency_milliseconds = 10 }}\n\
         [[sink]]\nname = \"copy\"\nfile.path = \"{folder}/copy\"\n",
        loki.url,
        folder = folder.path().display(),
    );
    fs::write(folder.path().join("a.log"), "dropped\nno JSON\n{\"time\":\"bad\"}\n").unwrap();
    let path = Path::new("ship.toml");
    let told = Arc::new(Told::default());
    let mut agent = Agent::start(path, &config, told.clone()).await.unwrap();
    agent.reload(path, &format!("{config}# another\n")).await.unwrap();
    let mut metrics = String::new();
    let parts = [
        "delimark_lag_seconds{",
        "delimark_written_total{sink=\"copy\"} 1\n",
        "delimark_loki_total{sink=\"loki\",what=\"sent_entries\"} 1\n",
    ];
    let start = Instant::now();
    while !parts.iter().all(|part| metrics.contains(part)) {
        assert!(start.elapsed() < PATIENCE, "not all was counted:\n{metrics}");
        sleep(Duration::from_millis(20)).await;
        let answer = client().get(format!("http://{address}/metrics")).send().await.unwrap();
        metrics = answer.text().await.unwrap();
    }
    agent.stop().await.unwrap();
    metrics
}

/// Returns the names of samples, with the names and values of their labels.
fn samples(metrics: &str) -> BTreeMap<String, BTreeSet<(String, String)>> {
    let label = Regex::new(r#"(\w+)="([^"]*)""#).unwrap();
    let mut samples: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    for line in metrics.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let pairs = label.captures_iter(line).map(|pair| (pair[1].into(), pair[2].into()));
        samples.entry(name.to_owned()).or_default().extend(pairs);
    }
    samples
}

/// Returns the panels that show something.
fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    list(&dashboard["panels"]).iter().filter(|panel| panel["type"] != "row")
}

/// Returns all expressions of a dashboard.
fn expressions(dashboard: &Value) -> Vec<&str> {
    let targets = panels(dashboard).flat_map(|panel| list(&panel["targets"]));
    targets.map(|target| text(&target["expr"])).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dashboard_shows_the_metrics_that_there_are() {
    let samples = samples(&printed_metrics().await);
    let printed: BTreeSet<&str> = samples.keys().map(String::as_str).collect();
    let name = Regex::new(r"delimark_\w+").unwrap();
    let names = |text| name.find_iter(text).map(|found| found.as_str()).collect::<BTreeSet<_>>();
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let expressions = expressions(&dashboard);
    let shown: BTreeSet<&str> = expressions.iter().flat_map(|text| names(*text)).collect();
    assert_eq!(shown, printed, "the dashboard has the left ones, /metrics the right ones");
    let documented = DOCUMENTATION.lines().filter(|line| line.starts_with('|'));
    let documented: BTreeSet<&str> = documented.flat_map(names).collect();
    assert_eq!(documented, printed, "docs/ship.md has the left ones, /metrics the right ones");
    // Labels by which samples are chosen and grouped are theirs. A scrape adds the instance.
    let chosen = Regex::new(r#"(\w+)=~?"([^"]*)""#).unwrap();
    let grouped = Regex::new(r"by \((\w+)\)").unwrap();
    for expression in &expressions {
        let labels = &samples[name.find(expression).unwrap().as_str()];
        for pair in chosen.captures_iter(expression).filter(|pair| &pair[1] != "instance") {
            let pair = (pair[1].to_owned(), pair[2].to_owned());
            assert!(labels.contains(&pair), "{expression}: there is no {pair:?} in {labels:?}");
        }
        for group in grouped.captures_iter(expression) {
            let has_it = labels.iter().any(|(name, _)| *name == group[1]);
            assert!(has_it, "{expression}: no sample has the label {}", &group[1]);
        }
    }
    // Each thing that becomes of a push is shown.
    for (label, value) in samples["delimark_loki_total"].iter().filter(|(label, _)| label == "what")
    {
        let pair = format!("{label}=\"{value}\"");
        assert!(expressions.iter().any(|text| text.contains(&pair)), "{pair} is not shown");
    }
}

#[test]
fn the_dashboard_is_one_that_grafana_reads() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    assert!(dashboard["schemaVersion"].as_u64().is_some_and(|version| version >= 36));
    // An import gives it a number of its own.
    assert!(dashboard.get("id").is_none() && !text(&dashboard["uid"]).is_empty());
    assert!(!text(&dashboard["title"]).is_empty());
    let variables = &dashboard["templating"]["list"];
    assert_eq!(named(variables, &"datasource".into())["type"], "datasource");
    let is_variable = |source: &Value| source["uid"] == "${datasource}";
    let instance = named(variables, &"instance".into());
    assert!(is_variable(&instance["datasource"]));
    let mut ids = BTreeSet::new();
    let mut cells = BTreeSet::new();
    for panel in list(&dashboard["panels"]) {
        let title = text(&panel["title"]);
        assert!(panel["id"].as_u64().is_some_and(|id| ids.insert(id)), "{title}: id");
        let side = |name: &str| panel["gridPos"][name].as_u64().unwrap();
        let (left, top) = (side("x"), side("y"));
        assert!(left + side("w") <= 24, "{title}: it is wider than the page");
        for cell in
            (left..left + side("w")).flat_map(|x| (top..top + side("h")).map(move |y| (x, y)))
        {
            assert!(cells.insert(cell), "{title}: it lies over another panel");
        }
    }
    for panel in panels(&dashboard) {
        let title = text(&panel["title"]);
        assert!(is_variable(&panel["datasource"]), "{title}: datasource");
        assert!(!text(&panel["description"]).is_empty(), "{title}: description");
        assert!(panel["fieldConfig"]["defaults"]["unit"].is_string(), "{title}: unit");
        let mut references = BTreeSet::new();
        for target in list(&panel["targets"]) {
            assert!(is_variable(&target["datasource"]), "{title}: datasource of a target");
            assert!(references.insert(text(&target["refId"])), "{title}: refId");
            assert!(text(&target["expr"]).contains("instance=~\"$instance\""), "{title}: expr");
        }
    }
}
