//! The vectors of a folder: a manifest, and the files that it vouches for.

use std::collections::HashSet;
use std::fmt::Write;
use std::fs;
use std::path::{Component, Path};
use std::sync::LazyLock;

use anyhow::{Context, Result, bail, ensure};
use jsonschema::Validator;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::case::Case;
use super::vector::VectorFile;

/// The schema of a file of vectors, as the repository publishes it.
const SCHEMA: &str = include_str!("../../../datasets/conformance/vectors.schema.json");

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(SCHEMA).expect("the committed schema is JSON");
    jsonschema::draft202012::new(&schema).expect("the committed schema is a schema")
});

/// All cases of a folder.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The version in the manifest.
    pub version: String,
    /// The files, in the manifest's order.
    pub files: Vec<SuiteFile>,
    /// The cases, in the order of the files.
    pub cases: Vec<Case>,
}

/// A file of a suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteFile {
    /// Its name without folder and extension, the row of the matrix.
    pub name: String,
    /// Its subject.
    pub topic: String,
}

#[derive(Deserialize)]
struct Manifest {
    version: String,
    files: Vec<ManifestFile>,
}

#[derive(Deserialize)]
struct ManifestFile {
    path: String,
    sha256: String,
    cases: usize,
}

impl Suite {
    /// Reads the folder's `manifest.json` and every file in it.
    ///
    /// # Errors
    ///
    /// A file is missing or not the one that the manifest vouches for, does not keep to the
    /// schema, or contradicts itself or another one. The error says which, and where.
    pub fn load(folder: &Path) -> Result<Self> {
        let path = folder.join("manifest.json");
        let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let manifest: Manifest = serde_json::from_slice(&text)
            .with_context(|| format!("{} is no manifest", path.display()))?;
        let mut suite = Self { version: manifest.version, files: Vec::new(), cases: Vec::new() };
        for listed in &manifest.files {
            let path = folder.join(&listed.path);
            suite.add(&path, listed).with_context(|| format!("cannot use {}", path.display()))?;
        }
        suite.check_ids()?;
        Ok(suite)
    }

    fn add(&mut self, path: &Path, listed: &ManifestFile) -> Result<()> {
        let inside = Path::new(&listed.path);
        let is_below = inside.components().all(|part| matches!(part, Component::Normal(_)));
        ensure!(is_below, "it is not in the manifest's folder");
        let text = fs::read(path)?;
        let hash = hexadecimal(&Sha256::digest(&text));
        if hash != listed.sha256 {
            bail!("its SHA-256 is {hash}, but the manifest says {}", listed.sha256);
        }
        let document: Value = serde_json::from_slice(&text)?;
        if let Some(error) = VALIDATOR.iter_errors(&document).next() {
            bail!("at {}: {error}", error.instance_path().as_str());
        }
        let VectorFile { topic, cases } = serde_json::from_value(document)?;
        let (count, expected) = (cases.len(), listed.cases);
        ensure!(count == expected, "it has {count} cases, but the manifest says {expected}");
        let name = inside.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = self.files.len();
        for vector in cases {
            let id = vector.id.clone();
            self.cases.push(vector.into_case(file).with_context(|| format!("case {id}"))?);
        }
        self.files.push(SuiteFile { name, topic });
        Ok(())
    }

    fn check_ids(&self) -> Result<()> {
        let mut seen = HashSet::new();
        match self.cases.iter().find(|case| !seen.insert(&case.id)) {
            Some(twice) => bail!("there are two cases with the id {}", twice.id),
            None => Ok(()),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}
