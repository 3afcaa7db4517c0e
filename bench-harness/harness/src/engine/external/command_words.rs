//! The words of a command in a declaration, with places to fill in: they are checked when the file
//! is read, and filled in when the input is known.

use std::ffi::OsStr;
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result, ensure};
use regex::{Captures, Regex};

use crate::engine::command::shell;
use crate::runtime::Missing;

/// A place: a name in braces. What awk writes in braces has blanks.
static PLACE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{([a-z_]+)\}").expect("the pattern is a constant"));

/// A program and its arguments.
#[derive(Clone, Debug)]
pub(super) struct Words(Vec<String>);

impl Words {
    /// Splits a command as a shell does, without its other powers.
    ///
    /// # Errors
    ///
    /// It is empty, has an open quote, or a place that is not among these.
    pub(super) fn parse(key: &str, command: &str, places: &[&str]) -> Result<Self> {
        let words = shell_words::split(command)
            .with_context(|| format!("'{key}' cannot be split into words"))?;
        ensure!(!words.is_empty(), "'{key}' is empty");
        for place in words.iter().flat_map(|word| PLACE.captures_iter(word)) {
            let name = &place[1];
            ensure!(
                places.contains(&name),
                "{{{name}}} cannot stand in '{key}'; there are {}",
                places.join(", ")
            );
        }
        Ok(Self(words))
    }

    /// Tells whether there is such a place.
    pub(super) fn has(&self, place: &str) -> bool {
        let place = format!("{{{place}}}");
        self.0.iter().any(|word| word.contains(&place))
    }

    /// Fills in the places, and finds the program as the shell would.
    pub(super) fn fill(&self, values: &[(&str, String)]) -> Result<Filled, Missing> {
        let value = |place: &Captures<'_>| {
            let value = values.iter().find(|(name, _)| *name == &place[1]);
            value.map_or_else(|| place[0].to_owned(), |(_, value)| value.clone())
        };
        let mut words = self.0.iter().map(|word| PLACE.replace_all(word, value).into_owned());
        let program = words.next().unwrap_or_default();
        let arguments = words.collect();
        match which::which(&program) {
            Ok(program) => Ok(Filled { program, arguments }),
            Err(_) => Err(Missing::new(absence(&program, &arguments))),
        }
    }
}

/// Says why there is no such program, and what to do.
fn absence(program: &str, arguments: &[String]) -> String {
    if program.contains('/') && Path::new(program).is_file() {
        return format!("the file '{program}' is not executable; `chmod +x` makes it so");
    }
    let words = iter::once(program).chain(arguments.iter().map(String::as_str));
    format!("there is no program '{program}'{}", shell::hint(words.map(OsStr::new)))
}

/// A command that can be started.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Filled {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_awk_keeps_its_braces() {
        let words = Words::parse("command", "sh -F{d} '{print {f}}'", &["d", "f"]).unwrap();
        let values = [("d", "{f}".to_owned()), ("f", "$1".to_owned())];
        let filled = words.fill(&values).unwrap();
        assert_eq!(filled.arguments, ["-F{f}", "{print $1}"], "nothing is filled in twice");
    }
}
