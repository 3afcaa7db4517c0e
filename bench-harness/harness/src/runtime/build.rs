//! Builds of modules and runners, so that the code that is there is measured and verified.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::Missing;
use super::find::in_checkout;
use crate::checkout;

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

/// Finds the program `delimark`, whose verb `extract` is measured.
///
/// In a checkout it is built, so that it is the code that is there; elsewhere it is the one beside
/// this program, or else the one that the shell finds.
///
/// # Errors
///
/// It cannot be built, or is not installed.
pub fn tool() -> Result<PathBuf, Missing> {
    if checkout::root().is_some() {
        return build_tool();
    }
    let own_path = std::env::current_exe().ok();
    let beside = own_path.map(|path| path.with_file_name(format!("delimark{EXE_SUFFIX}")));
    let found = beside.filter(|path| path.is_file()).or_else(|| which::which("delimark").ok());
    found.ok_or_else(|| {
        Missing::new(
            "delimark is not installed: run this in a checkout of Delimark, or in one \
             cargo install --locked --path cli",
        )
    })
}

/// Has cargo build the program `delimark`; returns where it is.
///
/// # Errors
///
/// There is no checkout, or it cannot be built here.
fn build_tool() -> Result<PathBuf, Missing> {
    let manifest = in_checkout("cli/Cargo.toml", "git checkout")?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--locked", "--message-format", "json-render-diagnostics"]);
    cargo.arg("--manifest-path").arg(manifest);
    // Only `extract` is measured; Arrow, for `convert`, would take most of the build.
    cargo.arg("--no-default-features");
    let output = run("cargo build -p delimark-cli", &mut cargo)?;
    executable(&output.stdout)
        .ok_or_else(|| Missing::new("cargo does not say where it built delimark"))
}

/// Returns the path of the program that cargo's messages name last.
fn executable(messages: &[u8]) -> Option<PathBuf> {
    let messages = messages.split(|&byte| byte == b'\n').rev();
    let mut values = messages.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    values.find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

fn build(path: &str, arguments: &[&OsStr]) -> Result<(), Missing> {
    let script = in_checkout(path, "git checkout")?;
    run(path, Command::new(script).args(arguments)).map(drop)
}

/// Runs a command to its end; its last line is the reason where it fails.
fn run(name: &str, command: &mut Command) -> Result<Output, Missing> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Missing::new(format!("{name} cannot be started: {error}")))?;
    if output.status.success() {
        return Ok(output);
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let reason = stderr.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it does not say");
    Err(Missing::new(format!("{name} failed ({}): {reason}", output.status)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_the_one_that_cargo_names() {
        let messages = br#"{"reason":"compiler-artifact","executable":null}
{"reason":"compiler-artifact","target":{"name":"delimark"},"executable":"target/release/delimark"}
{"reason":"build-finished","success":true}
"#;
        assert_eq!(executable(messages), Some(PathBuf::from("target/release/delimark")));
        assert_eq!(executable(b"nothing\n"), None);
    }
}
