//! The files that a program is built from, in the folder where it is built.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::git::Git;
use super::{Source, hexadecimal};

/// Puts a source's files into an empty folder; returns what tells them from others.
pub(super) fn put(source: &Source, root: &Path, folder: &Path, index: &Path) -> Result<String> {
    empty(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    match source {
        Source::Revision(commit) => {
            Git::of(root).export(commit, folder, index)?;
            Ok(commit.clone())
        }
        _ => copy(root, folder),
    }
}

fn empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(folder),
    }
}

/// Copies the working tree; its name is a hash of all that was copied.
fn copy(root: &Path, folder: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    for name in Git::of(root).files()? {
        let from = root.join(&name);
        // Deleted and not yet committed as such, or a submodule.
        if !from.is_file() {
            continue;
        }
        let bytes = copy_file(&from, &folder.join(&name))
            .with_context(|| format!("{} cannot be copied", name.display()))?;
        hasher.update(name.to_string_lossy().as_bytes());
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    }
    Ok(format!("tree-{}", &hexadecimal(&hasher.finalize())[..40]))
}

fn copy_file(from: &Path, to: &Path) -> io::Result<Vec<u8>> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)?;
    // A copy that kept the time of its original could be older than what was built of another one.
    File::options().write(true).open(to)?.set_modified(SystemTime::now())?;
    fs::read(to)
}
