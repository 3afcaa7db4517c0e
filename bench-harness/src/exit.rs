//! The exit codes that every verb shares.

use std::process::ExitCode;

/// The end of a verb, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All went well.
    Success = 0,
    /// An answer was wrong, or a ragged record was met under the policy `error`.
    Failure = 1,
    /// The command line or the environment (a file, the machine) does not allow it.
    Usage = 2,
    /// A measured regression.
    Regression = 3,
    /// The measurements allow no verdict.
    Inconclusive = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
