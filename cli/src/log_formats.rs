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

/// Returns the format that the options give; none where the first lines have to tell it.
pub(crate) fn given<'a>(
    preset: Option<&'a Preset>,
    log_format: Option<&'a LogFormat>,
) -> Option<&'a LogFormat> {
    match (log_format, preset) {
        (Some(format), _) | (None, Some(Preset::Known(format))) => Some(format),
        (None, Some(Preset::Auto) | None) => None,
    }
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
