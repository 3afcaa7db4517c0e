//! The plots of a report as SVG: transparent, with colours that follow the reader's theme.

use std::error::Error;
use std::fmt;

use delimark_results::Dataset;
use delimark_runner::model::Model;

use super::view::{self, Section, View};

mod axis;
mod canvas;
mod changes;
mod detection;
mod distribution;
mod names;
mod overview;
mod palette;
mod roofline;
mod runtimes;
mod scaling;
mod shares;
mod throughput;
mod working_set;

pub(crate) use self::changes::{ChangeRow, Tone, changes};
pub(crate) use self::detection::{Curve, detection};
use self::overview::Page;

/// The folder beside the report that plots are written to.
pub(super) const DIRECTORY: &str = "plots";

/// A drawn plot.
#[derive(Clone, Debug)]
pub struct Plot {
    /// The kind of plot.
    pub kind: PlotKind,
    /// Its file, relative to the report.
    pub path: String,
    /// The text for those who cannot see it.
    pub description: String,
    /// The picture; it stands alone and can be put into a page as it is.
    pub svg: String,
    /// The same for a page as narrow as a phone, where it would be too small to read.
    pub narrow: Option<String>,
}

/// The kind of a plot, by what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlotKind {
    /// Throughput of every engine on every model.
    Overview,
    /// Throughput of the engines of a model.
    Throughput,
    /// Throughput of the modules under each runtime of WebAssembly.
    Runtimes,
    /// The part of the time that each step of a scan takes.
    Shares,
    /// Bytes a cycle against instructions a byte.
    Roofline,
    /// Spread of the time per record over bursts.
    Distribution,
    /// Throughput against working set.
    WorkingSet,
    /// Throughput against threads.
    Scaling,
}

impl PlotKind {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 8] = [
        Self::Overview,
        Self::Throughput,
        Self::Runtimes,
        Self::Shares,
        Self::Roofline,
        Self::Distribution,
        Self::WorkingSet,
        Self::Scaling,
    ];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Overview => "Every engine on every model",
            Self::Throughput => "Throughput",
            Self::Runtimes => "The same WebAssembly under each engine",
            Self::Shares => "Where the time goes",
            Self::Roofline => "Bytes a cycle against instructions a byte",
            Self::Distribution => "Time per record over bursts",
            Self::WorkingSet => "Throughput against working set",
            Self::Scaling => "Throughput against threads",
        }
    }

    /// Returns the file of a plot of this kind, relative to the report.
    pub(super) fn path(self, dataset: &Dataset, name: &str) -> String {
        let names = [self.file_stem(), &slug(&dataset.name), &slug(name)].join("-");
        format!("{DIRECTORY}/{names}.svg")
    }

    const fn file_stem(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Throughput => "throughput",
            Self::Runtimes => "runtimes",
            Self::Shares => "shares",
            Self::Roofline => "roofline",
            Self::Distribution => "distribution",
            // As reports that are there already have it, whose files a new one replaces.
            Self::WorkingSet => "ladder",
            Self::Scaling => "scaling",
        }
    }
}

/// Writes a name as part of a file's name: ASCII letters, digits and hyphens.
pub(super) fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Tells whether a file in the folder of plots has a name that plots are written under.
pub(super) fn is_plot_name(file_name: &str) -> bool {
    let kind_of = |kind: PlotKind| {
        let rest = file_name.strip_prefix(kind.file_stem());
        rest.is_some_and(|rest| rest.starts_with('-') && rest.ends_with(".svg"))
    };
    PlotKind::ALL.into_iter().any(kind_of)
}

/// Draws every plot the results have the numbers for.
pub(super) fn draw_all(view: &View<'_>) -> Result<Vec<Plot>, PlotError> {
    let mut plots: Vec<Plot> = view.lead().map(draw_overview).transpose()?.into_iter().collect();
    for section in &view.sections {
        draw_section(view, section, &mut plots)?;
    }
    Ok(plots)
}

/// Draws every engine and model of a data set.
fn draw_overview(section: &Section<'_>) -> Result<Plot, PlotError> {
    let (description, svg) = overview::draw(section, Page::Wide)?;
    let (_, narrow) = overview::draw(section, Page::Narrow)?;
    let path = PlotKind::Overview.path(section.dataset, "models");
    Ok(Plot { kind: PlotKind::Overview, path, description, svg, narrow: Some(narrow) })
}

fn draw_section(
    view: &View<'_>,
    section: &Section<'_>,
    plots: &mut Vec<Plot>,
) -> Result<(), PlotError> {
    let dataset = section.dataset;
    let environment = &view.results.environment;
    let mut push = |kind: PlotKind, name: &str, drawing: Option<Drawing>| {
        let Some((description, svg)) = drawing else { return };
        let path = kind.path(dataset, name);
        plots.push(Plot { kind, path, description, svg, narrow: None });
    };
    for model in &section.models {
        push(PlotKind::Throughput, model.model, Some(throughput::draw(dataset, model)?));
    }
    push(PlotKind::Runtimes, view::MODEL, runtimes::draw(section)?);
    push(PlotKind::Shares, "stages", shares::draw(view.results, section)?);
    for name in [Model::Index.name(), view::MODEL] {
        if let Some(model) = section.model(name) {
            push(PlotKind::Roofline, name, roofline::draw(dataset, model, environment)?);
        }
    }
    // One model shows the spread; the others have theirs in the tables.
    if let Some(model) = section.model(view::MODEL).or(section.models.first()) {
        push(PlotKind::Distribution, model.model, distribution::draw(dataset, model)?);
    }
    let caches = environment.cpu.caches.value().map_or(&[][..], Vec::as_slice);
    for (model, points) in &section.sweeps {
        let drawing = working_set::draw(dataset, model, points, caches)?;
        push(PlotKind::WorkingSet, model, Some(drawing));
    }
    push(PlotKind::Scaling, "threads", scaling::draw(section)?);
    Ok(())
}

/// A description and a picture.
type Drawing = (String, String);

/// The reason that a plot cannot be drawn.
#[derive(Debug)]
pub struct PlotError {
    message: String,
}

impl fmt::Display for PlotError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the plot cannot be drawn: {}", self.message)
    }
}

impl Error for PlotError {}
