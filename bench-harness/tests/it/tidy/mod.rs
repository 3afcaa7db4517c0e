//! The repository's own rules as tests, so that no review has to remember them.

mod backends;
mod crates;
mod imports;
mod language;
mod layers;
mod oldest_rust;
mod text;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of the repository, ignored ones left out.
struct Source {
    /// Its path from the root, with slashes.
    name: String,
    path: PathBuf,
    text: String,
}

impl Source {
    fn is_rust(&self) -> bool {
        self.has_extension("rs")
    }

    fn has_extension(&self, extension: &str) -> bool {
        self.path.extension().is_some_and(|found| found == extension)
    }

    /// Returns the lines with their numbers, from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }

    /// Returns them as [`lines`](Self::lines) does, without those that are nothing but a comment.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is a folder of the workspace")
}

/// Returns every text file that git knows of, or would take in.
fn sources() -> Vec<Source> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("these tests list the repository's files with git, which cannot be started");
    assert!(output.status.success(), "git: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("names of files are UTF-8");
    let sources: Vec<Source> = names.split_terminator('\0').filter_map(source).collect();
    assert!(sources.iter().any(|source| source.name == "Cargo.toml"), "this is no checkout");
    sources
}

/// Returns every file of Rust.
fn rust() -> Vec<Source> {
    let mut sources = sources();
    sources.retain(Source::is_rust);
    assert!(sources.len() > 50, "{} Rust files were found", sources.len());
    sources
}

/// Reads a file; nothing where it is not text, or deleted and not yet committed as such.
fn source(name: &str) -> Option<Source> {
    let path = root().join(name);
    let text = String::from_utf8(fs::read(&path).ok()?).ok()?;
    Some(Source { name: name.to_owned(), path, text })
}

/// Fails with every place that breaks a rule, not with the first alone.
#[track_caller]
fn assert_none(rule: &str, places: impl IntoIterator<Item = String>) {
    let places: Vec<String> = places.into_iter().collect();
    assert!(places.is_empty(), "{rule}:\n  {}", places.join("\n  "));
}

/// Returns the places of lines that are wrong.
fn places<'a>(
    lines: impl Iterator<Item = (usize, &'a str)>,
    name: &str,
    is_wrong: impl Fn(&str) -> bool,
) -> Vec<String> {
    let wrong = lines.filter(|(_, line)| is_wrong(line));
    wrong.map(|(number, line)| format!("{name}:{number}: {}", line.trim())).collect()
}
