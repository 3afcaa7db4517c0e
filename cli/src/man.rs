//! `delimark man`: the manual, a page for the program and one for each verb.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use anyhow::Context;
use clap::CommandFactory;
use delimark_extract::escape::Printable;

use crate::{Cli, Exit};

/// Write the manual pages into a folder, which is made where it is missing
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark man ~/.local/share/man/man1 && man delimark-extract
  delimark man pages && man ./pages/delimark.1

Exit codes:
  0  the pages were written
  2  the command line is wrong, or the folder cannot be written")]
pub(crate) struct Args {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let folder = &args.folder;
    fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .with_context(|| format!("cannot write to {}", Printable(folder.as_os_str().as_bytes())))?;
    Ok(Exit::Success)
}
