//! Chunks: whole lines that outlive their source, in buffers that are used again.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use delimark_extract::LineBuffer;

/// Bytes of an input, for as many readers as hold on to them. They stay where they are until the
/// last one lets go; then the buffer goes back to its [`ChunkPool`].
#[derive(Clone, Debug)]
pub struct Chunk(Arc<Filled>);

#[derive(Debug)]
struct Filled {
    buffer: Vec<u8>,
    length: usize,
    offset: u64,
    pool: Arc<Shared>,
}

impl Chunk {
    /// Returns the offset of the first byte in the input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.offset
    }

    /// Copies the bytes into a chunk of no pool.
    pub(crate) fn copy(&self) -> Self {
        let mut buffer = ChunkPool::new(usize::MAX).take(self.as_ref().len());
        buffer.bytes_mut().copy_from_slice(self.as_ref());
        buffer.fill(self.as_ref().len(), self.offset())
    }
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        &self.0.buffer[..self.0.length]
    }
}

impl Drop for Filled {
    fn drop(&mut self) {
        self.pool.give_back(std::mem::take(&mut self.buffer));
    }
}

/// Buffers for chunks, of which no more are lent at once than fit in a limit: whoever needs another
/// one waits until one comes back, and with it whoever waits for that.
#[derive(Clone, Debug)]
pub struct ChunkPool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    given_back: Condvar,
}

#[derive(Debug)]
struct State {
    free: Vec<Vec<u8>>,
    limit_bytes: usize,
    bytes_out: usize,
    most_bytes_out: usize,
}

impl ChunkPool {
    /// Makes a pool that lends this many bytes at once.
    #[must_use]
    pub fn new(limit_bytes: usize) -> Self {
        let state = State { free: Vec::new(), limit_bytes, bytes_out: 0, most_bytes_out: 0 };
        Self(Arc::new(Shared { state: Mutex::new(state), given_back: Condvar::new() }))
    }

    /// Lends a buffer of this many bytes, as soon as the limit allows it. One that is larger than
    /// the limit is lent when no other is.
    pub(crate) fn take(&self, bytes: usize) -> PoolBuffer {
        let is_full =
            |state: &mut State| state.bytes_out > 0 && state.bytes_out + bytes > state.limit_bytes;
        let state = self.0.given_back.wait_while(self.0.lock(), is_full);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        state.bytes_out += bytes;
        state.most_bytes_out = state.most_bytes_out.max(state.bytes_out);
        // One of another size is from before the size changed, or was enlarged for a long line.
        let found = state.free.iter().position(|buffer| buffer.len() == bytes);
        let mut buffer = found.map(|index| state.free.swap_remove(index));
        if buffer.is_none() {
            state.free.clear();
        }
        drop(state);
        let bytes = buffer.take().unwrap_or_else(|| vec![0; bytes]);
        PoolBuffer { bytes, pool: Arc::clone(&self.0) }
    }

    /// Returns the bytes that are lent now.
    #[must_use]
    pub fn bytes_out(&self) -> usize {
        self.0.lock().bytes_out
    }

    /// Returns the most bytes that were lent at once.
    #[must_use]
    pub fn most_bytes_out(&self) -> usize {
        self.0.lock().most_bytes_out
    }

    /// Changes the limit; what is lent already stays so.
    pub fn set_limit_bytes(&self, limit_bytes: usize) {
        let mut state = self.0.lock();
        state.limit_bytes = limit_bytes;
        state.free.clear();
        drop(state);
        self.0.given_back.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give_back(&self, buffer: Vec<u8>) {
        // It has become a chunk, which gives it back.
        if buffer.is_empty() {
            return;
        }
        let mut state = self.lock();
        state.bytes_out -= buffer.len();
        if state.bytes_out + buffer.len() <= state.limit_bytes {
            state.free.push(buffer);
        }
        drop(state);
        self.given_back.notify_all();
    }
}

/// A buffer that is lent and not filled yet.
#[derive(Debug)]
pub(crate) struct PoolBuffer {
    bytes: Vec<u8>,
    pool: Arc<Shared>,
}

impl PoolBuffer {
    /// Makes a chunk of the first bytes, which begin there in the input.
    pub(crate) fn fill(mut self, length: usize, offset: u64) -> Chunk {
        let buffer = std::mem::take(&mut self.bytes);
        assert!(length <= buffer.len(), "{length} of {} bytes", buffer.len());
        Chunk(Arc::new(Filled { buffer, length, offset, pool: Arc::clone(&self.pool) }))
    }
}

impl LineBuffer for PoolBuffer {
    fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// Enlarges the buffer, for a line that is longer than the buffer. The limit does not hold for
    /// it: half a line is of no use to anyone, who could then let go of other chunks.
    fn enlarge(&mut self, bytes: usize) {
        let more = bytes.saturating_sub(self.bytes.len());
        if more == 0 {
            return;
        }
        self.bytes.enlarge(bytes);
        let mut state = self.pool.lock();
        state.bytes_out += more;
        state.most_bytes_out = state.most_bytes_out.max(state.bytes_out);
    }
}

impl Drop for PoolBuffer {
    fn drop(&mut self) {
        self.pool.give_back(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_chunk_goes_back_with_its_last_clone() {
        let pool = ChunkPool::new(100);
        let mut buffer = pool.take(50);
        buffer.bytes_mut()[..3].copy_from_slice(b"a|b");
        let chunk = buffer.fill(3, 7);
        let other = chunk.clone();
        assert_eq!((chunk.as_ref(), chunk.offset()), (&b"a|b"[..], 7));
        let place = other.as_ref().as_ptr();
        drop(chunk);
        assert_eq!(pool.bytes_out(), 50);
        drop(other);
        assert_eq!((pool.bytes_out(), pool.most_bytes_out()), (0, 50));
        let again = pool.take(50).fill(3, 0);
        assert_eq!(again.as_ref().as_ptr(), place, "the buffer is used again");
    }

    #[test]
    fn no_more_is_lent_than_the_limit() {
        let pool = ChunkPool::new(100);
        let first = pool.take(60).fill(0, 0);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.take(60));
            thread::sleep(Duration::from_millis(20));
            assert!(!waiting.is_finished());
            drop(first);
            drop(waiting.join().unwrap());
        });
        assert_eq!(pool.most_bytes_out(), 60);
        let large = pool.take(1000);
        assert_eq!(pool.bytes_out(), 1000, "it is lent when no other is");
        drop(large);
    }

    #[test]
    fn a_longer_line_enlarges_its_buffer() {
        let pool = ChunkPool::new(100);
        let mut buffer = pool.take(50);
        buffer.bytes_mut()[49] = 7;
        buffer.enlarge(500);
        assert_eq!((buffer.bytes().len(), buffer.bytes()[49]), (500, 7));
        assert_eq!(pool.bytes_out(), 500);
        drop(buffer);
        assert_eq!(pool.bytes_out(), 0);
        assert_eq!(pool.take(50).bytes().len(), 50);
    }

    #[test]
    fn a_limit_that_is_raised_lets_others_go_on() {
        let pool = ChunkPool::new(10);
        let _first = pool.take(10);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.take(10));
            thread::sleep(Duration::from_millis(20));
            assert!(!waiting.is_finished());
            pool.set_limit_bytes(20);
            drop(waiting.join().unwrap());
        });
    }
}
