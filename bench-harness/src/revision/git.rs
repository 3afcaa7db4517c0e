//! The few things that are asked of git.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use delimark_harness::supervised::{self, Ending};

/// For a large index on a slow disk.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// The git of a checkout.
pub(super) struct Git<'a> {
    root: &'a Path,
}

impl<'a> Git<'a> {
    pub(super) fn of(root: &'a Path) -> Self {
        Self { root }
    }

    /// Returns the full name of a commit.
    pub(super) fn commit(&self, name: &str) -> Result<String> {
        let commit = format!("{name}^{{commit}}");
        let output = self.run(["rev-parse", "--verify", "--end-of-options", &commit], None)?;
        Ok(String::from_utf8_lossy(&output).trim().to_owned())
    }

    /// Writes a commit's files into a folder, by way of an index of its own.
    pub(super) fn export(&self, commit: &str, folder: &Path, index: &Path) -> Result<()> {
        let mut prefix = OsString::from("--prefix=");
        prefix.push(folder.join(""));
        // Builds take turns, so that of one which was killed is nobody's.
        let _ = fs::remove_file(index.with_extension("lock"));
        self.run(["read-tree", commit], Some(index))?;
        self.run([OsStr::new("checkout-index"), OsStr::new("--all"), &prefix], Some(index))?;
        Ok(())
    }

    /// Returns the files that git knows of, or would take in, from the root of the checkout.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>> {
        let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let output = self.run(arguments, None)?;
        let names = output.split(|&byte| byte == 0).filter(|name| !name.is_empty());
        names.map(path).collect()
    }

    fn run<const COUNT: usize>(
        &self,
        arguments: [impl AsRef<OsStr>; COUNT],
        index: Option<&Path>,
    ) -> Result<Vec<u8>> {
        let mut command = Command::new("git");
        command.arg("--no-optional-locks").args(arguments).current_dir(self.root);
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        let ending = supervised::run_command(&mut command, Vec::new(), TIME_LIMIT);
        match ending.context("git cannot be started")? {
            Ending::Ended(output) if output.status.success() => Ok(output.bytes),
            Ending::Ended(output) => {
                bail!("git ended with {}: {}", output.status, output.last_words.join(" "))
            }
            Ending::Hung => bail!("git did not end within {} s", TIME_LIMIT.as_secs()),
            Ending::TooMuch { bytes } => bail!("git wrote more than {bytes} bytes"),
        }
    }
}

fn path(name: &[u8]) -> Result<PathBuf> {
    let name =
        str::from_utf8(name).context("a file of the checkout has a name that is no UTF-8")?;
    Ok(name.into())
}
