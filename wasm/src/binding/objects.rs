//! Plain objects and errors of JavaScript, as `types.ts` describes them.

use delimark::{Batch, Counts};
use js_sys::{Error, Object, Reflect, Uint32Array};
use wasm_bindgen::JsValue;

use crate::{Before, Failure, RaggedLine};

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

fn error(message: &str, kind: &str, properties: &[(&str, JsValue)]) -> JsValue {
    let error = Error::new(message);
    error.set_name("DelimarkError");
    let error = with(error, &[("kind", kind.into())]);
    with(error, properties).into()
}

pub(super) fn of_failure(failure: &Failure) -> JsValue {
    let message = failure.to_string();
    let mut properties = Vec::new();
    if let Failure::Ragged { line, offset, .. }
    | Failure::LineTooLong { line, offset }
    | Failure::NotUtf8 { line, offset, .. } = *failure
    {
        properties.extend([("line", number(line)), ("offset", number(offset))]);
    }
    if let Failure::NotUtf8 { field, .. } = *failure {
        properties.push(("field", field.into()));
    }
    if let Failure::Ragged { found, expected, .. } = *failure {
        properties.extend([("found", found.into()), ("expected", expected.into())]);
    }
    error(&message, failure.kind(), &properties)
}

pub(super) fn of_wrong_options(message: impl ToString) -> JsValue {
    error(&message.to_string(), "options", &[])
}

pub(super) fn of_wrong_argument(message: &str) -> JsValue {
    error(message, "argument", &[])
}

pub(super) fn of_ragged(lines: &[RaggedLine]) -> Vec<JsValue> {
    let object = |&RaggedLine { line, offset, found }: &RaggedLine| {
        let properties =
            [("line", number(line)), ("offset", number(offset)), ("found", found.into())];
        with(Object::new(), &properties).into()
    };
    lines.iter().map(object).collect()
}

pub(super) fn of_counts(Counts { records, fields }: Counts) -> JsValue {
    with(Object::new(), &[("records", number(records)), ("fields", number(fields))]).into()
}

/// Copies: what stays in the module's memory moves when that grows.
pub(super) fn of_batch(batch: &Batch<'_>, before: Before) -> JsValue {
    let properties = [
        ("offset", number(before.bytes + batch.offset())),
        ("separators", Uint32Array::from(batch.separators()).into()),
        ("records", number(batch.record_count() as u64)),
        ("columns", batch.uniform_columns().map_or(JsValue::UNDEFINED, JsValue::from)),
    ];
    with(Object::new(), &properties).into()
}
