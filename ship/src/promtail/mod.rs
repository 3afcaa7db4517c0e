//! Configurations of Promtail: turned into ours, with a list of what could not be.

mod clients;
mod go_times;
mod pipeline;
mod scrapes;
mod writer;

use serde_json::Value;

use self::writer::Writer;

/// A configuration of Promtail in our words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The configuration, with what could not be translated as comments at its beginning.
    pub toml: String,
    /// What could not be translated, with the path in the configuration.
    pub omissions: Vec<String>,
}

/// Translates the text of a configuration of Promtail, which is YAML.
///
/// # Errors
///
/// The text is no YAML, or has no `scrape_configs`.
pub fn from_promtail(text: &str) -> Result<Translation, String> {
    let config: Value =
        serde_saphyr::from_str(text).map_err(|error| format!("this is no YAML: {error}"))?;
    let Some(scrapes) = config.get("scrape_configs").and_then(Value::as_array) else {
        return Err(
            "there are no scrape_configs, as every configuration of Promtail has".to_owned()
        );
    };
    let mut writer = Writer::default();
    write_state(&config, &mut writer);
    write_server(&config["server"], &mut writer);
    let known = ["scrape_configs", "clients", "client", "positions", "server"];
    writer.omit_others("", &config, &known);
    let labels = clients::external_labels(&config);
    for (index, scrape) in scrapes.iter().enumerate() {
        scrapes::write(&format!("scrape_configs[{index}]"), scrape, &labels, &mut writer);
    }
    clients::write(&config, &mut writer);
    Ok(writer.finish())
}

fn write_state(config: &Value, writer: &mut Writer) {
    let positions = config["positions"]["filename"].as_str();
    writer.value("state.folder", &"/var/lib/delimark".into());
    if let Some(positions) = positions {
        writer.omit(
            "positions.filename",
            &format!(
                "where Promtail has read up to ({positions}) is not taken over: files begin at \
                 their end, so stop Promtail only after this has begun"
            ),
        );
    }
}

fn write_server(server: &Value, writer: &mut Writer) {
    let port = server["http_listen_port"].as_u64();
    if server["disable"].as_bool() == Some(true) {
        writer.value("server.enabled", &false.into());
    } else if let Some(port) = port.filter(|port| *port != 0) {
        // Promtail listens everywhere unless it is told otherwise.
        let address = server["http_listen_address"].as_str().unwrap_or("127.0.0.1");
        writer.value("server.listen", &format!("{address}:{port}").into());
    }
    let known =
        ["http_listen_port", "http_listen_address", "disable", "grpc_listen_port", "log_level"];
    writer.omit_others("server", server, &known);
}

#[cfg(test)]
mod tests;
