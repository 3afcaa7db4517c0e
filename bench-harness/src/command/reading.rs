//! The parts that the verbs that compare results share: files, filters, formats.

use std::path::Path;

use anyhow::{Context, Result};
use clap::ValueEnum;
use delimark_report::comparison::{Findings, Selection, Source};
use delimark_results::{Results, display};
use regex::Regex;

/// The filters of the cells to look at.
#[derive(clap::Args)]
pub(super) struct Filters {
    /// Take only engines whose name matches this regular expression
    #[arg(long, value_name = "REGEX")]
    engines: Option<Regex>,

    /// Take only models whose name matches this regular expression
    #[arg(long, value_name = "REGEX")]
    models: Option<Regex>,

    /// Take only data sets whose name matches this regular expression
    #[arg(long, value_name = "REGEX")]
    datasets: Option<Regex>,
}

impl Filters {
    /// Checks that each of them fits something.
    pub(super) fn selection(&self, sources: &[Source]) -> Result<Selection> {
        let selection = Selection {
            engines: self.engines.clone(),
            models: self.models.clone(),
            datasets: self.datasets.clone(),
        };
        selection.check(sources)?;
        Ok(selection)
    }
}

/// The format of standard output.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Tables of 100 columns, for people
    Text,
    /// The same for a repository or an issue
    Markdown,
    /// One document for programs; its schema is in reports/
    Json,
}

impl Format {
    /// Renders findings in this format.
    pub(super) fn render(self, findings: &impl Findings) -> String {
        match self {
            Self::Text => findings.text(),
            Self::Markdown => findings.markdown(),
            Self::Json => findings.json(),
        }
    }
}

pub(super) fn read(path: &Path) -> Result<Source> {
    let name = display::path(path);
    let results = Results::read(path).with_context(|| format!("cannot use {name}"))?;
    Ok(Source { name, results })
}
