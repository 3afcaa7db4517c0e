//! The outputs of `delimark extract`, none of which may be another one's file, or an input's.

use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use anyhow::{Context, bail};
use delimark::RaggedPolicy;
use delimark_extract::escape::Printable;
use delimark_extract::{FileIdentity, InputName, Waiting, standard_output};

use super::options::Args;
use crate::check_output;

/// The files that are written.
pub(super) struct Outputs {
    pub(super) standard: Waiting<File>,
    pub(super) ragged: Option<Waiting<File>>,
    pub(super) files: OutputFiles,
}

/// Opens the outputs. Nothing is changed on disk before all of them are found to be fine.
pub(super) fn open(args: &Args, names: &[InputName]) -> anyhow::Result<Outputs> {
    check_output()?;
    let standard = standard_output().context("there is no standard output")?;
    let mut files = OutputFiles {
        standard: FileIdentity::of_handle(&standard),
        errors: FileIdentity::of_handle(&io::stderr()),
        ragged: None,
    };
    let ragged = match &args.ragged_output {
        Some(path) => {
            check_ragged(args, path)?;
            files.ragged = FileIdentity::of_path(path);
            files.check(path, names)?;
            Some(Waiting::new(open_ragged(path, &mut files, names)?))
        }
        None => {
            files.check_inputs(names)?;
            None
        }
    };
    Ok(Outputs { standard: Waiting::new(standard), ragged, files })
}

fn check_ragged(args: &Args, path: &Path) -> anyhow::Result<()> {
    let policy = args.ragged;
    if policy != RaggedPolicy::Report {
        bail!("--ragged-output needs --ragged report: the policy {policy} leaves out no line");
    }
    if path == Path::new("-") {
        bail!(
            "--ragged-output - would mix ragged lines with the fields; name a file, ./- for one \
             that is named so, or /dev/stderr"
        );
    }
    Ok(())
}

/// Opens the file of ragged lines and empties it.
fn open_ragged(path: &Path, files: &mut OutputFiles, names: &[InputName]) -> anyhow::Result<File> {
    let cannot = || format!("cannot write {}", Printable(path.as_os_str().as_bytes()));
    let is_new = !path.exists();
    // Not emptied yet: only now is it known what it is where it was not there before.
    let opened = File::options().write(true).create(true).truncate(false).open(path);
    let file = opened.with_context(cannot)?;
    files.ragged = FileIdentity::of_handle(&file);
    if let Err(error) = files.check(path, names) {
        if is_new && let Ok(path) = fs::canonicalize(path) {
            let _ = fs::remove_file(path);
        }
        return Err(error);
    }
    if files.ragged.is_some() {
        file.set_len(0).with_context(cannot)?;
    }
    Ok(file)
}

/// The outputs that are regular files.
#[derive(Clone, Copy)]
pub(super) struct OutputFiles {
    standard: Option<FileIdentity>,
    errors: Option<FileIdentity>,
    ragged: Option<FileIdentity>,
}

impl OutputFiles {
    /// Refuses a file of ragged lines that is another output, and inputs that are outputs.
    fn check(&self, ragged: &Path, names: &[InputName]) -> anyhow::Result<()> {
        for (other, name) in [(self.standard, "output"), (self.errors, "error")] {
            if other.is_some() && other == self.ragged {
                let ragged = Printable(ragged.as_os_str().as_bytes());
                bail!("{ragged}: the file of ragged lines is standard {name}, too");
            }
        }
        self.check_inputs(names)
    }

    /// Refuses outputs that are inputs: they would be emptied, or grow for as long as they are
    /// read.
    fn check_inputs(&self, names: &[InputName]) -> anyhow::Result<()> {
        names.iter().try_for_each(|name| self.check_input(name, FileIdentity::of_input(name)))
    }

    pub(super) fn check_input(
        &self,
        name: &InputName,
        input: Option<FileIdentity>,
    ) -> anyhow::Result<()> {
        let outputs = [self.standard, self.errors, self.ragged];
        if input.is_some() && outputs.contains(&input) {
            bail!("{name}: input file is output file");
        }
        Ok(())
    }
}
