//! Generated data sets: made once, kept in a folder, checked by hash before each use.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use delimark::{Dialect, QuoteEscape};
use delimark_datasets::manifest::Manifest;
use delimark_datasets::{Generator, Hasher, Shape};
use delimark_results::{ColumnsSource, DatasetSource, Sha256Check};

use super::{Origin, Workload};
use crate::huge_pages::HugePages;

/// The bytes that are generated, written and hashed at once.
const CHUNK_BYTES: usize = 1 << 20;

/// A data set to generate.
#[derive(Clone, Copy, Debug)]
pub struct GeneratedOptions {
    /// The shape of its lines.
    pub shape: Shape,
    /// The number of its lines.
    pub lines: u64,
    /// The seed it grows from.
    pub seed: u64,
}

impl Workload {
    /// Loads a data set from the folder, making it first where it is missing or damaged. Tells
    /// how many lines' worth of work is done, twice as many as there are: making and checking.
    ///
    /// # Errors
    ///
    /// The folder cannot be written to, or the hash is not the one the manifest pins.
    pub fn generated(
        folder: &Path,
        options: GeneratedOptions,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self> {
        let GeneratedOptions { shape, lines, seed } = options;
        ensure!(lines > 0, "0 lines give nothing to measure");
        let path = folder.join(format!("{shape}-{lines}-seed{seed}.log"));
        let sha256 = ensure_file(&path, options, progress)
            .with_context(|| format!("the data set {} cannot be made", path.display()))?;
        let pinned = Manifest::embedded().lookup(shape, lines, seed).is_some();
        let mut file = File::open(&path)?;
        let length = file.metadata()?.len();
        let bytes = HugePages::read(&mut file, length).context("the data do not fit in memory")?;
        let origin = Origin {
            name: shape.to_string(),
            shape: Some(shape.to_string()),
            source: DatasetSource::Generated,
            seed: Some(seed),
            columns_source: Some(ColumnsSource::Shape),
            sha256,
            sha256_check: if pinned { Sha256Check::Pinned } else { Sha256Check::Computed },
        };
        let mut dialect = Dialect::new(shape.delimiter())?.with_columns(shape.columns())?;
        if let Some(quote) = shape.quote() {
            dialect = dialect.with_quote(quote, QuoteEscape::None)?;
        }
        Ok(Self::new(bytes, &path, dialect, origin))
    }
}

/// Writes a data set to anything; returns its hash.
///
/// # Errors
///
/// Where the writer fails.
pub fn write_generated(
    options: GeneratedOptions,
    writer: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> io::Result<String> {
    let mut generator = Generator::new(options.shape, options.lines, options.seed);
    let mut hasher = Hasher::new();
    let mut chunk = Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 4);
    while generator.next_chunk(&mut chunk, CHUNK_BYTES) {
        writer.write_all(&chunk)?;
        hasher.update(&chunk);
        progress(chunk.len() as u64);
        chunk.clear();
    }
    Ok(hasher.finish())
}

/// Writes a data set to a file; returns its hash.
///
/// A regular file has its name only when it is whole; what stands in its place before is replaced,
/// at the end of symbolic links. Pipes and devices are written to.
///
/// # Errors
///
/// The file or its folder cannot be written to.
pub fn write_generated_file(
    options: GeneratedOptions,
    path: &Path,
    progress: &mut dyn FnMut(u64),
) -> io::Result<String> {
    let path = resolve_links(path)?;
    if path.exists() && !path.is_file() {
        let mut file = File::options().write(true).open(path)?;
        return write_generated(options, &mut file, progress);
    }
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().ok_or(io::ErrorKind::InvalidFilename)?);
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".unfinished");
    // As any new file, less what the user masks; by default a temporary one is closed to others.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder(&path))?;
    let sha256 = write_generated(options, &mut file, progress)?;
    file.persist(path)?;
    Ok(sha256)
}

/// Follows symbolic links to what they name, whether that is there yet or not.
fn resolve_links(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_link(path) {
            Ok(target) => resolve_links(&folder(path).join(target)),
            // Neither a link nor anything else: a file to be made.
            Err(_) => Ok(path.to_owned()),
        },
        resolved => resolved,
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Returns the folder of generated data sets: in the checkout that the working directory is in, or
/// in the system's folder for temporary files.
#[must_use]
pub fn data_folder() -> PathBuf {
    crate::checkout::root().map_or_else(
        || std::env::temp_dir().join("delimark-datasets"),
        |root| root.join("datasets").join("generated"),
    )
}

/// Makes sure that the file is there and whole; returns its hash.
fn ensure_file(
    path: &Path,
    options: GeneratedOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<String> {
    let hash_path = path.with_extension("sha256");
    let manifest = Manifest::embedded();
    let pinned = manifest.lookup(options.shape, options.lines, options.seed);
    let known = pinned
        .map(|entry| entry.sha256.clone())
        .or_else(|| fs::read_to_string(&hash_path).ok().map(|text| text.trim().to_owned()));
    if let Some(known) = &known
        && path.is_file()
        && hash_file(path, progress)? == *known
    {
        return Ok(known.clone());
    }

    let folder = path.parent().context("the data set has no folder")?;
    fs::create_dir_all(folder)?;
    let sha256 = write_generated_file(options, path, progress)?;
    if let Some(entry) = pinned {
        let expected = &entry.sha256;
        ensure!(
            sha256 == *expected,
            "its hash is {sha256}, the manifest pins {expected}: the generator has changed"
        );
    }
    fs::write(hash_path, format!("{sha256}\n"))?;
    Ok(sha256)
}

fn hash_file(path: &Path, progress: &mut dyn FnMut(u64)) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Hasher::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hasher.finish()),
            length => {
                hasher.update(&chunk[..length]);
                progress(length as u64);
            }
        }
    }
}
