//! From results to what people read: a page, a Markdown file, plots and terminal tables.
//!
//! `view` arranges the results once. `verdict`, `causes`, `noise` and `method` are the words of a
//! report, `tables`, `telling`, `counters`, `time_shares`, `threads` and `facts` its numbers,
//! `plots` its pictures, and `chapters` puts them in order. `html`, `markdown` and `terminal` only
//! lay out, so the three cannot disagree.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use delimark_results::Results;

mod causes;
mod chapters;
mod counters;
mod declared;
mod facts;
mod html;
pub(crate) mod markdown;
mod method;
mod noise;
mod plots;
mod skipped;
mod tables;
mod telling;
pub mod terminal;
mod threads;
mod time_shares;
mod verdict;
mod view;

pub use chapters::{Chapter, Item};
pub use facts::Facts;
pub(crate) use facts::of_environment as environment_facts;
pub(crate) use plots::{ChangeRow, Curve, Tone, changes, detection};
pub use plots::{Plot, PlotError, PlotKind};
pub(crate) use tables::describe;
pub use tables::{Content, Entry, Table, TableRow};
pub use view::Family;

/// A report, ready to be written.
#[derive(Clone, Debug)]
pub struct Report {
    /// The page: one file that needs no other.
    pub html: String,
    /// The Markdown file, which links the plots.
    pub markdown: String,
    /// The plots as files of their own.
    pub plots: Vec<Plot>,
}

/// The paths that a report was written to.
#[derive(Clone, Debug)]
pub struct ReportFiles {
    /// The page.
    pub html: PathBuf,
    /// The Markdown file.
    pub markdown: PathBuf,
}

/// Makes a report from results alone.
///
/// # Errors
///
/// Fails if a plot cannot be drawn.
pub fn render(results: &Results) -> Result<Report, PlotError> {
    let view = view::View::new(results);
    let plots = plots::draw_all(&view)?;
    Ok(Report {
        html: html::render(&view, &plots),
        markdown: markdown::render(&view, &plots),
        plots,
    })
}

/// Writes `report.html`, `report.md` and `plots/*.svg` into a folder, making it if it is absent,
/// and removes the plots of an earlier report there.
///
/// # Errors
///
/// Fails if a plot cannot be drawn or a file cannot be written.
pub fn write(results: &Results, directory: &Path) -> Result<ReportFiles, ReportError> {
    let report = render(results).map_err(ErrorKind::Plot)?;
    let plots = directory.join(plots::DIRECTORY);
    fs::create_dir_all(&plots)
        .and_then(|()| remove_plots(&plots))
        .map_err(|error| ErrorKind::Io(plots.clone(), error))?;
    for plot in &report.plots {
        write_file(directory.join(&plot.path), &plot.svg)?;
    }
    Ok(ReportFiles {
        html: write_file(directory.join("report.html"), &report.html)?,
        markdown: write_file(directory.join("report.md"), &report.markdown)?,
    })
}

/// Removes plots of an earlier report, which may be of models that this one does not have.
fn remove_plots(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(plots::is_plot_name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn write_file(path: PathBuf, text: &str) -> Result<PathBuf, ReportError> {
    match fs::write(&path, text) {
        Ok(()) => Ok(path),
        Err(error) => Err(ErrorKind::Io(path, error).into()),
    }
}

/// The reason that a report cannot be written.
#[derive(Debug)]
pub struct ReportError {
    kind: ErrorKind,
}

#[derive(Debug)]
enum ErrorKind {
    Io(PathBuf, io::Error),
    Plot(PlotError),
}

impl fmt::Display for ReportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Io(path, _) => write!(formatter, "cannot write {}", path.display()),
            ErrorKind::Plot(_) => formatter.write_str("cannot draw the report"),
        }
    }
}

impl Error for ReportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            ErrorKind::Io(_, error) => Some(error),
            ErrorKind::Plot(error) => Some(error),
        }
    }
}

impl From<ErrorKind> for ReportError {
    fn from(kind: ErrorKind) -> Self {
        Self { kind }
    }
}
