//! Events of `delimark convert`: a line each on standard error.

use delimark_pipeline::{Event, Events};

use crate::progress_line::ProgressLine;
use crate::tell;

/// Prints events.
pub(super) struct Told(pub(super) ProgressLine);

impl Events for Told {
    fn take(&mut self, event: &Event) {
        self.0.suspend(|| tell(format_args!("{event}")));
    }
}
