//! An allowance of memory for long lines: threads that hold one share it, and wait for each other.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that all threads together may take.
pub(crate) struct Allowance {
    limit_bytes: usize,
    taken_bytes: Mutex<usize>,
    given_back: Condvar,
}

impl Allowance {
    /// Allows so many bytes at once.
    pub(crate) fn new(limit_bytes: usize) -> Arc<Self> {
        Arc::new(Self { limit_bytes, taken_bytes: Mutex::new(0), given_back: Condvar::new() })
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.taken_bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The part of an allowance that one thread has.
pub(crate) struct Share {
    allowance: Arc<Allowance>,
    bytes: usize,
}

impl Share {
    /// Takes nothing of an allowance for now.
    pub(crate) fn of(allowance: &Arc<Allowance>) -> Self {
        Self { allowance: Arc::clone(allowance), bytes: 0 }
    }

    pub(crate) fn allowance(&self) -> &Arc<Allowance> {
        &self.allowance
    }

    /// Takes so many bytes in all, as soon as they are allowed. Whoever is the only one to have
    /// any gets whatever it asks for, since nobody else could ever give it room.
    ///
    /// Only one thread at a time may ask for more, and the others have to come to an end without
    /// it; those that wait for more with a share in hand would wait for each other.
    pub(crate) fn enlarge(&mut self, bytes: usize) {
        let Some(more) = bytes.checked_sub(self.bytes) else { return };
        let Self { allowance, bytes: held } = self;
        let is_short = |taken: &mut usize| {
            *taken > *held && taken.saturating_add(more) > allowance.limit_bytes
        };
        let taken = allowance.given_back.wait_while(allowance.lock(), is_short);
        *taken.unwrap_or_else(PoisonError::into_inner) += more;
        *held = bytes;
    }

    /// Gives all of it back.
    pub(crate) fn give_back(&mut self) {
        if self.bytes > 0 {
            *self.allowance.lock() -= std::mem::take(&mut self.bytes);
            self.allowance.given_back.notify_all();
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_share_waits_for_room() {
        let allowance = Allowance::new(100);
        let (mut first, mut second) = (Share::of(&allowance), Share::of(&allowance));
        first.enlarge(60);
        second.enlarge(40);
        first.enlarge(50);
        assert_eq!(*allowance.lock(), 100);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| second.enlarge(41));
            thread::sleep(Duration::from_millis(20));
            assert!(!waiting.is_finished());
            drop(first);
            waiting.join().unwrap();
        });
        assert_eq!(*allowance.lock(), 41);
        second.give_back();
        assert_eq!((*allowance.lock(), second.bytes), (0, 0));
    }

    #[test]
    fn the_only_one_gets_what_it_asks_for() {
        let allowance = Allowance::new(100);
        let mut share = Share::of(&allowance);
        share.enlarge(1000);
        share.enlarge(2000);
        assert_eq!(*allowance.lock(), 2000);
    }
}
