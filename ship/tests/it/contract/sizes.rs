//! Facts about sizes and forms of pushes. Large ones share what a server takes in a second, so they
//! are one test.

use std::io::Write;

use serde_json::json;

use crate::server::{Sent, Server, now_ns};

#[tokio::test]
async fn a_push_of_4_mib_fails_and_one_of_6_mb_is_too_much_and_neither_is_stored() {
    let server = Server::find();
    let labels = format!("{{job=\"{}\"}}", Server::job());
    let line = vec![b'x'; 200_000];
    let push = async |count: i64| {
        server.rest().await;
        let now = now_ns();
        let entries: Vec<Sent<'_>> =
            (0..count).map(|index| (now + index, &*line, &[][..])).collect();
        server.push_protobuf(&[(&labels, entries)]).await
    };
    // Compressed it is small, which does not help.
    let (status, text) = push(21).await;
    assert_eq!(status, 500, "{text}");
    assert!(text.contains("ResourceExhausted"), "{text}");
    let (status, text) = push(32).await;
    assert_eq!(status, 429, "{text}");
    assert!(text.contains("(limit: 4194304 bytes/sec)"), "{text}");
    assert!(text.contains("totaling '6400000' bytes"), "{text}");
    assert!(server.find_entries(&labels).await.is_empty());
    let (status, text) = push(15).await;
    assert_eq!(status, 204, "{text}");
    assert_eq!(server.find_entries(&labels).await.len(), 15);
    server.rest().await;
}

#[tokio::test]
async fn forms_are_told_by_headers() {
    let server = Server::find();
    let job = Server::job();
    let time = now_ns().to_string();
    let body = json!({"streams": [{"stream": {"job": job}, "values": [[time, "line"]]}]});
    let body = body.to_string().into_bytes();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&body).unwrap();
    let gzip = gzip.finish().unwrap();
    for (body, content_type, encoding, expected) in [
        (&body, Some("application/json"), None, 204),
        (&body, Some("application/json; charset=utf-8"), None, 204),
        (&gzip, Some("application/json"), Some("gzip"), 204),
        (&gzip, Some("application/json"), Some("GZIP"), 400),
        (&gzip, Some("application/json"), None, 400),
        (&body, Some("application/json"), Some("zstd"), 400),
        (&body, Some("text/plain"), None, 400),
        (&body, None, None, 400),
    ] {
        let (status, text) = server
            .push(body.clone(), |mut request| {
                if let Some(content_type) = content_type {
                    request = request.header("content-type", content_type);
                }
                match encoding {
                    Some(encoding) => request.header("content-encoding", encoding),
                    None => request,
                }
            })
            .await;
        assert_eq!(status, expected, "{content_type:?} {encoding:?}: {text}");
    }
    assert_eq!(server.find_entries(&format!("{{job=\"{job}\"}}")).await.len(), 1);
}

#[tokio::test]
async fn an_empty_label_set_is_an_unknown_service() {
    let server = Server::find();
    let job = Server::job();
    let pushed = server.push_stream(&json!({"a": ""}), &[(now_ns(), job.as_bytes(), &[])]).await;
    assert_eq!(pushed.0, 204, "{}", pushed.1);
    let found = server.find_entries("{service_name=\"unknown_service\"}").await;
    assert!(found.iter().any(|entry| entry.line == job));
}

#[tokio::test]
async fn paths_and_methods_are_exact() {
    let server = Server::find();
    // Which one is up to chance when the server starts.
    assert!([404, 405].contains(&server.get("/loki/api/v1/push", &[]).await.0));
    assert_eq!(server.get("/loki/api/v1/push/", &[]).await.0, 404);
    assert_eq!(server.get("/ready", &[]).await.0, 200);
}
