//! Finds the checkout that the working directory is in, so that data and reports stay in it.

use std::path::{Path, PathBuf};

/// Returns the nearest folder above the working directory that looks like this project's root.
#[must_use]
pub fn root() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let is_root = |folder: &&Path| {
        folder.join("datasets/manifest.toml").is_file()
            && folder.join("reports/results.schema.json").is_file()
    };
    here.ancestors().find(is_root).map(Path::to_owned)
}
