//! An aligned list of marked lines, for terminals and for plain text.

use std::ffi::OsStr;

use clap::builder::styling::{AnsiColor, Style as Ansi};

/// Values longer than this go on below themselves.
const VALUE_COLUMNS_MAX: usize = 78;

/// How a line is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// It is there.
    Good,
    /// It is missing.
    Missing,
    /// It works, but could be better.
    Advice,
    /// It is so.
    Fact,
}

/// Whether there are colours and signs beyond ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Terminal,
}

impl Style {
    /// Chooses by what is known of the output and by the variables `NO_COLOR` and `TERM`.
    pub(super) fn for_terminal(
        is_terminal: bool,
        no_color: Option<&OsStr>,
        term: Option<&OsStr>,
    ) -> Self {
        let refused = no_color.is_some_and(|value| !value.is_empty());
        let dumb = term.is_some_and(|term| term == "dumb");
        if is_terminal && !refused && !dumb { Self::Terminal } else { Self::Plain }
    }

    /// Returns the mark for use within a sentence.
    pub(super) fn quoted_mark(self, mark: Mark) -> String {
        match self {
            Self::Plain => format!("\"{}\"", self.mark(mark).trim_end()),
            Self::Terminal => self.mark(mark).replace(' ', ""),
        }
    }

    /// Returns the mark, two columns wide.
    fn mark(self, mark: Mark) -> String {
        let (plain, sign, color) = match mark {
            Mark::Good => ("ok", "✓ ", AnsiColor::Green),
            Mark::Missing => ("no", "✗ ", AnsiColor::Red),
            Mark::Advice => ("! ", "! ", AnsiColor::Yellow),
            Mark::Fact => return "  ".to_owned(),
        };
        match self {
            Self::Plain => plain.to_owned(),
            Self::Terminal => paint(color.on_default(), sign),
        }
    }

    fn title(self, title: &str) -> String {
        match self {
            Self::Plain => title.to_owned(),
            Self::Terminal => paint(Ansi::new().bold(), title),
        }
    }
}

/// A group of lines under a title.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) rows: Vec<Row>,
}

/// A marked line; further values stand below the first.
pub(super) struct Row {
    pub(super) mark: Mark,
    pub(super) label: &'static str,
    pub(super) values: Vec<String>,
}

impl Row {
    pub(super) fn new(mark: Mark, label: &'static str, value: impl Into<String>) -> Self {
        Self { mark, label, values: vec![value.into()] }
    }

    /// Adds a value below.
    pub(super) fn below(mut self, value: impl Into<String>) -> Self {
        self.values.push(value.into());
        self
    }
}

/// Lays the sections out with all their values in one column.
pub(super) fn render(sections: &[Section], style: Style) -> String {
    let rows = sections.iter().flat_map(|section| &section.rows);
    let label_columns = rows.map(|row| row.label.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Section { title, rows } in sections {
        text.push_str(&format!("\n{}\n", style.title(title)));
        for row in rows {
            let mut lines = row.values.iter().flat_map(|value| wrap(value));
            let first = lines.next().unwrap_or_default();
            let mark = style.mark(row.mark);
            text.push_str(&format!("  {mark} {:label_columns$}  {first}\n", row.label));
            for line in lines {
                text.push_str(&format!("     {:label_columns$}  {line}\n", ""));
            }
        }
    }
    text
}

/// Breaks between words.
fn wrap(value: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in value.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= VALUE_COLUMNS_MAX {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn paint(ansi: Ansi, text: &str) -> String {
    format!("{ansi}{text}{ansi:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_one_column_and_go_on_below() {
        let long = "word ".repeat(30);
        let sections = [
            Section { title: "First", rows: vec![Row::new(Mark::Good, "a", "yes").below("more")] },
            Section { title: "Second", rows: vec![Row::new(Mark::Missing, "longer", long)] },
        ];
        let words = |count| vec!["word"; count].join(" ");
        let expected = format!(
            "\nFirst\n  ok a       yes\n             more\n\nSecond\n  no longer  {}\n{:13}{}\n",
            words(15),
            "",
            words(15)
        );
        assert_eq!(render(&sections, Style::Plain), expected);
    }

    #[test]
    fn only_willing_terminals_get_colours() {
        let text = |value| Some(OsStr::new(value));
        for (is_terminal, no_color, term, expected) in [
            (true, None, text("xterm"), Style::Terminal),
            (true, text(""), None, Style::Terminal),
            (false, None, text("xterm"), Style::Plain),
            (true, text("1"), text("xterm"), Style::Plain),
            (true, None, text("dumb"), Style::Plain),
        ] {
            assert_eq!(Style::for_terminal(is_terminal, no_color, term), expected);
        }
        assert!(Style::Terminal.mark(Mark::Good).contains('✓'));
        assert!(Style::Plain.mark(Mark::Good).is_ascii());
    }
}
