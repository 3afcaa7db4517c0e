//! Secrets: read from files or the environment, and never shown.

use std::env;
use std::fmt;
use std::fs;
use std::path::PathBuf;

/// The place of a secret. The secret itself stands in no configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SecretSource {
    /// A file that has nothing else in it; blanks and newlines around it do not count.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
}

impl SecretSource {
    /// Reads the secret.
    ///
    /// # Errors
    ///
    /// It is not there, or empty; the text names the place.
    pub fn read(&self) -> Result<Secret, String> {
        let (text, place) = match self {
            Self::File(path) => {
                let place = path.display().to_string();
                let text = fs::read_to_string(path);
                (text.map_err(|error| format!("{place}: cannot read the secret: {error}"))?, place)
            }
            Self::Variable(name) => {
                let place = format!("environment variable {name}");
                let text = env::var(name);
                // The error of one that is not UTF-8 would show it.
                (text.map_err(|_| format!("{place}: it is not set, or not UTF-8"))?, place)
            }
        };
        match text.trim() {
            "" => Err(format!("{place}: the secret is empty")),
            text => Ok(Secret(text.into())),
        }
    }
}

/// A secret, which shows itself to nobody by accident.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Returns the secret, for the one who needs it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(hidden)")
    }
}

/// What a client proves who it is with.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Credentials {
    /// Nothing.
    #[default]
    None,
    /// A user and a password.
    Basic {
        /// The name of the user.
        user: String,
        /// The place of the password.
        password: SecretSource,
    },
    /// A token.
    Bearer(SecretSource),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "  s3cret\n").unwrap();
        let secret = SecretSource::File(path.clone()).read().unwrap();
        assert_eq!(secret.reveal(), "s3cret");
        assert_eq!(format!("{secret:?}"), "Secret(hidden)");
        fs::write(&path, " \n").unwrap();
        let error = SecretSource::File(path.clone()).read().unwrap_err();
        assert!(error.ends_with("token: the secret is empty"), "{error}");
        fs::remove_file(&path).unwrap();
        let error = SecretSource::File(path).read().unwrap_err();
        assert!(error.contains("token: cannot read the secret: "), "{error}");
    }

    #[test]
    fn a_variable_that_is_not_set_is_named() {
        let secret = SecretSource::Variable("PATH".to_owned()).read().unwrap();
        assert_eq!(secret.reveal(), env::var("PATH").unwrap().trim());
        let error = SecretSource::Variable("DELIMARK_NOT_SET".to_owned()).read().unwrap_err();
        assert_eq!(error, "environment variable DELIMARK_NOT_SET: it is not set, or not UTF-8");
    }
}
