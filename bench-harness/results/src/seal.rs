//! The digest that seals a file of results. It needs no reader or writer of such files, since a
//! page in a browser writes them, too.

use delimark_datasets::Hasher;
use serde_json::Value;

/// The name of the field that it stands in.
pub const FIELD: &str = "seal";

/// Hashes a document without its seal: compact JSON, names in alphabetical order. So neither white
/// space nor the order of names matters, and fields that a later version adds are in it.
#[must_use]
pub fn digest(document: &Value) -> String {
    let mut document = document.clone();
    if let Some(fields) = document.as_object_mut() {
        fields.remove(FIELD);
    }
    document.sort_all_objects();
    let mut hasher = Hasher::new();
    hasher.update(document.to_string().as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::digest;

    #[test]
    fn neither_order_nor_space_nor_the_seal_itself_matters() {
        let one = json!({ "a": 1, "b": { "d": 0.000001, "c": [2.5] } });
        let text = "{ \"b\": { \"c\": [2.50], \"d\": 1e-6 },\n\"seal\": \"x\", \"a\": 1 }";
        let other: Value = serde_json::from_str(text).unwrap();
        assert_eq!(digest(&one), digest(&other));
        assert_ne!(digest(&one), digest(&json!({ "a": 2 })));
    }
}
