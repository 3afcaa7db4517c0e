//! Reports for other programs: JSON, JUnit and TAP.

mod json;
mod junit;
mod tap;

pub use self::json::json;
pub use self::junit::junit;
pub use self::tap::tap;
use super::run::Judged;
use super::verdict::{Failure, Verdict};

/// Says all that is wrong, a difference a line.
pub(super) fn details(failure: &Failure) -> String {
    let difference = |difference: &super::Difference| {
        let super::Difference { part, expected, found } = difference;
        format!("{part}: expected {expected}, found {found}\n")
    };
    failure.differences.iter().map(difference).collect()
}

/// Returns the outcome of a case with a free choice.
fn noted(judged: &Judged) -> Option<&str> {
    match &judged.verdict {
        Verdict::Noted(what) => Some(what),
        _ => None,
    }
}
