//! The reasons of engines for not doing a model.

use std::borrow::Cow;
use std::{error, fmt};

/// The reason of an engine for not doing a model on an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    kind: Kind,
    reason: Cow<'static, str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The model belongs to engines of another kind.
    Foreign,
    /// The engine does not do the model on any data.
    Model,
    /// The engine does not do right by this input.
    Input,
}

impl Unsupported {
    /// The reason of every engine that is no whole command.
    pub(super) const NO_COMMAND: Self = Self::foreign("it is no whole command");

    /// The reason of engines that split at every delimiter.
    pub(super) const QUOTES: Self =
        Self::input("fields of the data are quoted, and it knows no quotes");

    /// Makes the reason where a model belongs to engines of another kind: an engine that is asked
    /// for nothing else is no part of a run.
    #[must_use]
    pub const fn foreign(reason: &'static str) -> Self {
        Self { kind: Kind::Foreign, reason: Cow::Borrowed(reason) }
    }

    /// Makes the reason where the engine does not do a model, whatever the data.
    #[must_use]
    pub const fn model(reason: &'static str) -> Self {
        Self { kind: Kind::Model, reason: Cow::Borrowed(reason) }
    }

    /// Makes the reason where the engine does the model, and does not do right by this input.
    #[must_use]
    pub const fn input(reason: &'static str) -> Self {
        Self { kind: Kind::Input, reason: Cow::Borrowed(reason) }
    }

    /// Puts a reason in its place that was made at run time.
    pub(super) fn because(self, reason: &str) -> Self {
        Self { reason: Cow::Owned(reason.to_owned()), ..self }
    }

    /// Tells whether the model belongs to engines of another kind.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.kind == Kind::Foreign
    }

    /// Returns the reason as a clause about the engine.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

impl error::Error for Unsupported {}
