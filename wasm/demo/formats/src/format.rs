//! Formats by name, as they were pasted, or as the first lines of a log tell.

use std::sync::Arc;

use delimark_extract::{ColumnOptions, ColumnOutput, Columns, InvalidUtf8};
use delimark_formats::{LogFormat, Preset};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::extractor::LogExtractor;
use crate::objects::error;

/// The bytes between values of the text that is saved.
const DELIMITER: &[u8] = b"\t";

/// A format of which the columns are known.
#[wasm_bindgen]
#[derive(Clone, Debug)]
pub struct Format(LogFormat);

#[wasm_bindgen]
impl Format {
    /// Makes the format of a preset for a log that begins so.
    ///
    /// # Errors
    ///
    /// There is no such preset, or the lines had to name the columns and do not.
    pub fn preset(name: &str, first_lines: &[u8]) -> Result<Self, JsValue> {
        let format = LogFormat::preset(name).map_err(error)?;
        Self::of_log(format, first_lines)
    }

    /// Reads what was pasted from the configuration of a server.
    ///
    /// # Errors
    ///
    /// It is no format, or lines cannot be split by it; the message shows the place.
    pub fn pasted(text: &str, first_lines: &[u8]) -> Result<Self, JsValue> {
        let format = LogFormat::of_server(text.trim_end()).map_err(error)?;
        Self::of_log(format, first_lines)
    }

    /// Returns the names of the columns, in the order of the line.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        self.0.columns().iter().map(|column| column.name().to_owned()).collect()
    }

    /// Tells whether lines that begin with `#` say what the others are.
    #[wasm_bindgen(getter, js_name = hasDirectives)]
    #[must_use]
    pub fn has_directives(&self) -> bool {
        self.0.has_directives()
    }

    /// Makes an extractor of columns, by names and numbers as `--fields` takes them. Of the lines
    /// left out it keeps this many until they are taken.
    ///
    /// # Errors
    ///
    /// There is no such column, or a key would be written twice.
    pub fn extractor(
        &self,
        fields: &str,
        has_keys: bool,
        decodes: bool,
        left_out_limit: usize,
    ) -> Result<LogExtractor, JsValue> {
        let Ok(selection) = fields.parse();
        let output = match has_keys {
            true => ColumnOutput::JsonLines { keys: None, invalid_utf8: InvalidUtf8::Replace },
            false => ColumnOutput::Text { delimiter: DELIMITER.to_vec() },
        };
        let options = ColumnOptions { selection, output, decodes, stops_at_mismatch: false };
        let columns = Columns::new(self.0.clone(), Arc::new(options)).map_err(error)?;
        Ok(LogExtractor::new(columns, left_out_limit))
    }
}

impl Format {
    fn of_log(format: LogFormat, first_lines: &[u8]) -> Result<Self, JsValue> {
        let format = format.with_first_lines(first_lines).map_err(error)?;
        let missing = || error("there is no line '#Fields: ...' before the first record");
        format.map(Self).ok_or_else(missing)
    }
}

/// The preset that the first lines of a log are in.
#[wasm_bindgen]
#[derive(Clone, Debug)]
pub struct Guessed {
    name: &'static str,
    reason: String,
}

#[wasm_bindgen]
impl Guessed {
    /// Returns the preset's name.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn name(&self) -> String {
        self.name.to_owned()
    }

    /// Returns in words how many lines are in it.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn reason(&self) -> String {
        self.reason.clone()
    }
}

/// Guesses the preset, as `--preset auto` does; none if less than half of the lines are in one.
#[wasm_bindgen]
#[must_use]
pub fn guess(first_lines: &[u8]) -> Option<Guessed> {
    let guess = delimark_formats::guess(first_lines);
    let name = guess.best()?.preset().name();
    Some(Guessed { name, reason: guess.to_string() })
}

/// Returns a line that says whose format a preset is.
#[wasm_bindgen]
#[must_use]
pub fn description(preset: &str) -> Option<String> {
    Preset::find(preset).ok().map(|preset| preset.description().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Format, description, guess};

    const LINES: &[u8] =
        br#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"
"#;

    #[test]
    fn a_guess_has_a_name_that_makes_a_format() {
        let guessed = guess(LINES).unwrap();
        assert_eq!(guessed.reason(), "combined: 1 of 1 lines are in this format");
        let format = Format::preset(&guessed.name(), LINES).unwrap();
        assert_eq!(format.columns().len(), 9);
        assert!(!format.has_directives());
        assert!(description("combined").unwrap().starts_with("nginx's and Apache's"));
        assert!(guess(b"a|b\n").is_none());
    }

    #[test]
    fn the_first_lines_name_the_columns_where_they_have_to() {
        let format = Format::preset("w3c", b"#Fields: date cs-uri-stem\n").unwrap();
        assert_eq!(format.columns(), ["date", "cs-uri-stem"]);
        assert!(format.has_directives());
    }

    #[test]
    fn what_is_pasted_may_end_in_blank_lines() {
        let format = Format::pasted("$remote_addr|$status\n\n", b"").unwrap();
        assert_eq!(format.columns(), ["remote_addr", "status"]);
    }
}
