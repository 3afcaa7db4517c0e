//! The place of the output, and of dead letters: none may be what is read.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, bail};
use delimark_extract::{FileIdentity, InputName};
#[cfg(feature = "object-store")]
use delimark_pipeline::ObjectPlace;
use delimark_pipeline::Output;

use super::options::Args;
use super::shown;
use crate::check_output;

/// The folder of files that are not whole.
const UNFINISHED: &str = ".delimark-unfinished";

/// Finds out where the output goes, which may be no input.
pub(super) fn choose(args: &Args, path: &Path, names: &[InputName]) -> anyhow::Result<Output> {
    if path == Path::new("-") {
        check_output()?;
        if args.roll_rows.is_some() || args.roll_size.is_some() {
            bail!("standard output is one file: --roll-rows and --roll-size need a name");
        }
        if args.partition_by.is_some() {
            bail!("standard output has no folders: --partition-by needs the name of one");
        }
        return Ok(Output::Standard);
    }
    if let Some(address) = path.to_str().filter(|text| text.contains("://")) {
        return object(args, address);
    }
    if let Some(by) = &args.partition_by {
        let mut entries = path.read_dir().into_iter().flatten();
        if entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() != UNFINISHED)) {
            bail!(
                "{} is not empty: who reads the folder would read what is in it, too; name another \
                 one, or empty it",
                shown(path)
            );
        }
        if path.exists() && !path.is_dir() {
            bail!("{} is a file: --partition-by needs a folder", shown(path));
        }
        return Ok(Output::Folder { path: path.to_owned(), by: by.clone() });
    }
    if path.is_dir() {
        bail!("{} is a folder: name a file in it", shown(path));
    }
    if path.file_name().is_none() {
        bail!("{} is no name of a file", shown(path));
    }
    refuse_input(path, names)?;
    refuse_schema(args, path)?;
    if args.roll_rows.is_some() || args.roll_size.is_some() {
        refuse_numbered(path)?;
    }
    Ok(Output::File(path.to_owned()))
}

/// Finds the store of an object.
#[cfg(feature = "object-store")]
fn object(args: &Args, address: &str) -> anyhow::Result<Output> {
    if args.partition_by.is_some() {
        bail!("{address}: --partition-by needs a folder of this machine");
    }
    let place = ObjectPlace::new(address, std::env::vars());
    Ok(Output::Object(place.with_context(|| address.to_owned())?))
}

#[cfg(not(feature = "object-store"))]
fn object(_: &Args, address: &str) -> anyhow::Result<Output> {
    bail!(
        "{address}: this program was built without object stores; `cargo install --locked --path \
         cli --features s3` (or gcs, azure) builds it with one"
    );
}

fn refuse_input(path: &Path, names: &[InputName]) -> anyhow::Result<()> {
    let identity = FileIdentity::of_path(path);
    for name in names {
        if identity.is_some() && identity == FileIdentity::of_input(name) {
            bail!("{name}: input file is output file");
        }
    }
    Ok(())
}

/// Refuses to write what is read besides logs.
fn refuse_schema(args: &Args, path: &Path) -> anyhow::Result<()> {
    let identity = FileIdentity::of_path(path);
    for schema in [&args.schema, &args.previous].into_iter().flatten() {
        if identity.is_some() && identity == FileIdentity::of_path(schema) {
            bail!("{}: it is a schema, and would be replaced", shown(path));
        }
    }
    Ok(())
}

/// Opens the file of dead letters, which keeps what is in it for now.
pub(super) fn open_letters(args: &Args, path: &Path, names: &[InputName]) -> anyhow::Result<File> {
    if path == Path::new("-") {
        bail!("--dead-letter - has no place for letters: name a file, or /dev/stderr");
    }
    refuse_input(path, names)?;
    refuse_schema(args, path)?;
    let opened = File::options().write(true).create(true).truncate(false).open(path);
    let file = opened.with_context(|| format!("cannot write {}", shown(path)))?;
    let output = args.output.as_deref();
    let is_output = output == Some(path)
        || output.is_some_and(|output| {
            FileIdentity::of_path(output).is_some()
                && FileIdentity::of_path(output) == FileIdentity::of_path(path)
        });
    if is_output {
        bail!("{}: the file of dead letters is the output, too", shown(path));
    }
    Ok(file)
}

/// Refuses to write numbered files beside those of an earlier time.
fn refuse_numbered(path: &Path) -> anyhow::Result<()> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned() + "-";
    let is_numbered = |name: &Path| {
        let rest = name.file_stem().and_then(|name| name.to_str()?.strip_prefix(&stem));
        let digits = |rest: &str| rest.len() == 5 && rest.bytes().all(|b| b.is_ascii_digit());
        name.extension() == path.extension() && rest.is_some_and(digits)
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = folder.unwrap_or(Path::new(".")).read_dir().into_iter().flatten().flatten();
    for entry in entries {
        if is_numbered(Path::new(&entry.file_name())) {
            bail!(
                "{} is there from an earlier time, and would be mixed with the new files: remove \
                 such files first",
                shown(&entry.path())
            );
        }
    }
    Ok(())
}
