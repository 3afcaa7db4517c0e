//! Tests of syslog over real sockets: honest senders, and others.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use tokio::io::AsyncWriteExt;

use super::*;

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
        let feed = start("s", &config, max_bytes, &events).unwrap();
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
    let began = std::time::Instant::now();
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
    let error = start("s", &config, 1_000, &events).unwrap_err().to_string();
    assert!(error.contains(&format!("syslog cannot listen at {address}")), "{error}");
}
