//! The limit of streams. It is the last test of the contract: behind it a server takes no new
//! stream for as long as those of this test are not forgotten.

use crate::server::{Sent, Server, minutes, now_ns};

/// More than the 5,000 that a server takes.
const STREAMS: usize = 5200;

#[tokio::test]
async fn too_many_streams_are_answered_with_429_and_stored_in_part() {
    let server = Server::find();
    let job = Server::job();
    let selector = format!("{{job=\"{job}\"}}");
    let entry: Sent<'_> = (now_ns() - minutes(1), b"line", &[]);
    // There since before: it is taken all the same.
    assert_eq!(server.push_protobuf(&[(&selector, vec![entry])]).await.0, 204);
    let labels: Vec<String> =
        (0..STREAMS).map(|number| format!("{{job=\"{job}\",number=\"{number}\"}}")).collect();
    let push: Vec<(&str, Vec<Sent<'_>>)> =
        labels.iter().map(|labels| (&**labels, vec![entry])).collect();
    let (status, text) = server.push_protobuf(&push).await;
    assert_eq!(status, 429, "{text}");
    assert!(text.contains("maximum active stream limit exceeded"), "{text}");
    let stored = server.count(&selector, 1).await;
    assert!((3000..=5000).contains(&stored), "{stored} are stored, and the others are not");
    // To send it again stores nothing twice.
    assert_eq!(server.push_protobuf(&push).await.0, 429);
    assert_eq!(server.count(&selector, 1).await, stored);
    let (status, text) = server.push_protobuf(&[(&selector, vec![entry])]).await;
    assert_eq!(status, 204, "a stream that is there is still taken: {text}");
}
