//! Tests of translations: each is a configuration that is taken.

use std::path::Path;

use super::*;
use crate::agent::check;

const CONFIG: &str = r#"
server:
  http_listen_port: 9081
  grpc_listen_port: 0
positions:
  filename: /var/lib/promtail/positions.yaml
clients:
  - url: http://loki:3100/loki/api/v1/push
    tenant_id: 7
    batchwait: 1s500ms
    batchsize: 1048576
    external_labels: { cluster: a }
    basic_auth: { username: u, password: p4ss }
    backoff_config: { max_retries: 3 }
scrape_configs:
  - job_name: nginx access
    static_configs:
      - targets: [localhost]
        labels:
          job: nginx
          __path__: /var/log/nginx/{access,error}.log
          __path_exclude__: /var/log/nginx/*.gz
    pipeline_stages:
      - json:
          expressions: { level: "", user: request.user, first: "list[0]" }
      - logfmt: { mapping: { ts: time } }
      - timestamp: { source: ts, format: "2006-01-02 15:04:05.000" }
      - labels: { level: , user: user }
      - static_labels: { env: prod }
      - structured_metadata: { user: }
      - labeldrop: [user]
      - drop: { expression: "^debug", drop_counter_reason: noise }
      - drop: { longer_than: 8kb }
      - drop: { older_than: 24h }
      - sampling: { rate: 0.5 }
      - replace: { expression: "(\\d+)", replace: "$N" }
      - template: { source: level, template: "[{{ .Value }}] {{ .user }}" }
      - template: { source: level, template: "{{ ToUpper .Value }}" }
      - output: { source: level }
      - cri: { max_partial_line_size: 64kb, max_partial_lines: 5 }
      - docker: {}
      - regex: { expression: "^(?P<a>.*)$" }
      - match: { selector: '{a="b"}', stages: [] }
  - job_name: syslog
    syslog:
      listen_address: 127.0.0.1:1514
      idle_timeout: 60s
      labels: { job: syslog }
    relabel_configs:
      - source_labels: ["__syslog_message_hostname"]
        target_label: host
      - source_labels: ["__meta_x"]
        target_label: x
  - job_name: journal
    journal: { max_age: 12h }
"#;

#[test]
fn a_translation_is_a_configuration_and_says_what_is_missing() {
    let translation = from_promtail(CONFIG).unwrap();
    let toml = &translation.toml;
    let described = check(Path::new("ship.toml"), toml).unwrap_or_else(|error| {
        panic!("{error}\n{toml}");
    });
    for line in [
        "source 'nginx-access': files /var/log/nginx/access.log /var/log/nginx/error.log, through",
        "source 'syslog': syslog at TCP 127.0.0.1:1514, through 1 stage",
        "sink 'loki': Loki at http://loki:3100/loki/api/v1/push",
        "metrics at http://127.0.0.1:9081/metrics",
    ] {
        assert!(described.contains(line), "{line}\n{described}");
    }
    for line in [
        r#"labels = { cluster = "a", job = "nginx" }"#,
        r#"loki.tenant = "7""#,
        r#"loki.latency_milliseconds = 1500"#,
        r#"timestamp = { format = "%Y-%m-%d %H:%M:%S%.3f", source = "ts" }"#,
        r#"template = { target = "level", template = "[{level}] {user}" }"#,
        r#"replace = { expression = '(\d+)', replace = "$$N" }"#,
        r#"labels = { host = "syslog_hostname" }"#,
        r#"drop = { longer_than = 8192 }"#,
        r#"cri = { max_bytes = 65536 }"#,
        r#"docker = {}"#,
    ] {
        assert!(toml.lines().any(|found| found == line), "{line}\n{toml}");
    }
    assert!(!toml.contains("p4ss"), "a secret is not repeated");
    let expected = [
        "positions.filename: ",
        "scrape_configs[0].static_configs[0].labels.filename: ",
        "scrape_configs[0].pipeline_stages[0].json.expressions.first: ",
        "scrape_configs[0].pipeline_stages[9].drop.older_than: ",
        "scrape_configs[0].pipeline_stages[9].drop: without the rest it would drop every line",
        "scrape_configs[0].pipeline_stages[13].template: ",
        "scrape_configs[0].pipeline_stages[15].cri.max_partial_lines: ",
        "scrape_configs[0].pipeline_stages[17].regex: no expression finds fields here",
        "scrape_configs[0].pipeline_stages[18].match: there is no such stage here",
        "scrape_configs[1].relabel_configs[1]: ",
        "scrape_configs[2].journal: ",
        "scrape_configs[2]: it has neither files nor syslog",
        "clients[0].basic_auth.password: ",
        "clients[0].backoff_config: ",
    ];
    assert_eq!(translation.omissions.len(), expected.len(), "{:#?}", translation.omissions);
    for (omission, expected) in translation.omissions.iter().zip(expected) {
        assert!(omission.starts_with(expected), "{omission}, expected {expected}");
    }
}

#[test]
fn what_is_no_configuration_is_refused() {
    assert!(from_promtail("a: [").unwrap_err().starts_with("this is no YAML: "));
    assert!(from_promtail("a: 1").unwrap_err().contains("no scrape_configs"));
}
