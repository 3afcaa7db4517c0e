//! Tools that count what a child process does, under one interface; one that follows a script can
//! take their place.

use super::child::{Callgrind, Counts, Job, SingleStep};
use crate::results::Counter;
use crate::results::counter::{name, source};

/// Which tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolKind {
    /// See [`Callgrind`].
    Callgrind,
    /// See [`SingleStep`].
    SingleStep,
}

impl ToolKind {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::Callgrind, Self::SingleStep];

    /// The name among the sources.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Callgrind => source::CALLGRIND,
            Self::SingleStep => source::SINGLE_STEP,
        }
    }

    /// The names of what it counts.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Callgrind => &[
                name::INSTRUCTIONS,
                name::BRANCHES,
                name::BRANCH_MISSES,
                name::CACHE_REFERENCES,
                name::CACHE_MISSES,
                name::LLC_LOADS,
                name::LLC_MISSES,
                name::L1D_MISSES,
            ],
            Self::SingleStep => &[name::INSTRUCTIONS],
        }
    }

    /// Whether an engine is worth the tool's time. Single steps are slow: they say what callgrind
    /// cannot, and whether it is right, about this project's own backends.
    #[must_use]
    pub fn is_for(self, engine: &str) -> bool {
        match self {
            Self::Callgrind => true,
            Self::SingleStep => engine.starts_with("delimark/"),
        }
    }
}

type Count = dyn Fn(&Job) -> Result<Counts, String> + Send + Sync;

/// A tool, or the reason why it is not here.
pub struct Tool {
    kind: ToolKind,
    count: Result<Box<Count>, String>,
}

impl Tool {
    /// Looks for a tool.
    #[must_use]
    pub fn find(kind: ToolKind) -> Self {
        match kind {
            ToolKind::Callgrind => {
                Self::new(kind, Callgrind::find().map(|tool| move |job: &Job| tool.count(job)))
            }
            ToolKind::SingleStep => {
                Self::new(kind, SingleStep::find().map(|tool| move |job: &Job| tool.count(job)))
            }
        }
    }

    /// Puts something in a tool's place.
    #[must_use]
    pub fn new<F>(kind: ToolKind, count: Result<F, String>) -> Self
    where
        F: Fn(&Job) -> Result<Counts, String> + Send + Sync + 'static,
    {
        Self { kind, count: count.map(|count| Box::new(count) as Box<Count>) }
    }

    /// Which tool it is.
    #[must_use]
    pub fn kind(&self) -> ToolKind {
        self.kind
    }

    /// Why it is not here, if it is not.
    #[must_use]
    pub fn missing(&self) -> Option<&str> {
        self.count.as_ref().err().map(String::as_str)
    }

    /// Has a child count; a count or a reason for each of the tool's names.
    #[must_use]
    pub fn count(&self, job: &Job) -> Vec<(&'static str, Counter)> {
        let counted = self.count.as_ref().map_err(Clone::clone).and_then(|count| count(job));
        let reason = match &counted {
            Ok(_) => format!("{} gave no such count", self.kind.source()),
            Err(reason) => reason.clone(),
        };
        let mut counts = counted.unwrap_or_default();
        let counter = |name: &&'static str| {
            let place = counts.iter().position(|(counted, _)| counted == name);
            let counter = match place {
                Some(place) => Counter::Counted(counts.swap_remove(place).1),
                None => Counter::Unavailable { unavailable: reason.clone() },
            };
            (*name, counter)
        };
        self.kind.names().iter().map(counter).collect()
    }
}
