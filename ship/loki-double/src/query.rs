//! Queries: selectors with four kinds of matchers, ranges of entries, and counts over time.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Value, json};

use crate::decode::Rejection;
use crate::labels::{self, Labels, parse_quoted};
use crate::store::Store;

/// The most entries of an answer.
const MOST_ENTRIES: usize = 5000;

/// A condition on a label.
struct Matcher {
    name: String,
    is_negated: bool,
    pattern: Regex,
}

impl Matcher {
    fn matches(&self, value: &str) -> bool {
        self.pattern.is_match(value) != self.is_negated
    }
}

fn bad(text: impl Into<String>) -> Rejection {
    (400, text.into())
}

/// Reads `{a="x", b=~"y.*"}`, and returns what is behind it.
fn parse_selector(text: &str) -> Result<(Vec<Matcher>, &str), Rejection> {
    let wrong = || bad(format!("parse error: syntax error in {text}"));
    let mut rest = text.trim().strip_prefix('{').ok_or_else(wrong)?.trim_start();
    let mut matchers = Vec::new();
    while !rest.starts_with('}') {
        let end = rest.find(['=', '!']).ok_or_else(wrong)?;
        let name = rest[..end].trim().to_owned();
        let operators = [("=~", false, true), ("!~", true, true), ("=", false, false)];
        let mut operators = operators.into_iter().chain([("!=", true, false)]);
        let found = operators.find(|(operator, ..)| rest[end..].starts_with(operator));
        let (operator, is_negated, is_pattern) = found.ok_or_else(wrong)?;
        let value = parse_quoted(rest[end + operator.len()..].trim_start());
        let (value, behind) = value.ok_or_else(wrong)?;
        let pattern = if is_pattern { value } else { regex::escape(&value) };
        let pattern = Regex::new(&format!("^(?s:{pattern})$"));
        let pattern = pattern.map_err(|error| bad(error.to_string()))?;
        matchers.push(Matcher { name, is_negated, pattern });
        let behind = behind.trim_start();
        rest = behind.strip_prefix(',').unwrap_or(behind).trim_start();
        if rest.is_empty() {
            return Err(wrong());
        }
    }
    if matchers.iter().all(|matcher| matcher.matches("")) {
        return Err(bad(
            "parse error : queries require at least one regexp or equality matcher that does not \
             have an empty-compatible value",
        ));
    }
    Ok((matchers, &rest[1..]))
}

impl Store {
    /// Returns the streams that a selector takes, and fails as Loki does where one has a label that
    /// cannot be written.
    fn select(&self, matchers: &[Matcher]) -> Result<Vec<&Labels>, Rejection> {
        let value = |labels: &Labels, name: &str| labels.get(name).cloned().unwrap_or_default();
        let is_taken = |labels: &&Labels| {
            matchers.iter().all(|matcher| matcher.matches(&value(labels, &matcher.name)))
        };
        let mut found: Vec<&Labels> = self.streams.keys().filter(is_taken).collect();
        found.sort();
        let names = found.iter().flat_map(|labels| labels.keys());
        if names.into_iter().any(|name| !labels::is_name(name)) {
            let text = "could not write JSON response: 1:2: parse error: unexpected character \
                        inside braces: '.'";
            return Err((500, text.to_owned()));
        }
        Ok(found)
    }

    /// Answers a query for entries: from `start` on and before `end`, in nanoseconds.
    pub(crate) fn query_range(
        &self,
        query: &str,
        (start_ns, end_ns): (i128, i128),
        limit: i64,
        is_forward: bool,
    ) -> Result<Value, Rejection> {
        let limit = usize::try_from(limit).ok().filter(|limit| *limit > 0);
        let limit = limit.ok_or_else(|| bad("limit must be a positive value"))?;
        if limit > MOST_ENTRIES {
            return Err(bad(format!(
                "max entries limit per query exceeded, limit > max_entries_limit_per_query \
                 ({limit} > {MOST_ENTRIES})"
            )));
        }
        let (matchers, rest) = parse_selector(query)?;
        if !rest.trim().is_empty() {
            return Err(bad(format!("parse error: syntax error: unexpected {rest}")));
        }
        let mut found = Vec::new();
        for labels in self.select(&matchers)? {
            let entries = self.streams[labels].entries.range(start_ns..end_ns.max(start_ns));
            for (time, contents) in entries {
                found.extend(contents.iter().map(|content| (*time, labels, content)));
            }
        }
        found.sort_by_key(|(time, ..)| *time);
        if !is_forward {
            found.reverse();
        }
        found.truncate(limit);
        let mut streams: BTreeMap<Labels, Vec<Value>> = BTreeMap::new();
        for (time, labels, (line, metadata)) in found {
            let mut shown = labels.clone();
            for (name, value) in metadata {
                let is_taken = labels.contains_key(name);
                let name = if is_taken { format!("{name}_extracted") } else { name.clone() };
                shown.insert(name, value.clone());
            }
            let line = String::from_utf8_lossy(line);
            streams.entry(shown).or_default().push(json!([time.to_string(), line]));
        }
        let result: Vec<Value> = streams
            .into_iter()
            .map(|(labels, values)| json!({"stream": labels, "values": values}))
            .collect();
        Ok(json!({"status": "success", "data": {"resultType": "streams", "result": result}}))
    }

    /// Answers `count_over_time({…}[1h])` or a sum of it, at a time in nanoseconds.
    pub(crate) fn query(&self, query: &str, time_ns: i128) -> Result<Value, Rejection> {
        let query = query.trim();
        let inner = |text: &str, name: &str| {
            let rest = text.strip_prefix(name)?.strip_suffix(')')?;
            Some(rest.trim().to_owned())
        };
        let summed = inner(query, "sum(");
        let counted = inner(summed.as_deref().unwrap_or(query), "count_over_time(");
        let Some(counted) = counted else {
            return Err(bad("log queries are not supported as an instant query type"));
        };
        let (matchers, rest) = parse_selector(&counted)?;
        let range = rest.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let range_ns = range.and_then(parse_duration);
        let range_ns = range_ns.ok_or_else(|| bad("parse error: no range"))?;
        let mut counts = Vec::new();
        for labels in self.select(&matchers)? {
            let entries = self.streams[labels].entries.range(time_ns - range_ns + 1..=time_ns);
            let count: usize = entries.map(|(_, contents)| contents.len()).sum();
            counts.push((labels, count));
        }
        counts.retain(|(_, count)| *count > 0);
        let seconds = time_ns / 1_000_000_000;
        let sample = |labels: Value, count: usize| {
            let value = json!([seconds, count.to_string()]);
            json!({"metric": labels, "value": value})
        };
        let total: usize = counts.iter().map(|(_, count)| count).sum();
        let result: Vec<Value> = match (summed.is_some(), total) {
            (true, 0) => Vec::new(),
            (true, total) => vec![sample(json!({}), total)],
            (false, _) => {
                counts.into_iter().map(|(labels, count)| sample(json!(labels), count)).collect()
            }
        };
        Ok(json!({"status": "success", "data": {"resultType": "vector", "result": result}}))
    }
}

/// Reads `3h`, `5m` or `10s`, in nanoseconds.
fn parse_duration(text: &str) -> Option<i128> {
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return None,
    };
    let number: i128 = text[..text.len() - unit.len_utf8()].parse().ok()?;
    Some(number * seconds * 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_need_a_matcher_that_takes_not_everything() {
        for wrong in ["{}", r#"{job=~".*"}"#, r#"{job=""}"#, "{job}", "{", r#"{job="x""#] {
            assert_eq!(parse_selector(wrong).map(|_| ()).unwrap_err().0, 400, "{wrong}");
        }
        let (matchers, rest) = parse_selector(r#"{job=~"a.*", b!="c"} x"#).unwrap();
        assert!(matchers[0].matches("abc") && !matchers[0].matches("ba"));
        assert!(matchers[1].matches("") && !matchers[1].matches("c"));
        assert_eq!(rest, " x");
    }

    #[test]
    fn durations_are_read() {
        assert_eq!(parse_duration("3h"), Some(10_800_000_000_000));
        assert_eq!(parse_duration("3"), None);
        assert_eq!(parse_duration("h"), None);
    }
}
