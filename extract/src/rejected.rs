//! Records that are not in the log format.

/// The place of such a record, and the reason.
#[derive(Clone, Debug)]
pub(crate) struct Rejected {
    /// The number of its line, from 1.
    pub(crate) line_number: u64,
    /// The offset of its first byte in the input.
    pub(crate) offset: u64,
    /// The fault. It reads on behind "the line".
    pub(crate) reason: Box<str>,
}
