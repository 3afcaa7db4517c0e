//! Building the WebAssembly modules, so that what is measured is the code that is there.

use std::process::{Command, Stdio};

use super::Missing;
use super::find::in_checkout;

/// Has `scripts/build-wasm` build both modules; where nothing has changed that takes no time.
///
/// # Errors
///
/// There is no checkout, or they cannot be built here.
pub fn build_modules() -> Result<(), Missing> {
    let script = in_checkout("scripts/build-wasm", "git checkout")?;
    let output = Command::new(script)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Missing::new(format!("scripts/build-wasm cannot be started: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let reason = stderr.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it does not say");
    Err(Missing::new(format!("scripts/build-wasm failed ({}): {reason}", output.status)))
}
