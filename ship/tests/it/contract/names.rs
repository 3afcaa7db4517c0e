//! Facts about names of labels and of structured metadata.

use serde_json::json;

use crate::server::{Sent, Server, now_ns};

#[tokio::test]
async fn a_metadata_name_without_letter_or_digit_fails_the_whole_push() {
    let server = Server::find();
    for name in ["", "_", "-", "...", "\u{6f22}\u{5b57}"] {
        let job = Server::job();
        let good = format!("{{job=\"{job}\",kind=\"good\"}}");
        let bad = format!("{{job=\"{job}\",kind=\"bad\"}}");
        let metadata = [(name, "x")];
        let (status, text) = server
            .push_protobuf(&[
                (&good, vec![(now_ns(), b"good", &[])]),
                (&bad, vec![(now_ns(), b"bad", &metadata)]),
            ])
            .await;
        assert_eq!(status, 500, "'{name}': {text}");
        assert!(
            text.contains("label name is empty") || text.contains("normalization for label name"),
            "{text}"
        );
        let labels = json!({"job": job});
        let entry: Sent<'_> = (now_ns(), b"bad", &metadata);
        assert_eq!(server.push_stream(&labels, &[entry]).await.0, 500, "'{name}' in JSON");
        assert!(server.find_entries(&format!("{{job=\"{job}\"}}")).await.is_empty());
    }
}

#[tokio::test]
async fn metadata_names_are_rewritten_and_collisions_lose_a_value() {
    let server = Server::find();
    for (names, expected) in [
        (&["a.b"][..], &[("a_b", "0")][..]),
        (&["gr\u{f6}\u{df}e"], &[("gr_e", "0")]),
        (&["1x"], &[("key_1x", "0")]),
        (&["__a"], &[("_a", "0")]),
        (&["a__b"], &[("a_b", "0")]),
        (&["a.b", "a_b"], &[("a_b", "0")]),
        (&["a_b", "a.b"], &[("a_b", "1")]),
        (&["k.k", "k-k"], &[("k_k", "1")]),
    ] {
        let job = Server::job();
        let values: Vec<String> = (0..names.len()).map(|index| index.to_string()).collect();
        let metadata: Vec<(&str, &str)> =
            names.iter().copied().zip(values.iter().map(String::as_str)).collect();
        let labels = format!("{{job=\"{job}\"}}");
        let pushed = server.push_protobuf(&[(&labels, vec![(now_ns(), b"line", &metadata)])]).await;
        assert_eq!(pushed, (204, String::new()), "{names:?}");
        let mut found = server.find_entries(&labels).await.remove(0).labels;
        found.remove("job");
        let found: Vec<(&str, &str)> =
            found.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(found, expected, "{names:?}");
    }
}

#[tokio::test]
async fn a_label_with_a_dot_is_refused_in_json_and_breaks_queries_in_protobuf() {
    let server = Server::find();
    let job = Server::job();
    let entry: Sent<'_> = (now_ns(), b"line", &[]);
    let (status, text) = server.push_stream(&json!({"job": job, "a.b": "1"}), &[entry]).await;
    assert_eq!(status, 400, "{text}");
    let labels = format!("{{\"a.b\"=\"1\",job=\"{job}\"}}");
    assert_eq!(server.push_protobuf(&[(&labels, vec![entry])]).await.0, 204);
    let query = format!("{{job=\"{job}\"}}");
    let start = (now_ns() - 60_000_000_000).to_string();
    let (status, text) = server.query_range(&[("query", &query), ("start", &start)]).await;
    assert_eq!(status, 500, "{text}");
    assert!(text.contains("unexpected character inside braces"), "{text}");
}

#[tokio::test]
async fn labels_are_limited_and_other_streams_are_stored() {
    let server = Server::find();
    let job = Server::job();
    let set = |count: usize, value: &str, kind: &str| {
        let more = (0..count).map(|index| format!(",l{index:02}=\"{value}\""));
        format!("{{job=\"{job}\",kind=\"{kind}\"{}}}", more.collect::<String>())
    };
    let service = format!(",service_name=\"{job}\"}}");
    let (most, beyond) = ("x".repeat(2048), "x".repeat(2049));
    let long_name = format!("{{job=\"{job}\",{}=\"x\"}}", "n".repeat(1025));
    let entry: Sent<'_> = (now_ns(), b"line", &[]);
    for (labels, status) in [
        (set(13, "x", "fifteen"), 204),
        (set(13, "x", "service").replace('}', &service), 204),
        (set(14, "x", "sixteen"), 400),
        (set(1, &most, "value"), 204),
        (set(1, &beyond, "long value"), 400),
        (long_name, 400),
    ] {
        let good = set(0, "", "good");
        let pushed = server.push_protobuf(&[(&labels, vec![entry]), (&good, vec![entry])]).await;
        assert_eq!(pushed.0, status, "{labels}: {}", pushed.1);
        let found = server.find_entries(&good).await;
        assert!(found.iter().any(|entry| entry.labels["kind"] == "good"), "the other is stored");
    }
    let found = server.find_entries(&format!("{{job=\"{job}\"}}")).await;
    assert_eq!(found.len(), 4, "three that fit, and the other one, once");
}

#[tokio::test]
async fn labels_that_cannot_be_read_lose_the_whole_push() {
    let server = Server::find();
    let job = Server::job();
    let good = format!("{{job=\"{job}\"}}");
    let entry: Sent<'_> = (now_ns(), b"line", &[]);
    for bad in ["{a=\"x\n\"}", "{a=x}"] {
        let pushed = server.push_protobuf(&[(&good, vec![entry]), (bad, vec![entry])]).await;
        assert_eq!(pushed.0, 400, "{bad}: {}", pushed.1);
        assert!(server.find_entries(&good).await.is_empty(), "{bad}");
    }
    // One that stands there twice can be read, and loses its own stream.
    let twice = "{a=\"x\",a=\"y\"}";
    let (status, text) = server.push_protobuf(&[(&good, vec![entry]), (twice, vec![entry])]).await;
    assert_eq!(status, 400, "{text}");
    assert!(text.contains("has duplicate label name"), "{text}");
    assert_eq!(server.find_entries(&good).await.len(), 1);
}

#[tokio::test]
async fn escapes_in_labels_come_back() {
    let server = Server::find();
    let job = Server::job();
    let labels = format!("{{job=\"{job}\",a=\"q\\\" b\\\\ n\\n t\\u0009 e\u{e9}\"}}");
    assert_eq!(server.push_protobuf(&[(&labels, vec![(now_ns(), b"line", &[])])]).await.0, 204);
    let found = server.find_entries(&format!("{{job=\"{job}\"}}")).await;
    assert_eq!(found[0].labels["a"], "q\" b\\ n\n t\t e\u{e9}");
}
