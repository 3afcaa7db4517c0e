//! Refusals: who is told of senders that were refused hears of the first one at once, and of others
//! once a second, however many there are.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::event::{Event, Events};

/// The time between two events.
const INTERVAL: Duration = Duration::from_secs(1);

/// Tells of refusals.
#[derive(Clone)]
pub(super) struct Refusals(Arc<Shared>);

struct Shared {
    source: String,
    events: Arc<dyn Events>,
    /// For each kind, what was not told yet; none where nothing was told within the interval.
    held: [Mutex<Option<Held>>; 2],
}

/// The kind of a refusal: many of one do not hide one of the other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refusal {
    /// There was no room for a connection.
    NoRoom,
    /// A connection broke, or was cut off.
    Broken,
}

/// Refusals that were not told yet.
#[derive(Default)]
struct Held {
    /// The sender and the reason of the last one.
    last: Option<(String, String)>,
    count: u64,
}

impl Refusals {
    pub(super) fn new(source: String, events: Arc<dyn Events>) -> Self {
        Self(Arc::new(Shared { source, events, held: Default::default() }))
    }

    /// Tells of a refusal, now or soon. Has to be called within the runtime.
    pub(super) fn tell(&self, kind: Refusal, sender: &str, reason: &str) {
        let mut held = self.0.held(kind);
        if let Some(held) = &mut *held {
            held.last = Some((sender.to_owned(), reason.to_owned()));
            held.count += 1;
            return;
        }
        *held = Some(Held::default());
        drop(held);
        self.0.take(sender.to_owned(), reason.to_owned(), 0);
        tokio::spawn(self.0.clone().tell_held(kind));
    }
}

impl Shared {
    /// Tells what is held once an interval, until there is nothing.
    async fn tell_held(self: Arc<Self>, kind: Refusal) {
        loop {
            tokio::time::sleep(INTERVAL).await;
            let mut held = self.held(kind);
            let Some(Held { last: Some((sender, reason)), count }) = held.take() else { return };
            *held = Some(Held::default());
            drop(held);
            self.take(sender, reason, count - 1);
        }
    }

    fn held(&self, kind: Refusal) -> MutexGuard<'_, Option<Held>> {
        self.held[kind as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, sender: String, reason: String, others: u64) {
        let source = self.source.clone();
        self.events.take(&Event::SenderRefused { source, sender, reason, others });
    }
}
