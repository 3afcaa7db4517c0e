//! The life of an agent as a process: signals, and the configuration file that may change.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use tokio::signal::unix::{SignalKind, signal};

use super::{Agent, AgentError};
use crate::event::{Event, Events};

/// The time between two looks at the configuration file.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// Runs an agent by a configuration file until it is told to stop (SIGTERM, SIGINT), or nothing
/// more can come. SIGHUP and a change of the file bring the new configuration into force.
///
/// # Errors
///
/// The configuration is wrong, or the machine does not allow it.
pub fn run(path: &Path, events: Arc<dyn Events>) -> Result<(), AgentError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(run_until_stopped(path, events))
}

async fn run_until_stopped(path: &Path, events: Arc<dyn Events>) -> Result<(), AgentError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut text = read(path)?;
    let mut agent = Agent::start(path, &text, events.clone()).await?;
    let mut watch = tokio::time::interval(WATCH_INTERVAL);
    loop {
        let is_told = tokio::select! {
            result = agent.wait() => {
                let stopped = agent.stop().await;
                return result.and(stopped);
            }
            _ = terminate.recv() => return agent.stop().await,
            _ = interrupt.recv() => return agent.stop().await,
            _ = hang_up.recv() => true,
            _ = watch.tick() => false,
        };
        let new = match read(path) {
            Ok(new) => new,
            // An editor may be replacing it: only who asks for it is told.
            Err(_) if !is_told => continue,
            Err(error) => {
                events.take(&Event::ReloadRefused { error: error.to_string() });
                continue;
            }
        };
        if is_told || new != text {
            text = new;
            match agent.reload(path, &text).await {
                // It was told as an event, and the former one is in force.
                Ok(()) | Err(AgentError::Config(_)) => {}
                Err(error) => {
                    let _ = agent.stop().await;
                    return Err(error);
                }
            }
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path).map_err(|error| {
        let message = format!("{}: the configuration cannot be read: {error}", path.display());
        io::Error::new(error.kind(), message)
    })
}
