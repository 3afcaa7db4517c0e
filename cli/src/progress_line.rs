//! A line on the terminal that says how far a long work got.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use delimark_extract::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The time that is too short for a line.
const PATIENCE: Duration = Duration::from_secs(2);

/// The time between two looks.
const INTERVAL: Duration = Duration::from_millis(200);

/// A line that is drawn while work takes long, and cleared where a message is printed.
///
/// There is none where standard error is no terminal, or standard output is one, too: fields run
/// over it then.
#[derive(Clone)]
pub(crate) struct ProgressLine(Option<ProgressBar>);

impl ProgressLine {
    /// Makes a line, where there is a place for one: a terminal that no data go to.
    pub(crate) fn new(writes_to_stdout: bool) -> Self {
        let has_data = writes_to_stdout && io::stdout().is_terminal();
        let has_place = io::stderr().is_terminal() && !has_data;
        Self(has_place.then(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())))
    }

    /// Draws it from now on until what is returned is dropped, as soon as that takes long.
    pub(crate) fn watch(&self, progress: Arc<Progress>) -> Watch {
        let Some(bar) = self.0.clone() else {
            return Watch(None);
        };
        let (end, ended) = mpsc::channel();
        let draw = move || {
            let mut wait = PATIENCE;
            while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                if wait == PATIENCE {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                }
                wait = INTERVAL;
                show(&bar, &progress);
            }
            bar.finish_and_clear();
        };
        // Without a thread for it there is no line.
        Watch(thread::Builder::new().spawn(draw).ok().map(|thread| (end, thread)))
    }

    /// Has something printed while the line is away.
    pub(crate) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

fn show(bar: &ProgressBar, progress: &Progress) {
    let template = match progress.bytes_total() {
        Some(total) => {
            bar.set_length(total);
            "{bytes} of {total_bytes}, {percent} %, {elapsed}"
        }
        None => "{bytes}, {elapsed}",
    };
    bar.set_style(ProgressStyle::with_template(template).expect("the template is one"));
    bar.set_position(progress.bytes_done());
    bar.tick();
}

/// The drawing of a line, which ends when this is dropped.
pub(crate) struct Watch(Option<(Sender<()>, JoinHandle<()>)>);

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.0.take() {
            drop(end);
            let _ = thread.join();
        }
    }
}

/// Messages that are printed while the line is away.
pub(crate) struct Messages<W> {
    pub(crate) line: ProgressLine,
    pub(crate) writer: W,
}

impl<W: Write> Write for Messages<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self { line, writer } = self;
        line.suspend(|| writer.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
