//! Plain objects and errors of JavaScript, as those of the npm package are.

use delimark_extract::{ExtractError, LeftOutLine};
use js_sys::{Error, Object, Reflect};
use wasm_bindgen::JsValue;

fn with<T: AsRef<JsValue>>(object: T, properties: &[(&str, JsValue)]) -> JsValue {
    for (name, value) in properties {
        Reflect::set(object.as_ref(), &JsValue::from_str(name), value)
            .expect("a new object is not frozen");
    }
    object.as_ref().clone()
}

/// Numbers are exact to 2^53, which no input comes close to.
fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

/// Makes an error that has nothing but words.
pub(crate) fn error(message: impl ToString) -> JsValue {
    Error::new(&message.to_string()).into()
}

/// Makes the error of a line that stopped an extraction, or of a lack of memory.
pub(crate) fn of_error(error: &ExtractError) -> JsValue {
    let made = Error::new(&error.to_string());
    made.set_name("DelimarkError");
    let kind = if error.is_line_too_long() { "line-too-long" } else { "format" };
    let places = [("line", error.line_number()), ("offset", error.offset())];
    let places = places.into_iter().filter_map(|(name, place)| Some((name, number(place?))));
    with(made, &[("kind", kind.into())].into_iter().chain(places).collect::<Vec<_>>())
}

pub(crate) fn of_left_out(lines: &[LeftOutLine]) -> Vec<JsValue> {
    let object = |line: &LeftOutLine| {
        let properties = [
            ("line", number(line.line_number)),
            ("offset", number(line.offset)),
            ("reason", JsValue::from_str(&line.reason.to_string())),
        ];
        with(Object::new(), &properties)
    };
    lines.iter().map(object).collect()
}
