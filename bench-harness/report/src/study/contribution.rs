//! A file of the study: its results and what its seal says of them, taken from the text together,
//! since results that were read do not tell whether they are the ones that were written.

use std::error::Error as _;

use delimark_results::{Results, ResultsError, Seal};

/// The way to mend a contribution that was changed.
pub(super) const AS_WRITTEN: &str = "contribute the file as `delimark-bench run` wrote it";

/// One file of the study.
#[derive(Debug)]
pub struct Contribution {
    /// Its path within the folder of machines, with slashes.
    pub path: String,
    /// Its content.
    pub results: Results,
    /// The seal, which tells whether that is what was written.
    pub seal: Seal,
}

/// A file that the study does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its path within the folder of machines.
    pub path: String,
    /// The flaw, and what to do about it.
    pub reason: String,
}

impl Contribution {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// The text is none of results, with the reason that every reader gives.
    pub fn read(path: &str, text: &str) -> Result<Self, Refusal> {
        let read = || -> Result<Self, ResultsError> {
            let results = Results::from_json(text)?;
            Ok(Self { path: path.to_owned(), results, seal: Seal::of(text)? })
        };
        read().map_err(|error| {
            let reason = format!("{}: {AS_WRITTEN}", with_causes(&error));
            Refusal { path: path.to_owned(), reason }
        })
    }
}

/// Writes an error with its causes after it.
fn with_causes(error: &ResultsError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
