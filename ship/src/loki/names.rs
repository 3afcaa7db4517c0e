//! Names that Loki takes as they are.
//!
//! Loki rewrites the names of structured metadata in silence, loses a value where two become the
//! same, and answers a whole push with 500 for one that has no letter and no digit. A dot in the
//! name of a label it takes, and from then on no query of that stream succeeds. So names are
//! checked and cleaned before they are sent, as Loki would, and those that collide are numbered.

use std::collections::HashSet;

use bytes::Bytes;

/// The name for what has no letter and no digit in its name.
const UNNAMED: &str = "unnamed";

/// Returns true if a label may have this name: `[a-zA-Z_][a-zA-Z0-9_]*`, with a letter or a digit.
#[must_use]
pub fn is_label_name(name: &str) -> bool {
    let is_start = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    is_start && name.bytes().all(is_name_byte) && name.bytes().any(|b| b.is_ascii_alphanumeric())
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Cleans the names of structured metadata, and returns how many are others now.
///
/// A name that is clean keeps it, against one that is cleaned to the same; the others get `_2`,
/// `_3` and so on, in their order. Pairs without a value are left out, as Loki does not show them.
pub(super) fn clean(pairs: &mut Vec<(Box<str>, Bytes)>) -> u64 {
    pairs.retain(|(_, value)| !value.is_empty());
    let is_clean = |name: &str| is_label_name(name) && !name.contains("__");
    let is_fine = pairs.iter().enumerate().all(|(index, (name, _))| {
        is_clean(name) && pairs[..index].iter().all(|(other, _)| other != name)
    });
    if is_fine {
        return 0;
    }
    let mut taken: HashSet<Box<str>> = HashSet::new();
    let mut to_rename = Vec::new();
    for (index, (name, _)) in pairs.iter().enumerate() {
        if !is_clean(name) || !taken.insert(name.clone()) {
            to_rename.push(index);
        }
    }
    for &index in &to_rename {
        let base = cleaned(&pairs[index].0);
        let mut name = base.clone();
        let mut number = 1u32;
        while !taken.insert(name.clone().into()) {
            number += 1;
            name = format!("{base}_{number}");
        }
        pairs[index].0 = name.into();
    }
    to_rename.len() as u64
}

/// Returns a name as Loki would rewrite it, or [`UNNAMED`] where it would not take it.
fn cleaned(name: &str) -> String {
    let mut cleaned = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() {
            cleaned.push(letter);
        } else if !cleaned.ends_with('_') {
            cleaned.push('_');
        }
    }
    if cleaned.is_empty() || cleaned == "_" {
        return UNNAMED.to_owned();
    }
    if cleaned.starts_with(|letter: char| letter.is_ascii_digit()) {
        cleaned.insert_str(0, "key_");
    }
    cleaned
}

/// Returns labels in Loki's notation, `{a="x",b="y"}`.
pub(super) fn label_text(labels: &[(Box<str>, Box<str>)]) -> String {
    let mut text = String::from("{");
    for (index, (name, value)) in labels.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(name);
        text.push_str("=\"");
        for letter in value.chars() {
            match letter {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                letter if letter.is_control() => {
                    text.push_str(&format!("\\u{:04x}", u32::from(letter)));
                }
                letter => text.push(letter),
            }
        }
        text.push('"');
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], expected: &[&str], renamed: u64) {
        let mut pairs: Vec<(Box<str>, Bytes)> = names
            .iter()
            .enumerate()
            .map(|(index, name)| ((*name).into(), Bytes::from(index.to_string())))
            .collect();
        assert_eq!(clean(&mut pairs), renamed, "{names:?}");
        let found: Vec<&str> = pairs.iter().map(|(name, _)| &**name).collect();
        assert_eq!(found, expected);
        let values: Vec<&[u8]> = pairs.iter().map(|(_, value)| &**value).collect();
        let all: Vec<String> = (0..names.len()).map(|index| index.to_string()).collect();
        assert_eq!(values, all.iter().map(String::as_bytes).collect::<Vec<_>>());
    }

    #[test]
    fn names_are_cleaned_as_loki_would() {
        check(&["a", "b_c", "_d"], &["a", "b_c", "_d"], 0);
        check(&["a.b", "c-d", "e f"], &["a_b", "c_d", "e_f"], 3);
        check(&["gr\u{f6}\u{df}e", "1x", "__a"], &["gr_e", "key_1x", "_a"], 3);
        check(
            &["", "_", "-", "...", "\u{6f22}"],
            &["unnamed", "unnamed_2", "unnamed_3", "unnamed_4", "unnamed_5"],
            5,
        );
    }

    #[test]
    fn names_that_collide_are_numbered() {
        check(&["a.b", "a_b"], &["a_b_2", "a_b"], 1);
        check(&["k.k", "k-k"], &["k_k", "k_k_2"], 2);
        check(&["a", "a", "a_2", "a"], &["a", "a_3", "a_2", "a_4"], 2);
    }

    #[test]
    fn pairs_without_a_value_are_left_out() {
        let mut pairs = vec![("a".into(), Bytes::new()), ("b".into(), Bytes::from("x"))];
        assert_eq!(clean(&mut pairs), 0);
        assert_eq!(pairs, [("b".into(), Bytes::from("x"))]);
    }

    #[test]
    fn names_of_labels_are_told_from_others() {
        for name in ["a", "_a", "a1_B", "__x__"] {
            assert!(is_label_name(name), "{name}");
        }
        for name in ["", "_", "1a", "a.b", "a-b", "a b", "\u{e9}", "a\u{e9}", "a\"", "a="] {
            assert!(!is_label_name(name), "{name}");
        }
    }

    #[test]
    fn values_of_labels_are_escaped() {
        let labels = [("a".into(), "x\"\\\n\t\u{e9}".into()), ("b".into(), "y".into())];
        assert_eq!(label_text(&labels), "{a=\"x\\\"\\\\\\n\\u0009\u{e9}\",b=\"y\"}");
        assert_eq!(label_text(&[]), "{}");
    }
}
