//! The report's destinations: standard output, and files whose names say in which form.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use delimark_report::gate::Report;

use crate::command::print_verdict;
use crate::exit::Exit;

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Tables of 100 columns, for people
    Text,
    /// One document for programs, see reports/gate.schema.json
    Json,
    /// JUnit XML, for CI systems
    Junit,
    /// The same as text, for a pull request or the summary of a step
    Markdown,
    /// The times of all cells with their intervals, a picture
    Svg,
}

impl Format {
    fn render(self, report: &Report) -> Result<String> {
        Ok(match self {
            Self::Text => report.text(),
            Self::Json => report.json(),
            Self::Junit => report.junit(),
            Self::Markdown => report.markdown(),
            Self::Svg => report.picture()?.1,
        })
    }

    fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("txt") => Ok(Self::Text),
            Some("json") => Ok(Self::Json),
            Some("xml") => Ok(Self::Junit),
            Some("md") => Ok(Self::Markdown),
            Some("svg") => Ok(Self::Svg),
            _ => bail!("{} ends with none of .txt, .json, .xml, .md and .svg", path.display()),
        }
    }
}

/// Checks that every file can be written, before anything is measured. Files that are there are
/// left alone, and none is added: an empty file would look like a report.
pub(super) fn check(paths: &[PathBuf]) -> Result<()> {
    for path in paths {
        Format::of(path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder {
            fs::create_dir_all(folder)
                .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        }
        let was_there = path.exists();
        File::options()
            .create(true)
            .append(true)
            .open(path)
            .and_then(|_| if was_there { Ok(()) } else { fs::remove_file(path) })
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

/// Writes the files, then standard output; returns the exit code.
pub(super) fn write(
    report: &Report,
    exit: Exit,
    format: Format,
    paths: &[PathBuf],
) -> Result<Exit> {
    for path in paths {
        fs::write(path, text_of(report, path, paths)?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    print_verdict(&format.render(report)?, exit)
}

/// Returns a file's text. Markdown shows the picture where that is written, too.
fn text_of(report: &Report, path: &Path, paths: &[PathBuf]) -> Result<String> {
    let format = Format::of(path)?;
    let mut text = format.render(report)?;
    let picture = paths.iter().find(|other| Format::of(other).is_ok_and(|it| it == Format::Svg));
    if let (Format::Markdown, Some(picture)) = (format, picture) {
        let link = match picture.file_name() {
            Some(name) if picture.parent() == path.parent() => Path::new(name),
            _ => picture,
        };
        text += &format!("\n![{}]({})\n", report.picture()?.0, link.display());
    }
    Ok(text)
}
