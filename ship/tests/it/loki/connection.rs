//! What goes over the wire: headers, credentials, a proxy, and TLS.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use delimark_ship::loki::{Credentials, LokiOptions, SecretSource};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::queue::entries;
use crate::server::now_ns;
use crate::sink_run::{SinkRun, options};

/// Starts a server that accepts one push, and returns the head of its request.
fn serve_one(tls: Option<Arc<ServerConfig>>) -> (SocketAddr, JoinHandle<io::Result<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        match tls {
            None => answer(socket),
            Some(tls) => answer(StreamOwned::new(ServerConnection::new(tls).unwrap(), socket)),
        }
    });
    (address, thread)
}

fn answer(socket: impl Read + Write) -> io::Result<String> {
    let mut socket = BufReader::new(socket);
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let begin = head.len();
        socket.read_line(&mut head)?;
        let line = head[begin..].to_lowercase();
        if let Some(number) = line.strip_prefix("content-length: ") {
            length = number.trim().parse().unwrap();
        }
    }
    socket.read_exact(&mut vec![0; length])?;
    let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
    socket.get_mut().write_all(answer)?;
    socket.get_mut().flush()?;
    Ok(head)
}

/// Sends an entry.
async fn send(options: LokiOptions) {
    let folder = tempfile::tempdir().unwrap();
    let mut run = SinkRun::new(folder.path());
    let mut entries = entries(0..1);
    entries[0].timestamp_ns = now_ns();
    run.writer.append(&entries).unwrap();
    run.drain(options).await;
}

fn secret(folder: &Path) -> SecretSource {
    let path = folder.join("secret");
    fs::write(&path, "s3cret\n").unwrap();
    SecretSource::File(path)
}

#[tokio::test]
async fn a_push_has_its_headers() {
    let folder = tempfile::tempdir().unwrap();
    let basic = Credentials::Basic { user: "me".to_owned(), password: secret(folder.path()) };
    let bearer = Credentials::Bearer(secret(folder.path()));
    for (credentials, expected) in [
        (Credentials::None, None),
        (basic, Some("authorization: Basic bWU6czNjcmV0\r\n")),
        (bearer, Some("authorization: Bearer s3cret\r\n")),
    ] {
        let (address, server) = serve_one(None);
        let mut options = options(&format!("http://{address}"));
        options.tenant = Some("shop".to_owned());
        options.credentials = credentials;
        send(options).await;
        let head = server.join().unwrap().unwrap();
        assert!(head.starts_with("POST /loki/api/v1/push HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("content-type: application/x-protobuf\r\n"), "{head}");
        assert!(head.contains("x-scope-orgid: shop\r\n"), "{head}");
        assert!(head.contains("user-agent: delimark/"), "{head}");
        match expected {
            Some(header) => assert!(head.contains(header), "{head}"),
            None => assert!(!head.contains("authorization"), "{head}"),
        }
    }
}

#[tokio::test]
async fn a_proxy_is_asked() {
    let (address, server) = serve_one(None);
    let mut options = options("http://loki.invalid:3100");
    options.proxy = Some(format!("http://{address}"));
    send(options).await;
    let head = server.join().unwrap().unwrap();
    let expected = "POST http://loki.invalid:3100/loki/api/v1/push HTTP/1.1\r\n";
    assert!(head.starts_with(expected), "{head}");
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_and_others_are_not() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authority.pem");
    fs::write(&path, cert.pem()).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let tls = tls.unwrap().with_no_client_auth();
    let tls = Arc::new(tls.with_single_cert(vec![cert.der().clone()], key).unwrap());

    let (address, server) = serve_one(Some(Arc::clone(&tls)));
    let url = format!("https://localhost:{}", address.port());
    let mut trusting = options(&url);
    trusting.authority_file = Some(path);
    send(trusting).await;
    let head = server.join().unwrap().unwrap();
    assert!(head.starts_with("POST /loki/api/v1/push HTTP/1.1\r\n"), "{head}");

    // Without it nothing is sent: the handshake fails, and the push is tried again.
    let (address, server) = serve_one(Some(tls));
    let folder = tempfile::tempdir().unwrap();
    let mut run = SinkRun::new(folder.path());
    let mut entries = entries(0..1);
    entries[0].timestamp_ns = now_ns();
    run.writer.append(&entries).unwrap();
    run.try_for(options(&format!("https://localhost:{}", address.port())), 500).await;
    let error = server.join().unwrap().unwrap_err().to_string();
    assert!(error.contains("UnknownCA"), "{error}");
    assert!(run.counters.last_error().is_some());
    assert_eq!(run.reader.gauge().waiting_entries(), 1);
}
