//! The cells that are looked at: the same three filters for every verb that reads results.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

use regex::Regex;

use super::Source;

/// Filters by name; all fits where there is none.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The pattern that engines have to match.
    pub engines: Option<Regex>,
    /// The pattern that models have to match.
    pub models: Option<Regex>,
    /// The pattern that data sets have to match.
    pub datasets: Option<Regex>,
}

impl Selection {
    pub(super) fn wants(&self, engine: &str, model: &str, dataset: &str) -> bool {
        let fits = |filter: &Option<Regex>, name: &str| {
            filter.as_ref().is_none_or(|filter| filter.is_match(name))
        };
        fits(&self.engines, engine) && fits(&self.models, model) && fits(&self.datasets, dataset)
    }

    /// Checks that each filter fits something, since one that fits nothing is misspelt.
    ///
    /// # Errors
    ///
    /// Fails with the names that there are, if a filter fits none of them.
    pub fn check(&self, sources: &[Source]) -> Result<(), NothingSelected> {
        let results = || sources.iter().map(|source| &source.results);
        let cells = || results().flat_map(|results| &results.cells);
        let skipped = || results().flat_map(|results| &results.skipped);
        check_filter("engine", self.engines.as_ref(), || {
            let missing = skipped().map(|skipped| &*skipped.engine);
            cells().map(|cell| &*cell.engine).chain(missing).collect()
        })?;
        check_filter("model", self.models.as_ref(), || cells().map(|cell| &*cell.model).collect())?;
        check_filter("data set", self.datasets.as_ref(), || {
            cells().map(|cell| &*cell.dataset).collect()
        })
    }
}

fn check_filter<'a>(
    what: &'static str,
    filter: Option<&Regex>,
    names: impl FnOnce() -> BTreeSet<&'a str>,
) -> Result<(), NothingSelected> {
    let Some(filter) = filter else { return Ok(()) };
    let names = names();
    if names.iter().any(|name| filter.is_match(name)) {
        return Ok(());
    }
    let names = names.into_iter().map(str::to_owned).collect();
    Err(NothingSelected { what, filter: filter.to_string(), names })
}

/// A filter fits nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NothingSelected {
    what: &'static str,
    filter: String,
    names: Vec<String>,
}

impl fmt::Display for NothingSelected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, filter, names } = self;
        write!(formatter, "no {what} matches '{filter}' (expected one of: {})", names.join(", "))
    }
}

impl Error for NothingSelected {}
