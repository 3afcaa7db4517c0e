//! The inputs of verbs: how they are opened, and what there is to say where they cannot be, or not
//! to their end.

use std::error::Error;
use std::iter;

use delimark_extract::{Access, ExtractError, Input, InputName, InputOptions, WindowLimit};

use crate::{closed_streams, tell};

/// The options of verbs that read inputs.
#[derive(clap::Args)]
pub(crate) struct InputArgs {
    /// The largest window of zstd data, which takes as much memory: zstd --long and --ultra -22
    /// need 128MiB, --long=31 2GiB
    #[arg(long, value_name = "SIZE", default_value_t)]
    window_limit: WindowLimit,
}

impl InputArgs {
    /// Returns the largest window of zstd data.
    #[cfg(feature = "sql")]
    pub(crate) fn window_limit(&self) -> WindowLimit {
        self.window_limit
    }

    /// Opens an input, or says why it cannot be opened.
    pub(crate) fn open(&self, name: &InputName, access: Access) -> Option<Input> {
        if *name == InputName::StandardInput && closed_streams::is_input_closed() {
            tell(format_args!("{name}: it is closed"));
            return None;
        }
        let opened = Input::open(name, InputOptions { access, window_limit: self.window_limit });
        opened.inspect_err(|error| tell(format_args!("{name}: {error}"))).ok()
    }
}

/// Returns an error with its causes, and the option that gets around it if it is one of inputs.
pub(crate) fn explain(error: &ExtractError) -> String {
    let causes = iter::successors(error.source(), |&error| error.source());
    let causes: String = causes.map(|cause| format!(": {cause}")).collect();
    let advice = if error.is_window_too_large() {
        "; --window-limit raises it and takes as much memory: 128MiB is what zstd itself takes, \
         2GiB is enough for all"
    } else {
        ""
    };
    format!("{error}{causes}{advice}")
}
