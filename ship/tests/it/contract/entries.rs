//! Facts about entries: what is dropped as a repetition, what is too old, and what a query finds.

use serde_json::{Value, json};

use crate::server::{Sent, Server, minutes, now_ns};

#[tokio::test]
async fn an_entry_is_stored_once_and_metadata_tells_entries_apart() {
    let server = Server::find();
    let job = Server::job();
    let labels = format!("{{job=\"{job}\"}}");
    let time = now_ns();
    let (first, second) = ([("offset", "1")], [("offset", "2")]);
    let entries: Vec<Sent<'_>> = vec![
        (time, b"A", &first),
        (time, b"B", &first),
        (time, b"A", &first),
        (time, b"A", &second),
        (time, b"C", &[]),
        (time, b"C", &[]),
    ];
    for _ in 0..3 {
        assert_eq!(server.push_protobuf(&[(&labels, entries.clone())]).await.0, 204);
    }
    let found = server.find_entries(&labels).await;
    let mut lines: Vec<&str> = found.iter().map(|entry| &*entry.line).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["A", "A", "B", "C"], "{found:?}");
    assert_eq!(server.count(&labels, 1).await, 4);
}

#[tokio::test]
async fn a_push_that_spans_the_window_is_refused_when_it_comes_again() {
    let server = Server::find();
    let job = Server::job();
    let labels = format!("{{job=\"{job}\"}}");
    let now = now_ns();
    let (early, late): (Sent<'_>, Sent<'_>) =
        ((now - minutes(61), b"early", &[]), (now, b"late", &[]));
    assert_eq!(server.push_protobuf(&[(&labels, vec![early, late])]).await.0, 204);
    let (status, text) = server.push_protobuf(&[(&labels, vec![early, late])]).await;
    assert_eq!(status, 400, "it is stored, and called too far behind all the same");
    assert!(text.contains("total ignored: 1 out of 2 for stream"), "{text}");
    assert_eq!(server.find_entries(&labels).await.len(), 2);
    // In a push that is not sorted, the first time already.
    let other = format!("{{job=\"{}\"}}", Server::job());
    assert_eq!(server.push_protobuf(&[(&other, vec![late, early])]).await.0, 400);
    assert_eq!(server.find_entries(&other).await.len(), 1);
    // And just within the window it may come again.
    let other = format!("{{job=\"{}\"}}", Server::job());
    let within: Sent<'_> = (now - minutes(60) + 1, b"within", &[]);
    for _ in 0..2 {
        assert_eq!(server.push_protobuf(&[(&other, vec![within, late])]).await.0, 204);
    }
}

#[tokio::test]
async fn a_refusal_of_a_whole_stream_has_its_counts() {
    let server = Server::find();
    let labels = format!("{{job=\"{}\"}}", Server::job());
    let now = now_ns();
    assert_eq!(server.push_protobuf(&[(&labels, vec![(now, b"new", &[])])]).await.0, 204);
    let late: Vec<Sent<'_>> =
        (0..25).map(|index| (now - minutes(120) + index, &b"late"[..], &[][..])).collect();
    let (status, text) = server.push_protobuf(&[(&labels, late)]).await;
    assert_eq!(status, 400);
    assert!(text.contains("total ignored: 25 out of 25 for stream: {"), "{text}");
    assert_eq!(text.matches("total ignored").count(), 1);
}

#[tokio::test]
async fn limits_refuse_an_entry_and_the_rest_is_stored() {
    let server = Server::find();
    let most_line = vec![b'x'; 262_144];
    let long_line = vec![b'x'; 262_145];
    let names: Vec<String> = (0..129).map(|index| format!("m{index:03}")).collect();
    let pairs: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "x")).collect();
    let (large, larger) = ("x".repeat(65_535), "x".repeat(65_536));
    let (large, larger) = ([("m", &*large)], [("m", &*larger)]);
    let now = now_ns();
    let cases: [(Sent<'_>, bool, &str); 9] = [
        ((now, &most_line, &[]), true, ""),
        ((now, &long_line, &[]), false, "max entry size"),
        ((now, b"128 pairs", &pairs[..128]), true, ""),
        ((now, b"129 pairs", &pairs), false, "too many structured metadata"),
        ((now, b"65,536 bytes", &large), true, ""),
        ((now, b"65,537 bytes", &larger), false, "structured metadata too large"),
        ((now - minutes(7 * 24 * 60 + 1), b"old", &[]), false, "timestamp too old"),
        ((now + minutes(9), b"soon", &[]), true, ""),
        ((now + minutes(11), b"new", &[]), false, "timestamp too new"),
    ];
    for (entry, is_taken, words) in cases {
        let labels = format!("{{job=\"{}\"}}", Server::job());
        let good: Sent<'_> = (now - 1, b"good", &[]);
        let (status, text) = server.push_protobuf(&[(&labels, vec![good, entry])]).await;
        assert_eq!(status, if is_taken { 204 } else { 400 }, "{text}");
        assert!(text.contains(words), "{text}");
        let lines: Vec<String> =
            server.find_entries(&labels).await.into_iter().map(|entry| entry.line).collect();
        assert_eq!(lines.len(), 1 + usize::from(is_taken), "{words}");
        assert_eq!(lines[0], "good");
    }
}

#[tokio::test]
async fn nothing_to_store_is_taken_or_not() {
    let server = Server::find();
    for (body, status) in [
        (json!({"streams": [{"stream": {"job": Server::job()}, "values": []}]}), 204),
        (json!({"streams": []}), 422),
        (json!({"streams": null}), 422),
        (json!({}), 422),
    ] {
        assert_eq!(server.push_json(&body).await.0, status, "{body}");
    }
    let time = now_ns().to_string();
    for value in [
        json!([time, "line", null]),
        json!([time, 1]),
        json!([time, "line", {"a": 1}]),
        json!([now_ns(), "line"]),
    ] {
        let body = json!({"streams": [{"stream": {"job": Server::job()}, "values": [value]}]});
        assert_eq!(server.push_json(&body).await.0, 400, "{body}");
    }
}

#[tokio::test]
async fn bytes_that_are_not_text_come_back_as_replacements() {
    let server = Server::find();
    let labels = format!("{{job=\"{}\"}}", Server::job());
    let line: Sent<'_> = (now_ns(), b"a\xffb\x00c\n d ", &[]);
    assert_eq!(server.push_protobuf(&[(&labels, vec![line])]).await.0, 204);
    assert_eq!(server.find_entries(&labels).await[0].line, "a\u{fffd}b\0c\n d ");
}

#[tokio::test]
async fn a_query_leaves_out_its_end_and_takes_so_many() {
    let server = Server::find();
    let job = Server::job();
    let labels = format!("{{job=\"{job}\"}}");
    let begin = now_ns() - minutes(5);
    let lines: Vec<String> = (0..150).map(|index| index.to_string()).collect();
    let entries: Vec<Sent<'_>> =
        (begin..).zip(&lines).map(|(time, line)| (time, line.as_bytes(), &[][..])).collect();
    assert_eq!(server.push_protobuf(&[(&labels, entries)]).await.0, 204);
    let (start, end) = (begin.to_string(), (begin + 150).to_string());
    let all = [("query", &*labels), ("start", &*start), ("end", &*end)];
    let lines = async |more: &[(&str, &str)]| {
        let (status, text) = server.query_range(&[&all[..], more].concat()).await;
        assert_eq!(status, 200, "{text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        let values = answer["data"]["result"][0]["values"].as_array().unwrap().clone();
        let line = |value: &Value| value[1].as_str().unwrap().to_owned();
        (line(&values[0]), values.len())
    };
    assert_eq!(lines(&[]).await, ("149".to_owned(), 100), "backward and 100 by default");
    let forward = ("direction", "forward");
    assert_eq!(lines(&[forward, ("limit", "5000")]).await, ("0".to_owned(), 150));
    let shorter = (begin + 149).to_string();
    let parameters = [all[0], all[1], ("end", &shorter), ("limit", "5000")];
    let (_, text) = server.query_range(&parameters).await;
    assert!(!text.contains("\"149\""), "the end is not in it");
    for (name, value) in [("limit", "5001"), ("limit", "0"), ("query", "{}")] {
        let mut parameters = all.to_vec();
        parameters.retain(|(other, _)| *other != name);
        parameters.push((name, value));
        assert_eq!(server.query_range(&parameters).await.0, 400, "{name}={value}");
    }
    assert_eq!(server.get("/loki/api/v1/query", &[("query", &labels)]).await.0, 400);
}
