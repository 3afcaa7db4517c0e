//! Syslog: messages from UDP, TCP, TLS and local sockets.
//!
//! What a sender can make this take is bounded: the length of a message, the connections, what all
//! of them hold of long messages, the time within a message. Where queues are full, connections
//! wait, and what the kernel has no room for is lost, as it is with every receiver of datagrams.

mod batch;
mod framing;
mod message;
mod refusals;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket, UnixDatagram};
use tokio::sync::mpsc::Sender;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use self::batch::Batch;
use self::framing::{Frame, Framing};
use self::refusals::{Refusal, Refusals};
use super::cutter::{LineRules, Read};
use super::feed::Feed;
use crate::config::{SourceKind, SyslogConfig, SyslogTlsConfig};
use crate::event::Events;
use crate::tls;

/// The bytes of messages that go on at once.
const BATCH_BYTES: usize = 64 << 10;

/// The bytes of a message that a connection may hold without room for a long one.
const SHORT_BYTES: usize = 32 << 10;

/// The bytes of long messages that all connections of a source may hold; others wait.
const LONG_BYTES: usize = 16 << 20;

/// The longest datagram.
const DATAGRAM_BYTES: usize = 64 << 10;

/// The longest time of a handshake of TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The time after which certificates are read again: they are renewed while nobody restarts this.
const CERTIFICATE_INTERVAL: Duration = Duration::from_secs(60);

/// What the tasks of a source have in common.
#[derive(Clone)]
struct Receiver {
    config: SyslogConfig,
    max_bytes: usize,
    sender: Sender<Read>,
    /// The room for long messages, in bytes.
    room: Arc<Semaphore>,
    /// The room for connections.
    connections: Arc<Semaphore>,
    refusals: Refusals,
}

/// Starts to listen. Everything ends when the feed is dropped.
pub(super) fn start(
    name: &str,
    config: &SyslogConfig,
    rules: LineRules,
    events: &Arc<dyn Events>,
) -> io::Result<Feed> {
    let (sender, mut feed) = Feed::new(&SourceKind::Syslog(config), rules);
    let max_bytes = rules.max_bytes;
    let room = Arc::new(Semaphore::new(LONG_BYTES));
    let connections = Arc::new(Semaphore::new(config.max_connections));
    let refusals = Refusals::new(name.to_owned(), events.clone());
    let config = config.clone();
    let receiver = Receiver { config, max_bytes, sender, room, connections, refusals };
    let mut tasks = JoinSet::new();
    if let Some(address) = receiver.config.udp {
        let socket = bind_udp(address)?;
        socket.set_nonblocking(true)?;
        let socket = UdpSocket::from_std(socket)?;
        tasks.spawn(receiver.clone().receive_datagrams(socket));
    }
    if let Some(address) = receiver.config.tcp {
        let socket = bind_tcp(address)?;
        socket.set_nonblocking(true)?;
        let socket = TcpListener::from_std(socket)?;
        tasks.spawn(receiver.clone().accept(socket, None));
    }
    if let Some(tls) = &receiver.config.tls {
        let acceptor = Acceptor::new(tls)?;
        let socket = bind_tcp(tls.listen)?;
        socket.set_nonblocking(true)?;
        let socket = TcpListener::from_std(socket)?;
        tasks.spawn(receiver.clone().accept(socket, Some(acceptor)));
    }
    if let Some(path) = &receiver.config.unix {
        let socket = bind_unix(path)?;
        tasks.spawn(receiver.clone().receive_local(socket));
    }
    feed.keep(tasks);
    Ok(feed)
}

/// Listens for a moment where others that are held already do not.
pub(super) fn try_to_listen(config: &SyslogConfig, held: &[&SyslogConfig]) -> io::Result<()> {
    let has_port = |own: Option<SocketAddr>, address: SocketAddr| {
        own.is_some_and(|own| own.port() == address.port())
    };
    if let Some(address) = config.udp
        && !held.iter().any(|own| has_port(own.udp, address))
    {
        bind_udp(address)?;
    }
    let tls_address = |own: &SyslogConfig| own.tls.as_ref().map(|tls| tls.listen);
    for address in [config.tcp, tls_address(config)].into_iter().flatten() {
        let has_it = |own: &&&SyslogConfig| {
            has_port(own.tcp, address) || has_port(tls_address(own), address)
        };
        if held.iter().find(has_it).is_none() {
            bind_tcp(address)?;
        }
    }
    if let Some(tls) = &config.tls {
        Acceptor::new(tls)?;
    }
    if let Some(path) = &config.unix
        && !held.iter().any(|own| own.unix.as_ref() == Some(path))
    {
        bind_unix(path)?;
        std::fs::remove_file(path)?;
    }
    Ok(())
}

fn bind_udp(address: SocketAddr) -> io::Result<std::net::UdpSocket> {
    std::net::UdpSocket::bind(address).map_err(|error| at(address, &error))
}

fn bind_tcp(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    std::net::TcpListener::bind(address).map_err(|error| at(address, &error))
}

fn at(place: impl std::fmt::Display, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("syslog cannot listen at {place}: {error}"))
}

/// Makes a local socket, in the place of one that nobody listens at any more.
fn bind_unix(path: &PathBuf) -> io::Result<UnixDatagram> {
    if std::os::unix::net::UnixDatagram::unbound()?.connect(path).is_err()
        && std::fs::symlink_metadata(path)
            .is_ok_and(|metadata| std::os::unix::fs::FileTypeExt::is_socket(&metadata.file_type()))
    {
        std::fs::remove_file(path)?;
    }
    UnixDatagram::bind(path).map_err(|error| at(path.display(), &error))
}

impl Receiver {
    async fn receive_datagrams(self, socket: UdpSocket) {
        let mut buffer = vec![0; DATAGRAM_BYTES];
        let mut batch: Option<(std::net::IpAddr, Batch)> = None;
        loop {
            // All that is there goes on at once, as long as it is of one sender.
            let received = match &batch {
                None => socket.recv_from(&mut buffer).await,
                Some(_) => socket.try_recv_from(&mut buffer),
            };
            let full = batch.as_ref().is_some_and(|(_, batch)| batch.len() >= BATCH_BYTES);
            let sender = received.as_ref().map(|(_, address)| address.ip()).ok();
            let is_other = batch.as_ref().is_some_and(|(own, _)| sender != Some(*own));
            if (is_other || full)
                && let Some((_, mut batch)) = batch.take()
                && self.sender.send(batch.take()).await.is_err()
            {
                return;
            }
            let Ok((count, address)) = received else { continue };
            let (_, batch) = batch.get_or_insert_with(|| {
                let origin = format!("udp://{}", address.ip()).into();
                (address.ip(), Batch::new(origin, self.config.use_incoming_timestamp))
            });
            self.add_datagram(batch, &buffer[..count]);
        }
    }

    async fn receive_local(self, socket: UnixDatagram) {
        let origin = self
            .config
            .unix
            .as_ref()
            .map_or_else(String::new, |path| format!("unix://{}", path.display()));
        let mut batch = Batch::new(origin.into(), self.config.use_incoming_timestamp);
        let mut buffer = vec![0; DATAGRAM_BYTES.max(self.max_bytes + 1)];
        loop {
            let received = if batch.is_empty() {
                socket.recv(&mut buffer).await
            } else {
                socket.try_recv(&mut buffer)
            };
            if let Ok(count) = received {
                self.add_datagram(&mut batch, &buffer[..count]);
            }
            if (received.is_err() || batch.len() >= BATCH_BYTES)
                && !batch.is_empty()
                && self.sender.send(batch.take()).await.is_err()
            {
                return;
            }
        }
    }

    fn add_datagram(&self, batch: &mut Batch, bytes: &[u8]) {
        if bytes.len() > self.max_bytes {
            batch.add_too_long(self.max_bytes);
        } else {
            batch.add(bytes);
        }
    }

    async fn accept(self, listener: TcpListener, mut tls: Option<Acceptor>) {
        let protocol = if tls.is_some() { "tls" } else { "tcp" };
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            let (stream, address) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Such as too many open files, which passes.
                    self.refusals.tell(Refusal::NoRoom, protocol, &error.to_string());
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let sender = format!("{protocol}://{address}");
            let Ok(permit) = self.connections.clone().try_acquire_owned() else {
                let most = self.config.max_connections;
                let reason = format!("there are {most} connections already");
                self.refusals.tell(Refusal::NoRoom, &sender, &reason);
                continue;
            };
            let own = self.clone();
            let acceptor = tls.as_mut().map(|tls| tls.get(&self.refusals));
            connections.spawn(async move {
                let result = match acceptor {
                    None => own.receive_stream(stream, &sender).await,
                    Some(acceptor) => match shake_hands(acceptor, stream).await {
                        Ok(stream) => own.receive_stream(stream, &sender).await,
                        Err(reason) => Err(reason),
                    },
                };
                if let Err(reason) = result {
                    own.refusals.tell(Refusal::Broken, &sender, &reason);
                }
                drop(permit);
            });
        }
    }

    async fn receive_stream(
        &self,
        mut stream: impl AsyncRead + Unpin,
        sender: &str,
    ) -> Result<(), String> {
        let mut batch = Batch::new(sender.into(), self.config.use_incoming_timestamp);
        let mut framing = Framing::new(self.max_bytes);
        let mut waiting = BytesMut::new();
        let mut frames = Vec::new();
        let mut room = None;
        loop {
            if waiting.len() < SHORT_BYTES {
                if room.take().is_some() {
                    // The memory of a long message is kept no longer than its room.
                    waiting = BytesMut::from(&waiting[..]);
                }
            } else if room.is_none() {
                room = Some(self.long_message_room().await);
            }
            waiting.reserve(SHORT_BYTES);
            let is_between = waiting.is_empty();
            let read = async {
                match stream.read_buf(&mut waiting).await {
                    // Many senders close TLS without saying so.
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
                    result => result.map_err(|error| error.to_string()),
                }
            };
            let patience = Duration::from_millis(self.config.idle_milliseconds);
            let count = if is_between {
                read.await?
            } else {
                match tokio::time::timeout(patience, read).await {
                    Ok(result) => result?,
                    Err(_) => {
                        return Err(format!("silent for {patience:?} within a message"));
                    }
                }
            };
            let cut = framing.cut(&waiting, &mut frames);
            if count == 0 {
                framing.finish(&waiting, &mut frames);
            }
            for frame in frames.drain(..) {
                match frame {
                    Frame::Message(place) => batch.add(&waiting[place]),
                    Frame::TooLong => batch.add_too_long(self.max_bytes),
                }
            }
            // What came before a lie is kept.
            if !batch.is_empty() && self.sender.send(batch.take()).await.is_err() {
                return Ok(());
            }
            let taken = cut.map_err(|error| error.to_string())?;
            if count == 0 {
                return Ok(());
            }
            let _ = waiting.split_to(taken);
        }
    }

    /// Waits for room for all of a long message: who has some does not need more to go on.
    async fn long_message_room(&self) -> Option<OwnedSemaphorePermit> {
        let bytes = self.max_bytes.min(LONG_BYTES) as u32;
        // It is closed by nobody.
        self.room.clone().acquire_many_owned(bytes).await.ok()
    }
}

/// Takes TLS up on a connection.
async fn shake_hands(
    acceptor: TlsAcceptor,
    stream: TcpStream,
) -> Result<tokio_rustls::server::TlsStream<TcpStream>, String> {
    match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(format!("no TLS: {error}")),
        Err(_) => Err(format!("no TLS within {HANDSHAKE:?}")),
    }
}

/// What takes up TLS, with certificates that are read again now and then.
struct Acceptor {
    config: SyslogTlsConfig,
    acceptor: TlsAcceptor,
    since: Instant,
    /// The times in a row that they could not be read.
    failures: u32,
}

impl Acceptor {
    fn new(config: &SyslogTlsConfig) -> io::Result<Self> {
        let acceptor = read_acceptor(config)?;
        Ok(Self { config: config.clone(), acceptor, since: Instant::now(), failures: 0 })
    }

    fn get(&mut self, refusals: &Refusals) -> TlsAcceptor {
        if self.since.elapsed() >= CERTIFICATE_INTERVAL {
            self.since = Instant::now();
            match read_acceptor(&self.config) {
                Ok(acceptor) => (self.acceptor, self.failures) = (acceptor, 0),
                Err(error) => {
                    self.failures += 1;
                    // The first time, one file may be new while the other is not yet.
                    if self.failures == 2 {
                        let reason =
                            format!("cannot be read again, the former ones stay in use: {error}");
                        refusals.tell(Refusal::Broken, "certificates", &reason);
                    }
                }
            }
        }
        self.acceptor.clone()
    }
}

fn read_acceptor(config: &SyslogTlsConfig) -> io::Result<TlsAcceptor> {
    let SyslogTlsConfig { certificate_file, key_file, client_authority_file, .. } = config;
    Ok(tls::server(certificate_file, key_file, client_authority_file.as_deref())?.into())
}

#[cfg(test)]
mod tests;
