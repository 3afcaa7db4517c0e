//! The checkpoint: where each file was read up to, in one file that is always whole.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::sources::FileState;
use crate::stages::Held;

/// The number of the format. One more where an older program could not read it.
const VERSION: u32 = 1;

const NAME: &str = "checkpoint.json";
const NEW_NAME: &str = "checkpoint.json.new";

/// Where the files of each source were read up to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    version: u32,
    /// Files by the names of their sources.
    pub(crate) sources: BTreeMap<String, Vec<FileState>>,
    /// The beginnings of lines that were read and have not ended, by the names of their sources.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) held: BTreeMap<String, Vec<Held>>,
}

impl Checkpoint {
    /// Reads the checkpoint in a folder; an empty one where there is none.
    ///
    /// # Errors
    ///
    /// It cannot be read. To begin without it would read everything again, so nothing begins then.
    pub(crate) fn read(folder: &Path) -> io::Result<Self> {
        let path = folder.join(NAME);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (sources, held) = Default::default();
                return Ok(Self { version: VERSION, sources, held });
            }
            result => result.map_err(|error| named(&path, &error.to_string()))?,
        };
        let own: Self = serde_json::from_slice(&bytes).map_err(|error| {
            let message = format!("is no checkpoint: {error}; move it away to begin without it");
            named(&path, &message)
        })?;
        if own.version == VERSION {
            Ok(own)
        } else {
            let message = format!("has version {}, expected {VERSION}", own.version);
            Err(named(&path, &message))
        }
    }

    /// Replaces the checkpoint in a folder: written beside it, synced, and renamed.
    ///
    /// # Errors
    ///
    /// The disk fails or is full; the former one is there then.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        let path = folder.join(NEW_NAME);
        let bytes = serde_json::to_vec(self)?;
        let write = || -> io::Result<()> {
            let mut file = File::create(&path)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&path, folder.join(NAME))?;
            File::open(folder)?.sync_all()
        };
        write().map_err(|error| named(&path, &error.to_string()))
    }
}

fn named(path: &Path, message: &str) -> io::Error {
    io::Error::other(format!("{}: {message}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_that_is_damaged_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::read(folder.path()).unwrap();
        assert!(checkpoint.sources.is_empty(), "a new folder has none");
        checkpoint.write(folder.path()).unwrap();
        assert_eq!(Checkpoint::read(folder.path()).unwrap(), checkpoint);
        assert!(!folder.path().join(NEW_NAME).exists());
        let path = folder.path().join(NAME);
        fs::write(&path, r#"{"version":1,"sour"#).unwrap();
        let error = Checkpoint::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("checkpoint.json: is no checkpoint"), "{error}");
        fs::write(&path, r#"{"version":2,"sources":{}}"#).unwrap();
        let error = Checkpoint::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("has version 2, expected 1"), "{error}");
    }
}
