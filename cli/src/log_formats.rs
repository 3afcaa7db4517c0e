//! The options that name a log format, as several verbs take them.

use delimark_formats::{LogFormat, Preset as Named};

/// A log format by its name.
#[derive(Clone, Debug)]
pub(crate) enum Preset {
    /// One that is known.
    Known(LogFormat),
    /// Any: the first lines tell.
    Auto,
}

pub(crate) fn parse_preset(name: &str) -> Result<Preset, String> {
    match name {
        "auto" => Ok(Preset::Auto),
        name => LogFormat::preset(name).map(Preset::Known).map_err(|error| error.to_string()),
    }
}

pub(crate) fn parse_log_format(text: &str) -> Result<LogFormat, String> {
    LogFormat::of_server(text).map_err(|error| match Named::find(text) {
        Ok(preset) => format!("'{0}' is the name of a preset: --preset {0}", preset.name()),
        Err(_) => error.to_string(),
    })
}
