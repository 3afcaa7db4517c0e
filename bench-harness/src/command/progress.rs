//! The progress that a person sees while something is measured: a bar in a terminal, a line a stage
//! elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use delimark_harness::measure::Observer;
use delimark_results::display;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Draws on standard error. Nothing is drawn while a sample is taken: the bar has no thread.
pub(in crate::command) struct Progress {
    bar: ProgressBar,
    is_terminal: bool,
}

impl Progress {
    pub(in crate::command) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        Self { bar, is_terminal: io::stderr().is_terminal() }
    }

    /// Begins a stage that counts bytes.
    pub(in crate::command) fn begin_bytes(&mut self, stage: &str) -> impl FnMut(u64) {
        self.stage(stage);
        self.bar.set_style(style("{spinner} {prefix} {bytes}, {bytes_per_sec}"));
        self.set_prefix(stage);
        let bar = self.bar.clone();
        move |bytes| bar.inc(bytes)
    }

    /// Begins a stage that counts nothing.
    pub(in crate::command) fn begin_work(&mut self, stage: &str) {
        self.stage(stage);
        self.bar.set_style(style("{prefix}"));
        self.set_prefix(stage);
        self.bar.tick();
    }

    /// Says how far work has come that counts nothing.
    pub(in crate::command) fn advance(&self, text: &str) {
        self.set_prefix(text);
        self.bar.tick();
    }

    /// Says something that stays.
    #[expect(clippy::print_stderr, reason = "this is how a verb talks to the person")]
    pub(in crate::command) fn note(&self, text: &str) {
        self.bar.suspend(|| eprintln!("{}", display::lines(text)));
    }

    /// Takes the bar away.
    pub(in crate::command) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn stage(&mut self, stage: &str) {
        self.bar.reset();
        if !self.is_terminal {
            // A closed standard error is no reason to stop measuring.
            let _ = writeln!(io::stderr(), "delimark-bench: {}", display::lines(stage));
        }
    }

    fn set_prefix(&self, text: &str) {
        self.bar.set_prefix(display::lines(text).into_owned());
    }
}

impl Observer for Progress {
    fn begin(&mut self, stage: &str, samples: u64) {
        self.stage(stage);
        self.bar.set_length(samples);
        let template = "{prefix} [{bar:30}] {pos}/{len}, {eta} left: {msg}";
        self.bar.set_style(style(template).progress_chars("=> "));
        self.set_prefix(stage);
        self.bar.set_message(String::new());
        self.bar.tick();
        self.bar.reset_eta();
        self.bar.set_elapsed(Duration::ZERO);
    }

    fn sample(&mut self, what: &str) {
        self.bar.set_message(display::lines(what).into_owned());
        self.bar.inc(1);
    }

    fn exclude(&mut self, engine: &str, reason: &str) {
        self.note(&format!("delimark-bench: without {engine}: {reason}"));
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is a constant")
}
