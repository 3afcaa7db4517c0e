//! Arguments of methods: whatever JavaScript passes, and not only what the types allow. The
//! bindings alone would make bytes and columns of almost anything.

use delimark::{Dialect, RaggedPolicy};
use delimark_extract::FieldList;
use js_sys::{Array, Reflect, Symbol, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::objects::{self, of_wrong_argument};

const NO_BYTES: &str = "the bytes are a Uint8Array: make one of a buffer with \
    new Uint8Array(buffer), of text with new TextEncoder().encode(text)";

const NO_COLUMNS: &str = "the columns are an array of whole numbers that are not negative";

/// Copies bytes into the module.
///
/// # Errors
///
/// They are no `Uint8Array`, or there is no memory for them.
pub(super) fn bytes(value: &JsValue) -> Result<Vec<u8>, JsValue> {
    // An array of another window or context has another class, but the same tag.
    let tag = value.is_object().then(|| Reflect::get(value, &Symbol::to_string_tag()));
    if tag.transpose()?.and_then(|tag| tag.as_string()).as_deref() != Some("Uint8Array") {
        return Err(of_wrong_argument(NO_BYTES));
    }
    let array: &Uint8Array = value.unchecked_ref();
    let mut bytes = Vec::new();
    let length = array.length() as usize;
    bytes.try_reserve_exact(length).map_err(|_| objects::of_lack_of_memory())?;
    bytes.resize(length, 0);
    array.copy_to(&mut bytes);
    Ok(bytes)
}

/// Reads the columns of an extraction.
///
/// # Errors
///
/// They are no array, one is no whole number, or no record of the dialect has it.
pub(super) fn columns(value: &JsValue, dialect: &Dialect) -> Result<FieldList, JsValue> {
    let no_columns = || of_wrong_argument(NO_COLUMNS);
    if !value.is_object() {
        return Err(no_columns());
    }
    let length = Reflect::get(value, &JsValue::from_str("length"))?;
    let length = objects::whole_number(&length).ok_or_else(no_columns)?;
    let mut columns = Vec::new();
    for position in 0..length {
        let column = Reflect::get_u32(value, position)?;
        let column = objects::whole_number(&column).ok_or_else(no_columns)?;
        check_column(column, dialect)?;
        columns.push(column);
    }
    Ok(FieldList::from_indices(columns))
}

/// Reads an array of strings, an option.
///
/// # Errors
///
/// It is something else.
pub(super) fn strings(name: &str, value: &JsValue) -> Result<Vec<String>, JsValue> {
    let wrong = || objects::of_wrong_options(format!("{name} is an array of strings"));
    let array: &Array = value.dyn_ref().ok_or_else(wrong)?;
    array.iter().map(|string| string.as_string().ok_or_else(wrong)).collect()
}

/// Refuses a column that would be empty in every record, as `delimark extract` does.
fn check_column(column: u32, dialect: &Dialect) -> Result<(), JsValue> {
    let ragged = dialect.ragged();
    match dialect.columns() {
        Some(columns) if column >= columns && ragged != RaggedPolicy::Keep => {
            Err(of_wrong_argument(&format!(
                "column {column} never exists: they count from 0, and columns {columns} with \
                 ragged '{ragged}' allows no more"
            )))
        }
        _ => Ok(()),
    }
}
