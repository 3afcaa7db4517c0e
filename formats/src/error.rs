//! Errors of format strings: the place in the string, the reason, and a way out.

use std::fmt;

/// A log format that cannot be read, or by which lines cannot be split safely.
///
/// Its text has the line of the format with a caret below the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    format: String,
    offset: usize,
    reason: String,
}

impl FormatError {
    pub(crate) fn new(format: &str, offset: usize, reason: impl Into<String>) -> Self {
        Self { format: format.to_owned(), offset: offset.min(format.len()), reason: reason.into() }
    }

    /// Tells the place in a text that the format is a part of, from this byte on.
    pub(crate) fn within(self, text: &str, start: usize) -> Self {
        Self::new(text, start + self.offset, self.reason)
    }

    /// Returns the place in the format string, in bytes from its start.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the reason, with what to do, without the place.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, offset, reason } = self;
        write!(formatter, "log format at byte {offset}: {reason}")?;
        let (before, after) = format.as_bytes().split_at(*offset);
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let end =
            after.iter().position(|&byte| byte == b'\n').map_or(format.len(), |at| offset + at);
        if start < end {
            // What a terminal would take for a command, or for more than one column, shows as one.
            let line = String::from_utf8_lossy(&format.as_bytes()[start..end]);
            let line = line.replace(char::is_control, " ");
            let column = String::from_utf8_lossy(&before[start..]).chars().count();
            write!(formatter, "\n  {line}\n  {:column$}^", "")?;
        }
        Ok(())
    }
}

impl std::error::Error for FormatError {}

/// Lists the known names that an unknown one is likely meant to be, the nearest first.
pub(crate) fn near_names<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut near: Vec<(usize, &str)> = known
        .map(|name| (strsim::damerau_levenshtein(unknown, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.chars().count() / 4)
        .collect();
    near.sort_unstable();
    near.dedup();
    let names: Vec<&str> = near.into_iter().take(5).map(|(_, name)| name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_below_the_place() {
        let error = FormatError::new("'$a'\n\t'é$b'", 9, "no good");
        assert_eq!(error.to_string(), "log format at byte 9: no good\n   'é$b'\n     ^");
        assert_eq!(error.offset(), 9);
    }

    #[test]
    fn a_place_behind_the_end_is_the_end() {
        let error = FormatError::new("ab", 7, "ends early");
        assert_eq!(error.to_string(), "log format at byte 2: ends early\n  ab\n    ^");
        assert_eq!(FormatError::new("", 0, "empty").to_string(), "log format at byte 0: empty");
    }

    #[test]
    fn near_names_come_nearest_first() {
        let known = ["haproxy-http", "haproxy-tcp", "common", "combined"];
        assert_eq!(near_names("combind", known.into_iter()), "combined");
        assert_eq!(near_names("haproxy-ttp", known.into_iter()), "haproxy-http, haproxy-tcp");
        assert_eq!(near_names("x", known.into_iter()), "");
    }
}
