//! Standard streams that were closed when the process was started.
//!
//! The standard library opens the null device in their place before `main` runs, so that no file
//! lands on their descriptors by accident. What is written there is lost in silence, so they are
//! looked at before that.

use std::sync::atomic::{AtomicU8, Ordering};

use rustix::io::fcntl_getfd;
use rustix::stdio;

const INPUT: u8 = 1;
const OUTPUT: u8 = 2;

/// A bit for each stream that was closed.
static CLOSED: AtomicU8 = AtomicU8::new(0);

ctor::declarative::ctor! {
    #[ctor(unsafe)]
    fn look() {
        // Before `main` there is little that may be called: two system calls and an atomic are.
        let input = if fcntl_getfd(stdio::stdin()).is_err() { INPUT } else { 0 };
        let output = if fcntl_getfd(stdio::stdout()).is_err() { OUTPUT } else { 0 };
        CLOSED.store(input | output, Ordering::Relaxed);
    }
}

/// Tells whether the process was started without standard input.
pub(crate) fn is_input_closed() -> bool {
    CLOSED.load(Ordering::Relaxed) & INPUT != 0
}

/// Tells whether the process was started without standard output.
pub(crate) fn is_output_closed() -> bool {
    CLOSED.load(Ordering::Relaxed) & OUTPUT != 0
}
