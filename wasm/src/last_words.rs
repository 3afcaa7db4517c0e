//! The message of a panic, kept for the runtime to read: a trap carries no message.

use std::cell::RefCell;
use std::panic;
use std::sync::Once;

thread_local! {
    static WORDS: RefCell<String> = const { RefCell::new(String::new()) };
}

static HOOK: Once = Once::new();

/// Has every panic from now on write its message down.
pub(crate) fn keep() {
    HOOK.call_once(|| {
        panic::set_hook(Box::new(|panic| WORDS.set(panic.to_string())));
    });
}

/// Returns the message's address and length.
pub(crate) fn get() -> (*const u8, usize) {
    WORDS.with_borrow(|words| (words.as_ptr(), words.len()))
}
