//! Plain objects and errors of JavaScript, as `types.ts` describes them.

use delimark::{Batch, Counts, RaggedReason};
use delimark_extract::{ExtractError, RaggedLine};
use js_sys::{Error, Object, Reflect, Uint32Array};
use wasm_bindgen::JsValue;

/// Sets properties of a new object, or of an error, which takes any.
fn with<T: AsRef<JsValue>>(object: T, properties: &[(&str, JsValue)]) -> T {
    for (name, value) in properties {
        Reflect::set(object.as_ref(), &JsValue::from_str(name), value)
            .expect("a new object is not frozen");
    }
    object
}

/// Numbers are exact to 2^53, which no input comes close to.
fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

/// Reads a number that is whole, not negative, and below 2^32.
pub(super) fn whole_number(value: &JsValue) -> Option<u32> {
    let number = value.as_f64().filter(|number| *number == f64::from(*number as u32));
    number.map(|number| number as u32)
}

fn of_kind(message: &str, kind: &str, properties: &[(&str, JsValue)]) -> JsValue {
    let error = Error::new(message);
    error.set_name("DelimarkError");
    let error = with(error, &[("kind", kind.into())]);
    with(error, properties).into()
}

/// Makes the error of a line that stopped a scan or an extraction, or of a lack of memory.
pub(super) fn of_error(error: &ExtractError) -> JsValue {
    if error.is_out_of_memory() {
        return of_lack_of_memory();
    }
    let open_quote = error.ragged_reason().and_then(open_quote);
    let kind = if open_quote.is_some() {
        "open-quote"
    } else if error.is_ragged() {
        "ragged"
    } else if error.is_line_too_long() {
        "line-too-long"
    } else {
        "not-utf8"
    };
    let properties = [
        ("line", error.line_number().map(number)),
        ("offset", error.offset().map(number)),
        ("field", error.field_number().map(JsValue::from)),
        ("found", error.fields_found().map(JsValue::from)),
        ("expected", error.fields_expected().map(JsValue::from)),
        ("quote", open_quote.map(number)),
    ];
    let properties = properties.into_iter().filter_map(|(name, value)| Some((name, value?)));
    of_kind(&error.to_string(), kind, &properties.collect::<Vec<_>>())
}

/// Makes the error of memory that cannot grow by as much as is needed.
pub(super) fn of_lack_of_memory() -> JsValue {
    let message = "the module has no memory for that; hand the input over in smaller chunks";
    of_kind(message, "memory", &[])
}

pub(super) fn of_wrong_options(message: impl ToString) -> JsValue {
    of_kind(&message.to_string(), "options", &[])
}

pub(super) fn of_wrong_argument(message: &str) -> JsValue {
    of_kind(message, "argument", &[])
}

pub(super) fn of_ragged(lines: &[RaggedLine]) -> Vec<JsValue> {
    let object = |line: &RaggedLine| {
        let properties = [
            ("line", number(line.line_number)),
            ("offset", number(line.offset)),
            ("found", line.fields_found.into()),
        ];
        let object = with(Object::new(), &properties);
        match open_quote(line.reason) {
            Some(quote) => with(object, &[("quote", number(quote))]).into(),
            None => object.into(),
        }
    };
    lines.iter().map(object).collect()
}

/// Returns the offset of a line's open quote, where that is why it is ragged.
fn open_quote(reason: RaggedReason) -> Option<u64> {
    match reason {
        RaggedReason::OpenQuote { quote_offset } => Some(quote_offset),
        RaggedReason::FieldCount { .. } => None,
    }
}

pub(super) fn of_counts(Counts { records, fields }: Counts) -> JsValue {
    with(Object::new(), &[("records", number(records)), ("fields", number(fields))]).into()
}

/// Copies: what stays in the module's memory moves when that grows.
pub(super) fn of_batch(batch: &Batch<'_>) -> JsValue {
    let properties = [
        ("offset", number(batch.offset())),
        ("separators", Uint32Array::from(batch.separators()).into()),
        ("records", number(batch.record_count() as u64)),
        ("columns", batch.uniform_columns().map_or(JsValue::UNDEFINED, JsValue::from)),
    ];
    with(Object::new(), &properties).into()
}
