//! An aligned list of marked lines, for terminals and for plain text.

use super::super::palette::Palette;

/// Values longer than this go on below themselves.
const VALUE_COLUMNS_MAX: usize = 78;

/// The mark of a line.
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

impl Mark {
    /// Returns the mark for use within a sentence.
    pub(super) fn quoted(self, palette: Palette) -> String {
        match palette {
            Palette::Plain => format!("\"{}\"", self.shown(palette).trim_end()),
            Palette::Coloured => self.shown(palette).replace(' ', ""),
        }
    }

    /// Returns the mark, two columns wide; a sign beyond ASCII where there are colours.
    fn shown(self, palette: Palette) -> String {
        let (plain, coloured) = match self {
            Self::Good => ("ok", palette.good("✓ ")),
            Self::Missing => ("no", palette.bad("✗ ")),
            Self::Advice => ("! ", palette.doubtful("! ")),
            Self::Fact => ("  ", "  ".to_owned()),
        };
        if palette == Palette::Plain { plain.to_owned() } else { coloured }
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
pub(super) fn render(sections: &[Section], palette: Palette) -> String {
    let rows = sections.iter().flat_map(|section| &section.rows);
    let label_columns = rows.map(|row| row.label.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Section { title, rows } in sections {
        text.push_str(&format!("\n{}\n", palette.title(title)));
        for row in rows {
            let mut lines = row.values.iter().flat_map(|value| wrap(value));
            let first = lines.next().unwrap_or_default();
            let mark = row.mark.shown(palette);
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
        assert_eq!(render(&sections, Palette::Plain), expected);
    }

    #[test]
    fn signs_beyond_ascii_come_with_colours() {
        assert!(Mark::Good.shown(Palette::Coloured).contains('✓'));
        assert!(Mark::Good.shown(Palette::Plain).is_ascii());
    }
}
