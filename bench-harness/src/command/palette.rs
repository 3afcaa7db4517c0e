//! Colours, for terminals that want them and every verb that prints for people.

use std::ffi::OsStr;
use std::io::{self, IsTerminal};

use clap::builder::styling::{AnsiColor, Style};
use delimark_results::display;

/// The choice between colours and plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Palette {
    Plain,
    Coloured,
}

impl Palette {
    /// Returns the palette that standard output wants.
    pub(super) fn of_stdout() -> Self {
        Self::choose(
            io::stdout().is_terminal(),
            std::env::var_os("NO_COLOR").as_deref(),
            std::env::var_os("TERM").as_deref(),
        )
    }

    /// Chooses by what is known of the output and by the variables `NO_COLOR` and `TERM`.
    fn choose(is_terminal: bool, no_color: Option<&OsStr>, term: Option<&OsStr>) -> Self {
        let refused = no_color.is_some_and(|value| !value.is_empty());
        let dumb = term.is_some_and(|term| term == "dumb");
        if is_terminal && !refused && !dumb { Self::Coloured } else { Self::Plain }
    }

    pub(super) fn good(self, text: &str) -> String {
        self.paint(AnsiColor::Green.on_default(), text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.paint(AnsiColor::Red.on_default(), text)
    }

    pub(super) fn doubtful(self, text: &str) -> String {
        self.paint(AnsiColor::Yellow.on_default(), text)
    }

    pub(super) fn title(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    fn paint(self, style: Style, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("{style}{text}{style:#}"),
        }
    }
}

/// The rest of each sequence that begins and ends a colour.
const SEQUENCES: [&str; 5] = ["[0m", "[1m", "[31m", "[32m", "[33m"];

/// Shows lines that can be coloured: as [`display::lines`], but for the colours.
pub(super) fn lines(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut shown = display::lines(parts.next().unwrap_or_default()).into_owned();
    for part in parts {
        let is_colour = SEQUENCES.iter().any(|sequence| part.starts_with(sequence));
        shown += if is_colour { "\u{1b}" } else { "\\u001b" };
        shown += &display::lines(part);
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::{Palette, lines};

    #[test]
    fn only_terminals_that_want_them_get_colours() {
        let choose = |is_terminal, no_color: &str, term: &str| {
            Palette::choose(is_terminal, Some(OsStr::new(no_color)), Some(OsStr::new(term)))
        };
        assert_eq!(choose(true, "", "xterm"), Palette::Coloured);
        assert_eq!(Palette::choose(true, None, None), Palette::Coloured);
        assert_eq!(choose(false, "", "xterm"), Palette::Plain);
        assert_eq!(choose(true, "1", "xterm"), Palette::Plain);
        assert_eq!(choose(true, "", "dumb"), Palette::Plain);
        assert_eq!(Palette::Plain.bad("x"), "x");
        assert_eq!(Palette::Coloured.bad("x"), "\u{1b}[31mx\u{1b}[0m");
    }

    #[test]
    fn colours_stay_and_nothing_else_of_terminals() {
        let palette = Palette::Coloured;
        for paint in [Palette::good, Palette::bad, Palette::doubtful, Palette::title] {
            let painted = paint(palette, "a\nb");
            assert_eq!(lines(&painted), painted);
        }
        assert_eq!(
            lines("\u{1b}[2Jx\r\u{1b}]0;y\u{7}\u{1b}"),
            r"\u001b[2Jx\u000d\u001b]0;y\u0007\u001b"
        );
    }
}
