//! Building what hosts run, so that what is measured and verified is the code that is there.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Missing;
use super::find::in_checkout;

/// Has `scripts/build-wasm` build both modules; where nothing has changed that takes no time.
///
/// # Errors
///
/// There is no checkout, or they cannot be built here.
pub fn build_modules() -> Result<(), Missing> {
    build("scripts/build-wasm", &[])
}

/// Has `scripts/build-runner` build the program for emulated processors, likewise.
///
/// # Errors
///
/// There is no checkout, or it cannot be built here.
pub fn build_runners() -> Result<(), Missing> {
    build("scripts/build-runner", &[])
}

/// Has `scripts/build-demo` put the page for browsers together in a folder.
///
/// # Errors
///
/// There is no checkout, or it cannot be built here.
pub fn build_page(folder: &Path) -> Result<(), Missing> {
    // The script has another working directory.
    let folder = std::path::absolute(folder)
        .map_err(|error| Missing::new(format!("{}: {error}", folder.display())))?;
    build("scripts/build-demo", &[folder.as_os_str()])
}

fn build(path: &str, arguments: &[&OsStr]) -> Result<(), Missing> {
    let script = in_checkout(path, "git checkout")?;
    let output = Command::new(script)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Missing::new(format!("{path} cannot be started: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let reason = stderr.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it does not say");
    Err(Missing::new(format!("{path} failed ({}): {reason}", output.status)))
}
