//! The seal of a file of results: tells a file that is as it was written from one that was damaged
//! or edited since. It is no signature: who edits a file can seal it again.

use crate::seal;
use serde_json::Value;

use super::file::ErrorKind;
use super::{Results, ResultsError};

/// The verdict of a file's seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// It is as it was when it was sealed.
    Intact,
    /// Something in it is another.
    Broken,
    /// There is none: nothing of this project wrote it.
    Absent,
}

impl Seal {
    /// Looks at the text of a file.
    ///
    /// # Errors
    ///
    /// Fails if the text is not JSON.
    pub fn of(text: &str) -> Result<Self, ResultsError> {
        let document: Value = serde_json::from_str(text).map_err(ErrorKind::Json)?;
        Ok(match document.get(seal::FIELD) {
            None => Self::Absent,
            Some(found) if *found == seal::digest(&document) => Self::Intact,
            Some(_) => Self::Broken,
        })
    }
}

impl Results {
    /// Seals results that are complete; any change after it shows.
    ///
    /// # Errors
    ///
    /// Fails where [`Results::to_json`] does.
    pub fn sealed(self) -> Result<Self, ResultsError> {
        let document = self.to_document()?;
        Ok(Self { seal: Some(seal::digest(&document)), ..self })
    }
}
