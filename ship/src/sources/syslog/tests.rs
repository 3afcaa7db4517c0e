//! Tests of syslog over real sockets: honest senders, and others.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use tokio::io::AsyncWriteExt;

use super::*;
use crate::event::Event;
use crate::newline::Newline;

fn rules(max_bytes: usize) -> LineRules {
    LineRules { max_bytes, newline: Newline::Byte }
}

#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Events for Told {
    fn take(&self, event: &Event) {
        self.0.lock().unwrap().push(event.to_string());
    }
}

/// A source that listens.
struct Source {
    feed: Feed,
    told: Arc<Told>,
    /// The text of each line, with the name of its program before it.
    lines: Vec<String>,
    dead: usize,
}

impl Source {
    fn start(config: &str) -> Self {
        Self::start_with(config, 1_000)
    }

    fn start_with(config: &str, max_bytes: usize) -> Self {
        let config: SyslogConfig = toml::from_str(config).unwrap();
        let told = Arc::new(Told::default());
        let events: Arc<dyn Events> = told.clone();
        let feed = start("s", &config, rules(max_bytes), &events).unwrap();
        Self { feed, told, lines: Vec::new(), dead: 0 }
    }

    /// Waits until so many lines and dead letters have come.
    async fn wait_for(&mut self, lines: usize, dead: usize) {
        for _ in 0..2_000 {
            while let Some(read) = self.feed.next() {
                self.dead += read.dead.len();
                for lines in read.lines {
                    let text = |span: delimark::Span| {
                        String::from_utf8_lossy(&lines.bytes[span.range()]).into_owned()
                    };
                    let app = lines.fields.iter().find(|(name, _)| *name == "syslog_app_name");
                    let apps = &app.unwrap().1;
                    self.lines.extend(lines.spans.iter().zip(apps).map(|(span, app)| {
                        format!("{}|{}", app.map_or_else(String::new, text), text(*span))
                    }));
                }
            }
            if self.lines.len() >= lines && self.dead >= dead {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{} lines and {} dead letters came", self.lines.len(), self.dead);
    }

    async fn wait_for_event(&self, text: &str) {
        for _ in 0..2_000 {
            if self.told.0.lock().unwrap().iter().any(|told| told.contains(text)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("'{text}' was never told, but {:?}", self.told.0.lock().unwrap());
    }
}

/// Returns an address that nobody listens at.
async fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    listener.local_addr().unwrap()
}

async fn send(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

#[tokio::test]
async fn both_framings_come_over_tcp() {
    let address = free_address().await;
    let mut source = Source::start(&format!("tcp = \"{address}\""));
    let counted = "<13>app: one";
    drop(send(address, format!("{} {counted}", counted.len()).as_bytes()).await);
    drop(send(address, b"<13>app: two\n<13>app: three").await);
    source.wait_for(3, 0).await;
    source.lines.sort();
    assert_eq!(source.lines, ["app|one", "app|three", "app|two"]);
}

#[tokio::test]
async fn datagrams_come_over_udp_and_a_local_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    // One that a process left which was killed.
    drop(UnixDatagram::bind(&path).unwrap());
    let address = free_address().await;
    let config = format!("udp = \"{address}\"\nunix = \"{}\"", path.display());
    let mut source = Source::start(&config);
    let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    udp.send_to(b"<13>app: one", address).await.unwrap();
    udp.send_to(&[b'x'; 2_000], address).await.unwrap();
    let local = UnixDatagram::unbound().unwrap();
    local.send_to(b"<13>Dec  1 03:00:00 app[7]: two", &path).await.unwrap();
    source.wait_for(2, 1).await;
    source.lines.sort();
    assert_eq!(source.lines, ["app|one", "app|two"]);
}

#[tokio::test]
async fn senders_that_lie_or_stop_harm_no_others() {
    let address = free_address().await;
    let config = format!("tcp = \"{address}\"\nmax_connections = 4\nidle_milliseconds = 200");
    let mut source = Source::start(&config);
    let honest = send(address, b"<13>app: one\n").await;
    source.wait_for(1, 0).await;
    drop(send(address, b"12 <13>app: two99999 <13>lie").await);
    source.wait_for_event("an octet count of 99999, where 1000 are allowed").await;
    let slow = send(address, b"100 <13>").await;
    source.wait_for_event("silent for 200ms within a message").await;
    let endless = send(address, &[b'x'; 100_000]).await;
    source.wait_for(2, 1).await;
    let mut more = Vec::new();
    for _ in 0..4 {
        more.push(TcpStream::connect(address).await.unwrap());
    }
    source.wait_for_event("there are 4 connections already").await;
    let mut honest = honest;
    honest.write_all(b"<13>app: three\n").await.unwrap();
    source.wait_for(3, 1).await;
    assert_eq!(source.lines, ["app|one", "app|two", "app|three"]);
    drop((slow, endless));
}

#[tokio::test]
async fn hundreds_of_connections_are_served_at_a_time() {
    let address = free_address().await;
    let mut source = Source::start(&format!("tcp = \"{address}\""));
    let mut streams = Vec::new();
    for _ in 0..500 {
        streams.push(send(address, b"<13>app: o").await);
    }
    for stream in &mut streams {
        stream.write_all(b"ne\n").await.unwrap();
    }
    source.wait_for(500, 0).await;
    assert!(source.lines.iter().all(|line| line == "app|one"));
}

#[tokio::test]
async fn long_messages_that_do_not_end_wait_for_each_other() {
    let address = free_address().await;
    let longest = LONG_BYTES / 2;
    let config = format!("tcp = \"{address}\"\nidle_milliseconds = 300");
    let mut source = Source::start_with(&config, longest);
    let long = [b"<13>app: ", &[b'x'; SHORT_BYTES][..]].concat();
    let began = Instant::now();
    let halves = [send(address, &long).await, send(address, &long).await];
    tokio::time::sleep(Duration::from_millis(50)).await;
    // There is room for two: the third waits until they are cut off, and short ones do not.
    let mut third = send(address, &long).await;
    drop(send(address, b"<13>app: short\n").await);
    source.wait_for(1, 0).await;
    third.write_all(b"\n").await.unwrap();
    source.wait_for(2, 0).await;
    assert!(began.elapsed() >= Duration::from_millis(300), "{:?}", began.elapsed());
    source.wait_for_event("silent for 300ms within a message").await;
    assert_eq!(source.lines[0], "app|short");
    assert_eq!(source.lines[1].len(), "app|".len() + SHORT_BYTES);
    drop(halves);
}

#[tokio::test]
async fn an_address_that_is_taken_is_refused_with_a_reason() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let config: SyslogConfig = toml::from_str(&format!("tcp = \"{address}\"")).unwrap();
    let events: Arc<dyn Events> = Arc::new(());
    let error = start("s", &config, rules(1_000), &events).unwrap_err().to_string();
    assert!(error.contains(&format!("syslog cannot listen at {address}")), "{error}");
}

/// Files with a certificate for this machine, its key, and one of a client.
struct Certificates {
    folder: tempfile::TempDir,
    server: rcgen::CertifiedKey<rcgen::KeyPair>,
    client: rcgen::CertifiedKey<rcgen::KeyPair>,
}

impl Certificates {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let make = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (server, client) = (make(), make());
        for (name, text) in [
            ("cert.pem", server.cert.pem()),
            ("key.pem", server.signing_key.serialize_pem()),
            ("clients.pem", client.cert.pem()),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder, server, client }
    }

    fn config(&self, address: SocketAddr, more: &str) -> String {
        let folder = self.folder.path().display();
        format!(
            "tls = {{ listen = \"{address}\", certificate_file = \"{folder}/cert.pem\", \
             key_file = \"{folder}/key.pem\"{more} }}"
        )
    }

    /// Sends by TLS, with a certificate or without, and closes as most senders do.
    async fn send(&self, address: SocketAddr, has_own: bool, bytes: &[u8]) -> io::Result<()> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.server.cert.der().clone()).unwrap();
        let builder = rustls::ClientConfig::builder().with_root_certificates(roots);
        let config = if has_own {
            let key = self.client.signing_key.serialize_der().try_into().unwrap();
            builder.with_client_auth_cert(vec![self.client.cert.der().clone()], key).unwrap()
        } else {
            builder.with_no_client_auth()
        };
        let stream = TcpStream::connect(address).await?;
        let name = "localhost".try_into().unwrap();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let mut stream = connector.connect(name, stream).await?;
        stream.write_all(bytes).await?;
        stream.flush().await
    }
}

#[tokio::test]
async fn messages_come_over_tls_and_bad_handshakes_are_told() {
    let certificates = Certificates::new();
    let address = free_address().await;
    let mut source = Source::start(&certificates.config(address, ""));
    let counted = "<13>app: one";
    let counted = format!("{} {counted}", counted.len());
    certificates.send(address, false, counted.as_bytes()).await.unwrap();
    certificates.send(address, false, b"<13>app: two\n").await.unwrap();
    drop(send(address, b"<13>app: no TLS\n").await);
    source.wait_for(2, 0).await;
    source.wait_for_event("no TLS: ").await;
    source.lines.sort();
    assert_eq!(source.lines, ["app|one", "app|two"]);
}

#[tokio::test]
async fn senders_without_a_certificate_are_refused_where_one_is_asked_for() {
    let certificates = Certificates::new();
    let address = free_address().await;
    let authority = certificates.folder.path().join("clients.pem");
    let authority = format!(", client_authority_file = \"{}\"", authority.display());
    let mut source = Source::start(&certificates.config(address, &authority));
    // Whether the client hears of it before it has written is a matter of chance.
    let _ = certificates.send(address, false, b"<13>app: stranger\n").await;
    source.wait_for_event("no TLS: peer sent no certificates").await;
    certificates.send(address, true, b"<13>app: friend\n").await.unwrap();
    source.wait_for(1, 0).await;
    assert_eq!(source.lines, ["app|friend"]);
}

#[tokio::test]
async fn certificates_that_cannot_be_are_refused_with_their_file() {
    let certificates = Certificates::new();
    let address = free_address().await;
    let config = certificates.config(address, "");
    let refused = |config: &str| {
        let config: SyslogConfig = toml::from_str(config).unwrap();
        let events: Arc<dyn Events> = Arc::new(());
        let error = try_to_listen(&config, &[]).unwrap_err().to_string();
        assert_eq!(start("s", &config, rules(1_000), &events).unwrap_err().to_string(), error);
        error
    };
    let other = certificates.folder.path().join("other.pem");
    std::fs::write(&other, "no PEM").unwrap();
    let error = refused(&config.replace("/cert.pem", "/other.pem"));
    assert!(error.ends_with("other.pem: it has no certificate (PEM)"), "{error}");
    let error = refused(&config.replace("/key.pem", "/cert.pem"));
    assert!(error.contains("cert.pem: no private key (PEM) was found"), "{error}");
    let error = refused(&config.replace("/cert.pem", "/gone.pem"));
    assert!(error.contains("gone.pem: ") && error.contains("No such file"), "{error}");
    let error = refused(&config.replace("/cert.pem", "/clients.pem"));
    assert!(error.contains("clients.pem: it cannot be used with the key"), "{error}");
}

#[tokio::test]
async fn many_refusals_are_an_event_a_second_with_their_number() {
    let address = free_address().await;
    let mut source = Source::start(&format!("tcp = \"{address}\"\nmax_connections = 1"));
    let held = send(address, b"<13>app: one\n").await;
    source.wait_for(1, 0).await;
    for _ in 0..200 {
        let mut refused = TcpStream::connect(address).await.unwrap();
        // It is closed at once.
        assert_eq!(refused.read(&mut [0]).await.unwrap_or(0), 0);
    }
    source.wait_for_event("more were refused within a second").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let told = source.told.0.lock().unwrap().clone();
    assert!(told.len() < 20, "{} events", told.len());
    let others = |text: &String| {
        let (_, rest) = text.split_once("connections already; ")?;
        rest.split(' ').next()?.parse::<usize>().ok()
    };
    let counted: usize = told.iter().filter_map(others).sum();
    assert_eq!(counted + told.len(), 200, "{told:?}");
    drop(held);
}
