//! Feeds: lines that come by themselves, and wait in memory for their turn, a few at a time: who
//! sends them has to wait where the queues are full.

use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinSet;

use super::cutter::{LineRules, Read};
use crate::config::SourceKind;

/// The batches of lines that wait at most.
const WAITING: usize = 4;

/// The end of a feed at which lines come out.
#[derive(Debug)]
pub(crate) struct Feed {
    receiver: Receiver<Read>,
    has_ended: bool,
    /// The configuration that it was started with, as text.
    config: String,
    /// What feeds it, and ends with it.
    tasks: JoinSet<()>,
}

impl Feed {
    /// Makes the two ends of a feed for a source.
    pub(super) fn new(kind: &SourceKind<'_>, rules: LineRules) -> (Sender<Read>, Self) {
        let (sender, receiver) = channel(WAITING);
        let (config, tasks) = (text(kind, rules), JoinSet::new());
        (sender, Self { receiver, has_ended: false, config, tasks })
    }

    /// Keeps the tasks that feed it as long as it is there.
    pub(super) fn keep(&mut self, tasks: JoinSet<()>) {
        self.tasks = tasks;
    }

    /// Takes nothing more in; what is in it still comes out.
    pub(super) async fn close(&mut self) {
        self.tasks.shutdown().await;
        self.receiver.close();
    }

    /// Tells whether it was started with this configuration.
    pub(super) fn is_of(&self, kind: &SourceKind<'_>, rules: LineRules) -> bool {
        self.config == text(kind, rules)
    }

    pub(super) fn next(&mut self) -> Option<Read> {
        match self.receiver.try_recv() {
            Ok(read) => Some(read),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                self.has_ended = true;
                None
            }
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }
}

fn text(kind: &SourceKind<'_>, rules: LineRules) -> String {
    format!("{kind:?} {rules:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::StdinConfig;
    use crate::newline::Newline;

    #[test]
    fn another_limit_or_encoding_is_another_feed() {
        let config = StdinConfig {};
        let rules = LineRules { max_bytes: 100, newline: Newline::Byte };
        let (_, feed) = Feed::new(&SourceKind::Stdin(&config), rules);
        assert!(feed.is_of(&SourceKind::Stdin(&config), rules));
        for other in
            [LineRules { max_bytes: 99, ..rules }, LineRules { newline: Newline::Utf16, ..rules }]
        {
            assert!(!feed.is_of(&SourceKind::Stdin(&config), other), "{other:?}");
        }
    }
}
