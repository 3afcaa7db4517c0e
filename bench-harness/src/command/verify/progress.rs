//! The progress that a person sees while cases are put to engines: a bar in a terminal, a line for
//! each engine elsewhere.

use std::io::{self, IsTerminal, Write};

use delimark_conformance::Observer;
use delimark_results::display;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Draws on standard error.
pub(super) struct Progress {
    bar: ProgressBar,
    is_terminal: bool,
}

impl Progress {
    /// Begins, with this many cases for all engines together.
    pub(super) fn new(cases: u64) -> Self {
        let target = ProgressDrawTarget::stderr_with_hz(10);
        let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len}");
        let style = style.expect("the template is a constant").progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(cases), target).with_style(style);
        Self { bar, is_terminal: io::stderr().is_terminal() }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn column(&self, name: &str) {
        // The one that began last stands for those that are at work.
        let name = display::lines(name);
        self.bar.set_prefix(name.clone().into_owned());
        if !self.is_terminal {
            // A closed standard error is no reason to stop.
            let _ = writeln!(io::stderr(), "delimark-bench: {name}");
        }
    }

    fn case_done(&self) {
        self.bar.inc(1);
    }
}
