//! The pinned datasets, read from text.

use core::fmt;
use std::error::Error;

use serde::Deserialize;

use crate::shape::{ParseShapeError, Shape};

/// Lists the datasets whose bytes are pinned by hash.
///
/// # Examples
///
/// ```
/// use delimark_datasets::Shape;
/// use delimark_datasets::manifest::Manifest;
///
/// let manifest = Manifest::embedded();
/// let entry = manifest.lookup(Shape::Nginx12, 1_000_000, 1).expect("the default run is pinned");
/// assert_eq!(entry.sha256.len(), 64);
/// ```
#[derive(Clone, Debug)]
pub struct Manifest {
    entries: Vec<Entry>,
}

impl Manifest {
    /// Parses the manifest that is compiled into this crate.
    ///
    /// # Panics
    ///
    /// Never in a crate that passes its tests: the text is part of it.
    #[must_use]
    pub fn embedded() -> Self {
        Self::parse(include_str!("../manifest.toml")).expect("the embedded manifest parses")
    }

    /// Parses a manifest from TOML text.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, a key is missing or unknown, or a shape has no such name.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let wire: WireManifest = toml::from_str(text).map_err(ManifestError::syntax)?;
        let entries = wire.dataset.into_iter().map(Entry::from_wire).collect::<Result<_, _>>()?;
        Ok(Self { entries })
    }

    /// Returns every entry, in the file's order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Finds what is pinned for a shape, a number of lines and a seed.
    #[must_use]
    pub fn lookup(&self, shape: Shape, lines: u64, seed: u64) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| (entry.shape, entry.lines, entry.seed) == (shape, lines, seed))
    }
}

/// Pins one dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, for example `nginx12-1000000-seed1`.
    pub name: String,
    /// The shape of its lines.
    pub shape: Shape,
    /// The number of its lines.
    pub lines: u64,
    /// The seed it grows from.
    pub seed: u64,
    /// Its size in bytes.
    pub bytes: u64,
    /// The SHA-256 of all its bytes, in lower-case hexadecimal.
    pub sha256: String,
}

impl Entry {
    fn from_wire(wire: WireEntry) -> Result<Self, ManifestError> {
        let shape = wire.shape.parse().map_err(ManifestError::shape)?;
        let WireEntry { name, lines, seed, bytes, sha256, .. } = wire;
        Ok(Self { name, shape, lines, seed, bytes, sha256 })
    }
}

/// Says why a manifest could not be read.
#[derive(Debug)]
pub struct ManifestError {
    kind: ManifestErrorKind,
}

#[derive(Debug)]
enum ManifestErrorKind {
    Syntax(toml::de::Error),
    Shape(ParseShapeError),
}

impl ManifestError {
    fn syntax(cause: toml::de::Error) -> Self {
        Self { kind: ManifestErrorKind::Syntax(cause) }
    }

    fn shape(cause: ParseShapeError) -> Self {
        Self { kind: ManifestErrorKind::Shape(cause) }
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ManifestErrorKind::Syntax(_) => formatter.write_str("the manifest is not well formed"),
            ManifestErrorKind::Shape(_) => {
                formatter.write_str("the manifest names an unknown shape")
            }
        }
    }
}

impl Error for ManifestError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            ManifestErrorKind::Syntax(cause) => Some(cause),
            ManifestErrorKind::Shape(cause) => Some(cause),
        }
    }
}

/// The file's own layout, apart from [`Manifest`] so that neither holds the other back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireManifest {
    dataset: Vec<WireEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireEntry {
    name: String,
    shape: String,
    lines: u64,
    seed: u64,
    bytes: u64,
    sha256: String,
}
