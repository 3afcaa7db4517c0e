//! The options of a splitter and of an extraction: whatever JavaScript passes, and not only what
//! the types allow.

use std::fmt::Display;
use std::str::FromStr;

use delimark::Dialect;
use delimark_extract::{Extraction, FieldList, Format, InvalidUtf8, JsonLines, Keys, Text};
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::arguments;
use super::objects::{self, of_wrong_options};

#[wasm_bindgen]
extern "C" {
    /// See `types.ts`.
    #[wasm_bindgen(typescript_type = "SplitterOptions")]
    pub type Options;

    /// See `types.ts`.
    #[wasm_bindgen(typescript_type = "ExtractionOptions")]
    pub type ExtractionOptions;
}

/// The settings of a splitter.
pub(super) struct Settings {
    pub(super) dialect: Dialect,
    pub(super) ragged_limit: usize,
}

impl Options {
    const NAMES: [&str; 8] = [
        "delimiter",
        "quote",
        "quoteEscape",
        "columns",
        "ragged",
        "raggedLimit",
        "lineEnding",
        "lineLimit",
    ];

    /// Reads them.
    ///
    /// # Errors
    ///
    /// An option is unknown or not what it should be.
    pub(super) fn settings(&self) -> Result<Settings, JsValue> {
        let options: &JsValue = self.as_ref();
        check_names(options, &Self::NAMES)?;
        let delimiter = get(options, "delimiter")?;
        let delimiter = delimiter.map_or(Ok(b'|'), |value| byte("delimiter", &value))?;
        let mut dialect = Dialect::new(delimiter).map_err(of_wrong_options)?;
        match (get(options, "quote")?, get(options, "quoteEscape")?) {
            (Some(quote), escape) => {
                let quote = byte("quote", &quote)?;
                let escape = escape.map(|value| word("quoteEscape", &value)).transpose()?;
                dialect = dialect
                    .with_quote(quote, escape.unwrap_or_default())
                    .map_err(of_wrong_options)?;
            }
            (None, Some(_)) => return Err(of_wrong_options("quoteEscape needs a quote")),
            (None, None) => {}
        }
        if let Some(value) = get(options, "columns")? {
            let columns = whole_number("columns", &value)?;
            dialect = dialect.with_columns(columns).map_err(of_wrong_options)?;
        }
        if let Some(value) = get(options, "ragged")? {
            dialect = dialect.with_ragged(word("ragged", &value)?);
        }
        if let Some(value) = get(options, "lineEnding")? {
            dialect = dialect.with_line_ending(word("lineEnding", &value)?);
        }
        if let Some(value) = get(options, "lineLimit")? {
            let bytes = whole_number("lineLimit", &value)? as usize;
            dialect = dialect.with_line_limit(bytes).map_err(of_wrong_options)?;
        }
        let ragged_limit = get(options, "raggedLimit")?
            .map_or(Ok(usize::MAX), |value| Ok(whole_number("raggedLimit", &value)? as usize));
        ragged_limit.map(|ragged_limit| Settings { dialect, ragged_limit })
    }
}

/// A format of the output.
#[derive(Clone, Copy)]
enum FormatName {
    Text,
    Jsonl,
}

/// The formats of the output by their words.
const FORMATS: &[(&str, FormatName)] = &[("text", FormatName::Text), ("jsonl", FormatName::Jsonl)];

const WAYS_OF_INVALID_UTF8: &[(&str, InvalidUtf8)] =
    &[("error", InvalidUtf8::Error), ("replace", InvalidUtf8::Replace)];

impl ExtractionOptions {
    const NAMES: [&str; 4] = ["format", "delimiter", "names", "invalidUtf8"];

    /// Makes the extraction of some columns.
    ///
    /// # Errors
    ///
    /// An option is unknown or not what it should be, or does not go with the others.
    pub(super) fn extraction(
        &self,
        columns: FieldList,
        dialect: &Dialect,
    ) -> Result<Extraction, JsValue> {
        let options: &JsValue = self.as_ref();
        check_names(options, &Self::NAMES)?;
        let delimiter = get(options, "delimiter")?;
        let names = get(options, "names")?;
        let invalid = get(options, "invalidUtf8")?;
        match choice(options, "format", FORMATS)? {
            FormatName::Text if names.is_some() || invalid.is_some() => {
                Err(of_wrong_options("names and invalidUtf8 need format 'jsonl'"))
            }
            FormatName::Text => {
                let bytes = |value: JsValue| {
                    let bytes = value.as_string().map(String::into_bytes);
                    bytes.ok_or_else(|| of_wrong_options("the delimiter of the output is a string"))
                };
                let delimiter = delimiter.map_or(Ok(vec![dialect.delimiter()]), bytes)?;
                Ok(text(columns, dialect, delimiter))
            }
            FormatName::Jsonl if delimiter.is_some() => {
                Err(of_wrong_options("delimiter has no meaning with format 'jsonl'"))
            }
            FormatName::Jsonl => {
                let names = names.map(|names| arguments::strings("names", &names)).transpose()?;
                let invalid_utf8 = choice(options, "invalidUtf8", WAYS_OF_INVALID_UTF8)?;
                let keys = names.as_deref().map_or(Keys::Numbers, Keys::Given);
                let format = JsonLines::new(&columns, keys, invalid_utf8);
                let format = format.map_err(of_wrong_options)?;
                Ok(Extraction::new(Format::JsonLines(format)))
            }
        }
    }
}

/// Makes the extraction of some columns as text.
pub(super) fn text(columns: FieldList, dialect: &Dialect, delimiter: Vec<u8>) -> Extraction {
    let text = Text::new(columns, dialect.delimiter(), delimiter);
    Extraction::new(Format::Text(text.with_quotes(dialect.quote().is_some())))
}

/// Refuses what is no object, and names that mean nothing.
fn check_names(options: &JsValue, known: &[&str]) -> Result<(), JsValue> {
    if !options.is_object() {
        return Err(of_wrong_options("the options are an object"));
    }
    for name in Object::keys::<Object>(options.unchecked_ref()) {
        let name = name.as_string().unwrap_or_default();
        if !known.contains(&name.as_str()) {
            let known = known.join(", ");
            return Err(of_wrong_options(format!(
                "unknown option '{name}' (expected one of: {known})"
            )));
        }
    }
    Ok(())
}

/// Returns the meaning of the word that an option is; the first is its default.
fn choice<T: Copy>(options: &JsValue, name: &str, words: &[(&str, T)]) -> Result<T, JsValue> {
    let Some(value) = get(options, name)? else {
        return Ok(words[0].1);
    };
    let word = value.as_string();
    let found = words.iter().find(|(known, _)| Some(*known) == word.as_deref());
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let word = word.unwrap_or_else(|| format!("{value:?}"));
        let known: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
        of_wrong_options(format!(
            "{name}: unknown word '{word}' (expected one of: {})",
            known.join(", ")
        ))
    })
}

fn get(options: &JsValue, name: &str) -> Result<Option<JsValue>, JsValue> {
    let value = Reflect::get(options, &JsValue::from_str(name))?;
    Ok((!value.is_undefined()).then_some(value))
}

fn byte(name: &str, value: &JsValue) -> Result<u8, JsValue> {
    let byte = match value.as_string() {
        Some(text) => match *text.as_bytes() {
            [byte] => Some(byte),
            _ => None,
        },
        None => whole_number(name, value)?.try_into().ok(),
    };
    byte.ok_or_else(|| of_wrong_options(format!("the {name} is one character of ASCII, or a byte")))
}

fn whole_number(name: &str, value: &JsValue) -> Result<u32, JsValue> {
    objects::whole_number(value)
        .ok_or_else(|| of_wrong_options(format!("{name} is a whole number that is not negative")))
}

fn word<T: FromStr<Err: Display>>(name: &str, value: &JsValue) -> Result<T, JsValue> {
    let word = value.as_string().unwrap_or_else(|| format!("{value:?}"));
    word.parse().map_err(|error: T::Err| of_wrong_options(format!("{name}: {error}")))
}
