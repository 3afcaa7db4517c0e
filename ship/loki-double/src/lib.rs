//! A double of a Loki server, for tests: it takes what Loki takes, refuses what Loki refuses with
//! Loki's statuses and words, and fails on demand.
//!
//! It is held to the real server by a contract that runs against both (`ci/loki`). It keeps
//! everything in memory, and knows of LogQL no more than selectors and counts over time.

#![deny(unsafe_code)]

mod decode;
mod faults;
mod labels;
mod query;
mod server;
mod store;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use self::faults::{Fault, MetFault};

use self::server::Shared;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct LokiDouble {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl LokiDouble {
    /// Starts a server at an address; port 0 takes one that is free.
    ///
    /// # Errors
    ///
    /// The address is taken.
    pub fn start(address: SocketAddr) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new());
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let served = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    () = serve(listener, served) => {}
                }
            });
        });
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Returns its address, as `http://127.0.0.1:3100`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds faults, each for one push, in this order.
    pub fn add_faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.faults().add(faults);
    }

    /// Returns the faults that happened, in order.
    #[must_use]
    pub fn met_faults(&self) -> Vec<MetFault> {
        self.shared.faults().happened().to_vec()
    }

    /// Waits until the server ends, which it does not by itself.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for LokiDouble {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        if shared.faults().is_gone() {
            continue;
        }
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let shared = Arc::clone(&shared);
                async move { shared.answer(request).await }
            });
            // A connection that ends early is what clients have to live with.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
