//! The options that name a log format, as several verbs take them.

use anyhow::{anyhow, bail};
use delimark_extract::InputName;
use delimark_formats::{LogFormat, Preset as Named, guess};

use crate::tell;

/// A log format by its name.
#[derive(Clone, Debug)]
pub(crate) enum Preset {
    /// One that is known.
    Known(String, LogFormat),
    /// Any: the first lines tell.
    Auto,
}

impl Preset {
    /// Returns the name that was given.
    #[cfg_attr(
        not(feature = "convert"),
        expect(dead_code, reason = "only `convert` writes names into files")
    )]
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Known(name, _) => name.clone(),
            Self::Auto => "auto".to_owned(),
        }
    }
}

/// Returns the format that the options give; none where the first lines have to tell it.
pub(crate) fn given<'a>(
    preset: Option<&'a Preset>,
    log_format: Option<&'a LogFormat>,
) -> Option<&'a LogFormat> {
    match (log_format, preset) {
        (Some(format), _) | (None, Some(Preset::Known(_, format))) => Some(format),
        (None, Some(Preset::Auto) | None) => None,
    }
}

pub(crate) fn parse_preset(name: &str) -> Result<Preset, String> {
    match name {
        "auto" => Ok(Preset::Auto),
        name => match LogFormat::preset(name) {
            Ok(format) => Ok(Preset::Known(name.to_owned(), format)),
            Err(error) => Err(error.to_string()),
        },
    }
}

pub(crate) fn parse_log_format(text: &str) -> Result<LogFormat, String> {
    LogFormat::of_server(text).map_err(|error| match Named::find(text) {
        Ok(preset) => format!("'{0}' is the name of a preset: --preset {0}", preset.name()),
        Err(_) => error.to_string(),
    })
}

/// Reads the columns of a log off the first line that names them.
pub(crate) fn with_directive(
    log_format: LogFormat,
    first_lines: &[u8],
) -> anyhow::Result<LogFormat> {
    let log_format = log_format.with_first_lines(first_lines)?;
    log_format.ok_or_else(|| anyhow!("there is no line '#Fields: ...' before the first record"))
}

/// Finds out which format the first lines of an input are in, and says so.
pub(crate) fn guess_format(input: &InputName, first_lines: &[u8]) -> anyhow::Result<LogFormat> {
    let guess = guess(first_lines);
    let Some(best) = guess.best() else {
        bail!(
            "{guess}; `delimark formats` lists those that are known, and --log-format takes the \
             server's own"
        );
    };
    tell(format_args!("{input}: {guess}"));
    with_directive(best.preset().format(), first_lines)
}
