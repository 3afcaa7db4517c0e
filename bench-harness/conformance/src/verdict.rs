//! Verdicts on an engine's answer to a case.

use std::fmt;

use super::case::{Case, Class};
use super::compare::{Comparison, Difference, Strictness, compare};
use super::facts::Facts;

/// The verdict on an engine's answer to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Nothing is wrong, and this is what the engine did: the case is free, or it was rejected as
    /// expected in a way that may be a crash.
    Noted(String),
    /// Not as expected.
    Failed(Failure),
    /// The engine could not be asked any more; the reason.
    NotRun(String),
    /// The engine was not asked, as its runtime would answer wrongly whatever the engine did.
    LeftOut(&'static str),
}

/// A failure of an engine on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its kind.
    pub kind: FailureKind,
    /// A remark beyond the kind and the differences.
    pub message: Option<String>,
    /// The end of what the engine wrote to standard error, where it wrote anything.
    pub last_words: Option<String>,
    /// The ways to put the case that failed, where there are several.
    pub variants: Option<FailedVariants>,
    /// The differences, the records first.
    pub differences: Vec<Difference>,
}

/// The ways to put a case that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedVariants {
    /// The number of them.
    pub failed: u64,
    /// The number of all ways.
    pub all: u64,
    /// The first of them.
    pub first: String,
}

impl fmt::Display for FailedVariants {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { failed, all, first } = self;
        write!(formatter, "{failed} of {all} variants, first: {first}")
    }
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// It ended in another way than by accepting or rejecting.
    Crash,
    /// It did not end in time.
    Hang,
    /// It answered with something that is no answer.
    Garbage,
    /// It accepted what has to be rejected.
    WronglyAccepted,
    /// It rejected what has to be accepted.
    WronglyRejected,
    /// It found other records.
    WrongRecords,
    /// The records are right, but something that it says about them is not.
    WrongFacts,
    /// It contradicts itself.
    Inconsistent,
}

impl FailureKind {
    /// Every kind, the worst first.
    pub const ALL: [Self; 8] = [
        Self::Crash,
        Self::Hang,
        Self::Garbage,
        Self::WronglyAccepted,
        Self::WronglyRejected,
        Self::WrongRecords,
        Self::WrongFacts,
        Self::Inconsistent,
    ];

    /// Returns the kind's name in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Hang => "hang",
            Self::Garbage => "garbage",
            Self::WronglyAccepted => "wrongly accepted",
            Self::WronglyRejected => "wrongly rejected",
            Self::WrongRecords => "wrong records",
            Self::WrongFacts => "wrong facts",
            Self::Inconsistent => "inconsistent",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl Failure {
    /// Makes a failure that needs no more than a sentence.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        let message = Some(message.into());
        Self { kind, message, last_words: None, variants: None, differences: Vec::new() }
    }

    /// Says in one line what is wrong, without what changes from one time to the next.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut line = self.kind.to_string();
        if let Some(variants) = &self.variants {
            line.push_str(&format!(", {variants}"));
        }
        if let Some(message) = &self.message {
            line.push_str(&format!(": {message}"));
        }
        line
    }

    /// Says in one line what is wrong, and what the engine said to it.
    #[must_use]
    pub fn headline(&self) -> String {
        let mut line = self.summary();
        if let Some(words) = &self.last_words {
            line.push_str(&format!("; standard error ends: {words}"));
        }
        line
    }

    /// Compares an answer with a case; nothing where they agree, or any answer is right.
    #[must_use]
    pub fn of_facts(case: &Case, found: &Facts, strictness: Strictness) -> Option<Self> {
        if strictness == Strictness::Everything
            && let [first, ..] = &found.inconsistencies[..]
        {
            return Some(Self::new(FailureKind::Inconsistent, first));
        }
        if case.class == Class::Free {
            return None;
        }
        let Comparison { records, facts } = compare(case, found, strictness);
        let kind = match (case.class, &found.error) {
            _ if records.is_empty() && facts.is_empty() => return None,
            (Class::Reject, None) if strictness == Strictness::Everything => {
                FailureKind::WronglyAccepted
            }
            (Class::Accept, Some(_)) => FailureKind::WronglyRejected,
            _ if records.is_empty() => FailureKind::WrongFacts,
            _ => FailureKind::WrongRecords,
        };
        let differences = records.into_iter().chain(facts).collect();
        Some(Self { kind, message: None, last_words: None, variants: None, differences })
    }
}
