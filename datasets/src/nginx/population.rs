//! The streams of a log's clients and resources: what is always true of each comes from its own.

use crate::random::Random;

/// A log's clients and resources, with a stream each.
#[derive(Debug)]
pub(super) struct Population {
    pub(super) seed: u64,
}

impl Population {
    /// Starts the stream of a client.
    #[inline]
    pub(super) fn client(&self, rank: u64) -> Random {
        Random::new(self.seed.wrapping_add(rank))
    }

    /// Starts the stream of a resource, far from the clients' ranks.
    #[inline]
    pub(super) fn resource(&self, rank: u64) -> Random {
        Random::new(self.seed.wrapping_add(rank | 1 << 32))
    }
}
