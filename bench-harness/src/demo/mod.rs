//! The demo page: putting it together, and serving it. Its own parts are in `wasm/demo/`.

mod facts;
mod server;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use delimark_harness::runtime;

pub use self::server::Server;

/// Builds the page in a folder.
///
/// # Errors
///
/// The modules cannot be built, a peer cannot be had, or the folder cannot be written to.
pub fn build(root: &Path, folder: &Path) -> Result<()> {
    runtime::build_page(folder)?;
    let script = folder.join("build.js");
    fs::write(&script, facts::script(root)?)
        .with_context(|| format!("{} cannot be written", script.display()))
}
