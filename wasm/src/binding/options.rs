//! The options of a splitter: whatever JavaScript passes, and not only what the types allow.

use std::fmt::Display;
use std::str::FromStr;

use delimark::Dialect;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::objects::{self, of_wrong_options};

const NAMES: [&str; 5] = ["delimiter", "columns", "ragged", "lineEnding", "lineLimit"];

#[wasm_bindgen]
extern "C" {
    /// See `types.ts`.
    #[wasm_bindgen(typescript_type = "SplitterOptions")]
    pub type Options;
}

impl Options {
    /// Makes the dialect.
    ///
    /// # Errors
    ///
    /// An option is unknown or not what it should be.
    pub(super) fn dialect(&self) -> Result<Dialect, JsValue> {
        let options: &JsValue = self.as_ref();
        if !options.is_object() {
            return Err(of_wrong_options("the options are an object"));
        }
        for name in Object::keys::<Object>(options.unchecked_ref()) {
            let name = name.as_string().unwrap_or_default();
            if !NAMES.contains(&name.as_str()) {
                let known = NAMES.join(", ");
                return Err(of_wrong_options(format!("there is no option '{name}'; only {known}")));
            }
        }
        let delimiter = get(options, "delimiter")?.map_or(Ok(b'|'), |value| delimiter(&value))?;
        let mut dialect = Dialect::new(delimiter).map_err(of_wrong_options)?;
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
        Ok(dialect)
    }
}

fn get(options: &JsValue, name: &str) -> Result<Option<JsValue>, JsValue> {
    let value = Reflect::get(options, &JsValue::from_str(name))?;
    Ok((!value.is_undefined()).then_some(value))
}

fn delimiter(value: &JsValue) -> Result<u8, JsValue> {
    let byte = match value.as_string() {
        Some(text) => match *text.as_bytes() {
            [byte] => Some(byte),
            _ => None,
        },
        None => whole_number("delimiter", value)?.try_into().ok(),
    };
    byte.ok_or_else(|| of_wrong_options("the delimiter is one character of ASCII, or a byte"))
}

fn whole_number(name: &str, value: &JsValue) -> Result<u32, JsValue> {
    objects::whole_number(value)
        .ok_or_else(|| of_wrong_options(format!("{name} is a whole number that is not negative")))
}

fn word<T: FromStr<Err: Display>>(name: &str, value: &JsValue) -> Result<T, JsValue> {
    let word = value.as_string().unwrap_or_else(|| format!("{value:?}"));
    word.parse().map_err(|error: T::Err| of_wrong_options(format!("{name}: {error}")))
}
