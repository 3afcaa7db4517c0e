//! The inputs of verbs: how they are opened, and what there is to say where they cannot be.

use delimark_extract::{Access, Input, InputName};

use crate::{closed_streams, tell};

/// Opens an input, or says why it cannot be opened.
pub(crate) fn open(name: &InputName, access: Access) -> Option<Input> {
    if *name == InputName::StandardInput && closed_streams::is_input_closed() {
        tell(format_args!("{name}: it is closed"));
        return None;
    }
    let opened = Input::open(name, access);
    opened.inspect_err(|error| tell(format_args!("{name}: {error}"))).ok()
}
