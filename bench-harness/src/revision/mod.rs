//! Programs of other revisions of this project: named, built once, and kept.
//!
//! All are built in one folder, `target/gate/source`, one after the other, and are told another
//! name of it: code that is the same then comes out the same byte for byte, wherever the checkout
//! is, and no difference in a path moves a loop to another address. What was built is kept in
//! `target/gate/programs` by commit (or by what the files of the working tree hold), compiler, and
//! whatever else tells cargo how to build.

mod build;
mod git;
mod tree;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use delimark_harness::checkout;
use delimark_results::display;
use sha2::{Digest, Sha256};

pub use self::build::Builder;
use self::git::Git;

/// The meaning of a name on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A program that is there already.
    Program(PathBuf),
    /// A file with counts of another time.
    Stored(PathBuf),
    /// A commit, by its full name.
    Revision(String),
    /// The files of the checkout as they are.
    WorkingTree,
}

/// A program that can be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The path of the program.
    pub path: PathBuf,
    /// The compiler and the target; only where it was built here.
    pub toolchain: Option<String>,
    /// The hash of its bytes.
    pub sha256: String,
}

impl Source {
    /// Finds out what a name stands for: a file, or else a revision.
    ///
    /// # Errors
    ///
    /// It is neither.
    pub fn find(name: &str) -> Result<Self> {
        let path = Path::new(name);
        if path.is_file() {
            let is_stored = path.extension().is_some_and(|extension| extension == "json");
            let path = path.to_owned();
            return Ok(if is_stored { Self::Stored(path) } else { Self::Program(path) });
        }
        ensure!(!path.is_dir(), "{name} is a folder; name a program, or a revision");
        let Some(root) = checkout::root() else {
            let name = display::text(name);
            bail!("there is no file {name}, and outside of a checkout there are no revisions");
        };
        let commit = Git::of(&root).commit(name).with_context(|| {
            format!("{name} is neither a file nor a revision that this checkout has")
        })?;
        Ok(Self::Revision(commit))
    }

    /// Returns the commit, where it is one.
    #[must_use]
    pub fn commit(&self) -> Option<&str> {
        match self {
            Self::Revision(commit) => Some(commit),
            _ => None,
        }
    }
}

impl Program {
    /// Takes a program that somebody else built.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn at(path: &Path) -> Result<Self> {
        let path =
            std::path::absolute(path).with_context(|| format!("{} is nowhere", path.display()))?;
        let sha256 = sha256_of(&path)?;
        Ok(Self { path, toolchain: None, sha256 })
    }
}

fn sha256_of(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(hexadecimal(&Sha256::digest(&bytes)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}
