//! Scrape configurations of Promtail, which are sources here.

use std::collections::BTreeMap;

use serde_json::Value;

use super::pipeline;
use super::writer::{Writer, milliseconds, table, text};

type Labels = BTreeMap<String, String>;

/// Writes the sources and stages of a scrape configuration.
pub(super) fn write(path: &str, scrape: &Value, external: &Labels, writer: &mut Writer) {
    let job = text(&scrape["job_name"]).unwrap_or_else(|| "source".to_owned());
    let job = plain_name(&job);
    let mut names = Vec::new();
    let targets = scrape["static_configs"].as_array().into_iter().flatten();
    for (index, target) in targets.enumerate() {
        let name = if index == 0 { job.clone() } else { format!("{job}-{}", index + 1) };
        let path = format!("{path}.static_configs[{index}]");
        if write_files(&path, &name, &target["labels"], external, writer) {
            names.push(name);
        }
    }
    if scrape.get("syslog").is_some() {
        write_syslog(&format!("{path}.syslog"), &job, &scrape["syslog"], external, writer);
        names.push(job);
    }
    let known =
        ["job_name", "static_configs", "syslog", "pipeline_stages", "relabel_configs", "encoding"];
    writer.omit_others(path, scrape, &known);
    if names.is_empty() {
        writer.omit(path, "it has neither files nor syslog; its stages are left out, too");
        return;
    }
    if let Some(encoding) = text(&scrape["encoding"]) {
        let reason = format!("add `encoding = \"{encoding}\"` to the source, if it is known here");
        writer.omit(&format!("{path}.encoding"), &reason);
    }
    write_relabelling(&format!("{path}.relabel_configs"), &names, scrape, writer);
    let stages = scrape["pipeline_stages"].as_array().into_iter().flatten();
    for (index, stage) in stages.enumerate() {
        let path = format!("{path}.pipeline_stages[{index}]");
        pipeline::write(&path, &names, stage, writer);
    }
}

/// Returns a name of letters, digits, `-` and `_`.
pub(super) fn plain_name(name: &str) -> String {
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' }
    };
    name.chars().map(plain).collect()
}

fn write_files(
    path: &str,
    name: &str,
    labels: &Value,
    external: &Labels,
    writer: &mut Writer,
) -> bool {
    let Some(pattern) = text(&labels["__path__"]) else {
        writer.omit(path, "there is no __path__");
        return false;
    };
    writer.begin("source");
    writer.value("name", &name.into());
    write_labels(labels, external, writer);
    // Braces are alternatives for Promtail.
    let (patterns, is_whole) = alternatives(&pattern);
    if !is_whole {
        writer.omit(&format!("{path}.labels.__path__"), "braces within braces");
    }
    let patterns: Vec<toml::Value> = patterns.into_iter().map(toml::Value::from).collect();
    writer.value("files.paths", &patterns.into());
    if let Some(exclude) = text(&labels["__path_exclude__"]) {
        let exclude: Vec<toml::Value> =
            alternatives(&exclude).0.into_iter().map(toml::Value::from).collect();
        writer.value("files.exclude", &exclude.into());
    }
    writer.value("files.read_from", &"end".into());
    // Nobody wrote it down, and queries may depend on it.
    let reason = "Promtail makes it of each file's path, and there is nothing like it here";
    writer.omit(&format!("{path}.labels.filename"), reason);
    true
}

/// Returns `a.log` and `b.log` of `{a,b}.log`, and false where there are other braces, too.
fn alternatives(pattern: &str) -> (Vec<String>, bool) {
    let Some((before, rest)) = pattern.split_once('{') else {
        return (vec![pattern.to_owned()], true);
    };
    let Some((inside, behind)) = rest.split_once('}') else {
        return (vec![pattern.to_owned()], false);
    };
    let all = inside.split(',').map(|own| format!("{before}{own}{behind}"));
    (all.collect(), !inside.contains('{') && !behind.contains('{'))
}

fn write_labels(labels: &Value, external: &Labels, writer: &mut Writer) {
    let mut all = external.clone();
    let own = labels.as_object().into_iter().flatten();
    let own = own.filter(|(name, _)| !name.starts_with("__"));
    all.extend(own.filter_map(|(name, value)| Some((name.clone(), text(value)?))));
    if !all.is_empty() {
        writer.value("labels", &table(all));
    }
}

fn write_syslog(path: &str, name: &str, syslog: &Value, external: &Labels, writer: &mut Writer) {
    writer.begin("source");
    writer.value("name", &name.into());
    write_labels(&syslog["labels"], external, writer);
    if let Some(length) = syslog["max_message_length"].as_i64() {
        writer.value("max_line_bytes", &length.into());
    }
    let address = text(&syslog["listen_address"]).unwrap_or_else(|| "127.0.0.1:1514".to_owned());
    let protocol = text(&syslog["listen_protocol"]).unwrap_or_else(|| "tcp".to_owned());
    writer.value(&format!("syslog.{protocol}"), &address.into());
    if let Some(idle) = text(&syslog["idle_timeout"]).and_then(|idle| milliseconds(&idle)) {
        writer.value("syslog.idle_milliseconds", &idle.into());
    }
    if syslog["use_incoming_timestamp"].as_bool() == Some(true) {
        writer.value("syslog.use_incoming_timestamp", &true.into());
    }
    let known = [
        "labels",
        "max_message_length",
        "listen_address",
        "listen_protocol",
        "idle_timeout",
        "use_incoming_timestamp",
    ];
    writer.omit_others(path, syslog, &known);
}

/// Writes the stages for what `relabel_configs` say of messages of syslog.
fn write_relabelling(path: &str, names: &[String], scrape: &Value, writer: &mut Writer) {
    let rules = scrape["relabel_configs"].as_array().into_iter().flatten();
    for (index, rule) in rules.enumerate() {
        let path = format!("{path}[{index}]");
        let source = rule["source_labels"].as_array().filter(|labels| labels.len() == 1);
        let source = source.and_then(|labels| labels[0].as_str());
        let field = source.and_then(|label| label.strip_prefix("__syslog_message_"));
        let target = rule["target_label"].as_str();
        let is_plain = rule.as_object().is_some_and(|rule| {
            rule.keys().all(|key| matches!(key.as_str(), "source_labels" | "target_label"))
        });
        match (field, target) {
            (Some(field), Some(target)) if is_plain => {
                pipeline::begin(names, writer);
                writer.value("labels", &table([(target, format!("syslog_{field}"))]));
            }
            _ => writer.omit(&path, "only labels of syslog messages can be taken as they are"),
        }
    }
}
