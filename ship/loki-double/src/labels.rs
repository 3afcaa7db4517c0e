//! Labels in Loki's notation, and names as Loki rewrites them.

use std::collections::BTreeMap;

/// The labels of a stream.
pub(crate) type Labels = BTreeMap<String, String>;

/// The label that Loki adds, and the labels that it takes its value from, the first one first.
pub(crate) const SERVICE_NAME: &str = "service_name";
const SERVICE_SOURCES: [&str; 13] = [
    "service",
    "app",
    "application",
    "app_name",
    "name",
    "app_kubernetes_io_name",
    "container",
    "container_name",
    "k8s_container_name",
    "component",
    "workload",
    "job",
    "k8s_job_name",
];

/// Returns true if a name is `[a-zA-Z_][a-zA-Z0-9_]*`.
pub(crate) fn is_name(name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.starts_with(|letter: char| is_part(letter) && !letter.is_ascii_digit())
        && name.chars().all(is_part)
}

/// Adds `service_name` where it is missing.
pub(crate) fn add_service_name(labels: &mut Labels) {
    if !labels.contains_key(SERVICE_NAME) {
        let found = SERVICE_SOURCES.iter().find_map(|name| labels.get(*name));
        let service = found.cloned().unwrap_or_else(|| "unknown_service".to_owned());
        labels.insert(SERVICE_NAME.to_owned(), service);
    }
}

/// Writes labels as Loki does in its messages: `{a="x", b="y"}`.
pub(crate) fn show(labels: &Labels) -> String {
    let pairs: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    format!("{{{}}}", pairs.join(", "))
}

/// Labels that were read, and a name that stood there twice.
pub(crate) type ParsedLabels = (Labels, Option<String>);

/// Reads `{a="x", b="y"}`; names in quotes may be anything.
pub(crate) fn parse(text: &str) -> Result<ParsedLabels, String> {
    let wrong = |reason: &str| format!("couldn't parse labels: {text}: {reason}");
    let mut labels = Labels::new();
    let mut repeated = None;
    let mut rest = text.trim().strip_prefix('{').ok_or_else(|| wrong("no opening brace"))?;
    loop {
        rest = rest.trim_start();
        if let Some(behind) = rest.strip_prefix('}') {
            let is_end = behind.trim().is_empty();
            return if is_end {
                Ok((labels, repeated))
            } else {
                Err(wrong("text behind the brace"))
            };
        }
        let (name, behind) = parse_name(rest).ok_or_else(|| wrong("unexpected name"))?;
        let behind = behind.trim_start().strip_prefix('=').ok_or_else(|| wrong("expected ="))?;
        let value = parse_quoted(behind.trim_start());
        let (value, behind) = value.ok_or_else(|| wrong("literal not terminated"))?;
        if !value.is_empty() && labels.insert(name.clone(), value).is_some() {
            repeated = Some(name);
        }
        rest = behind.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest);
        if !rest.starts_with([',', '}']) && rest.trim_start().is_empty() {
            return Err(wrong("no closing brace"));
        }
    }
}

fn parse_name(text: &str) -> Option<(String, &str)> {
    if text.starts_with('"') {
        return parse_quoted(text);
    }
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')?;
    let (name, rest) = text.split_at(end);
    is_name(name).then(|| (name.to_owned(), rest))
}

/// Reads a quoted text with Go's escapes; a raw line feed ends it too early.
pub(crate) fn parse_quoted(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|quote| ['"', '`', '\''].contains(quote))?;
    let mut value = String::new();
    let mut letters = text[1..].char_indices();
    while let Some((index, letter)) = letters.next() {
        match letter {
            letter if letter == quote => return Some((value, &text[index + 2..])),
            '\n' if quote != '`' => return None,
            '\\' if quote != '`' => match letters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'r' => value.push('\r'),
                'u' => {
                    let digits: String = letters.by_ref().take(4).map(|(_, digit)| digit).collect();
                    value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                }
                escaped if [quote, '\\'].contains(&escaped) => value.push(escaped),
                _ => return None,
            },
            letter => value.push(letter),
        }
    }
    None
}

/// Rewrites the name of structured metadata as Loki does.
///
/// # Errors
///
/// Nothing but underscores would be left, which fails the whole push.
pub(crate) fn rewrite(name: &str) -> Result<String, String> {
    if name.is_empty() {
        return Err("label name is empty".to_owned());
    }
    let reserved = name.strip_prefix("__").and_then(|name| name.strip_suffix("__"));
    let inner = reserved.filter(|inner| !inner.is_empty());
    let mut rewritten = String::new();
    for letter in inner.unwrap_or(name).chars() {
        if letter.is_ascii_alphanumeric() {
            rewritten.push(letter);
        } else if !rewritten.ends_with('_') {
            rewritten.push('_');
        }
    }
    if inner.is_some() {
        rewritten = format!("__{rewritten}__");
    }
    if rewritten.starts_with(|letter: char| letter.is_ascii_digit()) {
        rewritten.insert_str(0, "key_");
    }
    if rewritten.chars().all(|letter| letter == '_') {
        return Err(format!(
            "normalization for label name {name:?} resulted in invalid name {rewritten:?}"
        ));
    }
    Ok(rewritten)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notation_is_read() {
        let (labels, _) = parse(r#"{ b="y\n\u00e9" ,a='x', "c.d"=`z`, }"#).unwrap();
        let pairs: Vec<_> = labels.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(pairs, [("a", "x"), ("b", "y\n\u{e9}"), ("c.d", "z")]);
        assert!(parse("{}").unwrap().0.is_empty());
        assert_eq!(parse("{a=\"x\",a=\"y\"}").unwrap().1.as_deref(), Some("a"));
        for wrong in ["", "a=\"x\"", "{a=\"x\"", "{a=\"x\n\"}", "{a=x}", "{a.b=\"x\"}"] {
            assert!(parse(wrong).unwrap_err().starts_with("couldn't parse labels"), "{wrong}");
        }
    }

    #[test]
    fn names_are_rewritten() {
        for (name, expected) in
            [("a.b", "a_b"), ("gr\u{f6}\u{df}e", "gr_e"), ("1x", "key_1x"), ("__a", "_a")]
        {
            assert_eq!(rewrite(name).unwrap(), expected);
        }
        for name in ["", "_", "-", "...", "\u{6f22}"] {
            rewrite(name).unwrap_err();
        }
    }
}
