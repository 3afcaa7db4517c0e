//! Colours, for terminals that want them and every verb that prints for people.

use std::ffi::OsStr;
use std::io::{self, IsTerminal};

use clap::builder::styling::{AnsiColor, Style};

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

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::Palette;

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
}
