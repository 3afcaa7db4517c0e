//! Tools that count what a child process does, under one interface; one that follows a script can
//! take their place.

use delimark_results::counter::{name, source};
use delimark_results::{Counter, EngineName};

use super::child::{Callgrind, Counts, Job, SingleStep};

/// The tools.
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

    /// Returns the name among the sources.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Callgrind => source::CALLGRIND,
            Self::SingleStep => source::SINGLE_STEP,
        }
    }

    /// Returns the names of what it counts.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        match self {
            Self::Callgrind => Callgrind::names().collect(),
            Self::SingleStep => vec![name::INSTRUCTIONS],
        }
    }

    /// Returns the reason for which a count of the tool would mislead.
    fn blindness(self, count_name: &str) -> Option<&'static str> {
        let is_of_last_level = [name::LLC_MISSES, name::CACHE_MISSES].contains(&count_name);
        (self == Self::Callgrind && is_of_last_level).then_some(
            "the few lines that a child goes through fit into the last level of cache: nothing \
             would miss it",
        )
    }

    /// Returns true if an engine is worth the tool's time. Single steps are slow: they say what
    /// callgrind cannot, and whether it is right, about this project's own backends.
    #[must_use]
    pub fn is_for(self, engine: &str) -> bool {
        match self {
            Self::Callgrind => true,
            Self::SingleStep => EngineName::parse(engine).is_own(),
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

    /// Returns the kind of tool.
    #[must_use]
    pub fn kind(&self) -> ToolKind {
        self.kind
    }

    /// Returns the reason for which it is missing, if it is.
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
        let counter = |name: &'static str| {
            let index = counts.iter().position(|(counted, _)| *counted == name);
            let counter = match (index, self.kind.blindness(name)) {
                (Some(index), None) => Counter::Counted(counts.swap_remove(index).1),
                (Some(_), Some(why)) => Counter::Unavailable { unavailable: why.to_owned() },
                (None, _) => Counter::Unavailable { unavailable: reason.clone() },
            };
            (name, counter)
        };
        self.kind.names().into_iter().map(counter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::child::{Child, WindowFile};
    use super::*;
    use crate::workload::{FileOptions, Workload};
    use delimark::Dialect;
    use delimark_results::Count;
    use delimark_runner::model::Model;

    /// Returns the count, or the reason for its absence, of each of callgrind's names.
    fn counted(answer: Result<Counts, String>) -> Vec<(&'static str, Result<f64, String>)> {
        let mut file = tempfile::NamedTempFile::new().expect("a file can be made");
        std::io::Write::write_all(&mut file, b"a|b\nc|d\n").expect("it can be written");
        let dialect = Dialect::new(b'|').and_then(|dialect| dialect.with_columns(2));
        let dialect = dialect.expect("'|' is a delimiter");
        let options = FileOptions { dialect, memory_limit_bytes: u64::MAX };
        let workload = Workload::from_file(file.path(), options).expect("it has lines");
        let window = WindowFile::cut(&workload, 4).expect("a window can be cut");
        let (program, engine) = ("delimark".into(), "delimark/scalar".to_owned());
        let (child, model) = (Child::Harness, Model::Index);
        let job = Job { program, child, engine, executed: None, model, window };
        let tool = Tool::new(ToolKind::Callgrind, Ok(move |_: &Job| answer.clone()));
        let outcome = |counter| match counter {
            Counter::Counted(Count { value, .. }) => Ok(value),
            Counter::Unavailable { unavailable } => Err(unavailable),
        };
        tool.count(&job).into_iter().map(|(name, counter)| (name, outcome(counter))).collect()
    }

    fn count(name: &'static str, value: f64) -> (&'static str, Count) {
        let source = source::CALLGRIND.to_owned();
        (name, Count { value, source, event: None, window: None })
    }

    #[test]
    fn each_name_has_a_count_or_a_reason() {
        let failed = counted(Err("it died".to_owned()));
        assert_eq!(failed.len(), 8);
        assert!(failed.iter().all(|(_, outcome)| *outcome == Err("it died".to_owned())));
        for (name, outcome) in counted(Ok(vec![count(name::INSTRUCTIONS, 70.0)])) {
            match name {
                name::INSTRUCTIONS => assert_eq!(outcome, Ok(70.0)),
                _ => assert_eq!(outcome, Err("callgrind gave no such count".to_owned())),
            }
        }
    }

    #[test]
    fn misses_of_a_cache_that_holds_everything_are_no_zero() {
        let counts = vec![count(name::LLC_MISSES, 0.0), count(name::L1D_MISSES, 9.0)];
        for (name, outcome) in counted(Ok(counts)) {
            match name {
                name::LLC_MISSES => assert!(outcome.is_err_and(|why| why.contains("fit into"))),
                name::L1D_MISSES => assert_eq!(outcome, Ok(9.0)),
                _ => assert!(outcome.is_err()),
            }
        }
    }
}
