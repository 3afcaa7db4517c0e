//! Clients of Promtail, which are sinks here.

use std::collections::BTreeMap;

use serde_json::Value;

use super::writer::{Writer, milliseconds, table, text};
use crate::loki::LokiOptions;

/// Returns the labels that every client adds; they are labels of every source here.
pub(super) fn external_labels(config: &Value) -> BTreeMap<String, String> {
    let clients = clients(config);
    let labels = clients.iter().filter_map(|(_, client)| client["external_labels"].as_object());
    labels.flatten().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}

fn clients(config: &Value) -> Vec<(String, &Value)> {
    let list = config["clients"].as_array().into_iter().flatten().enumerate();
    let list = list.map(|(index, client)| (format!("clients[{index}]"), client));
    let single = config.get("client").map(|client| ("client".to_owned(), client));
    list.chain(single).collect()
}

/// Writes a sink for each client.
pub(super) fn write(config: &Value, writer: &mut Writer) {
    let clients = clients(config);
    if clients.is_empty() {
        writer.omit("clients", "there is none: add a [[sink]]");
    }
    for (index, (path, client)) in clients.iter().enumerate() {
        writer.begin("sink");
        let name = if index == 0 { "loki".to_owned() } else { format!("loki-{}", index + 1) };
        let name = text(&client["name"]).map_or(name, |own| super::scrapes::plain_name(&own));
        writer.value("name", &name.into());
        write_client(path, client, writer);
    }
}

fn write_client(path: &str, client: &Value, writer: &mut Writer) {
    for (theirs, own) in [("url", "url"), ("tenant_id", "tenant"), ("proxy_url", "proxy")] {
        if let Some(value) = text(&client[theirs]) {
            writer.value(&format!("loki.{own}"), &value.into());
        }
    }
    write_secrets(path, client, writer);
    if let Some(wait) = text(&client["batchwait"]).and_then(|wait| milliseconds(&wait)) {
        writer.value("loki.latency_milliseconds", &wait.into());
    }
    if let Some(timeout) = text(&client["timeout"]).and_then(|timeout| milliseconds(&timeout)) {
        writer.value("loki.timeout_milliseconds", &timeout.into());
    }
    if let Some(size) = client["batchsize"].as_i64() {
        let most = LokiOptions::MOST_PUSH_BYTES as i64;
        writer.value("loki.push_bytes", &size.min(most).into());
    }
    if let Some(file) = text(&client["tls_config"]["ca_file"]) {
        writer.value("loki.authority_file", &file.into());
    }
    writer.omit_others(&format!("{path}.tls_config"), &client["tls_config"], &["ca_file"]);
    let known = [
        "name",
        "url",
        "tenant_id",
        "proxy_url",
        "basic_auth",
        "bearer_token",
        "bearer_token_file",
        "batchwait",
        "batchsize",
        "timeout",
        "tls_config",
        "external_labels",
    ];
    writer.omit_others(path, client, &known);
}

/// Writes where secrets are; one that stands in the configuration is not repeated.
fn write_secrets(path: &str, client: &Value, writer: &mut Writer) {
    let basic = &client["basic_auth"];
    if let Some(user) = text(&basic["username"]) {
        let place = match text(&basic["password_file"]) {
            Some(file) => table([("file", file)]),
            None => {
                let reason = "put the password into the environment variable LOKI_PASSWORD";
                writer.omit(&format!("{path}.basic_auth.password"), reason);
                table([("variable", "LOKI_PASSWORD")])
            }
        };
        let basic = table([("user", toml::Value::from(user)), ("password", place)]);
        writer.value("loki.basic_auth", &basic);
    }
    if let Some(file) = text(&client["bearer_token_file"]) {
        writer.value("loki.bearer_token", &table([("file", file)]));
    } else if client.get("bearer_token").is_some() {
        let reason = "put the token into the environment variable LOKI_TOKEN";
        writer.omit(&format!("{path}.bearer_token"), reason);
        writer.value("loki.bearer_token", &table([("variable", "LOKI_TOKEN")]));
    }
}
