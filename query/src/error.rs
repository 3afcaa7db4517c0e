//! Errors, in the words of whoever wrote the statement.

use std::error::Error;
use std::fmt;
use std::io;
use std::iter;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use datafusion::error::DataFusionError;
use delimark_extract::escape::Printable;

/// The reason why a statement has no result.
#[derive(Debug)]
pub struct QueryError {
    message: String,
    is_of_lines: bool,
}

impl QueryError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_of_lines: false }
    }

    /// Makes the error of a file.
    pub(crate) fn input(path: &Path, message: impl fmt::Display) -> Self {
        Self::new(format!("{}: {message}", shown(path)))
    }

    /// Makes the error of a line that does not fit.
    pub(crate) fn line(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_of_lines: true }
    }

    /// Tells whether it is lines of a log that do not fit, and not the statement or a file.
    #[must_use]
    pub fn is_of_lines(&self) -> bool {
        self.is_of_lines
    }
}

/// Returns what the operating system said, where it is the cause of an error, and else the error.
fn cause(error: &(dyn Error + 'static)) -> String {
    let mut causes = iter::successors(Some(error), |&error| error.source());
    let of_system = causes.find_map(|error| {
        let error = error.downcast_ref::<io::Error>()?;
        error.raw_os_error().map(|_| error.to_string())
    });
    of_system.unwrap_or_else(|| error.to_string())
}

/// Returns a path as it can be printed.
pub(crate) fn shown(path: &Path) -> String {
    Printable(path.as_os_str().as_bytes()).to_string()
}

impl fmt::Display for QueryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for QueryError {}

impl From<QueryError> for DataFusionError {
    fn from(error: QueryError) -> Self {
        Self::External(Box::new(error))
    }
}

impl From<DataFusionError> for QueryError {
    /// Takes out our own error, wherever it is inside, and the message of others without the words
    /// that say in which part of the engine they came up.
    fn from(error: DataFusionError) -> Self {
        match error {
            DataFusionError::External(inner) => match inner.downcast::<Self>() {
                Ok(own) => *own,
                Err(other) => match other.downcast::<DataFusionError>() {
                    Ok(inner) => Self::from(*inner),
                    Err(other) => Self::new(other.to_string()),
                },
            },
            DataFusionError::Shared(inner) => Self::of_reference(&inner),
            DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => {
                Self::from(*inner)
            }
            DataFusionError::Collection(errors) => {
                let messages = errors.into_iter().map(|error| Self::from(error).message);
                Self::new(messages.collect::<Vec<_>>().join("; "))
            }
            DataFusionError::ArrowError(inner, _) => match *inner {
                datafusion::arrow::error::ArrowError::ExternalError(inner) => {
                    Self::from(DataFusionError::External(inner))
                }
                inner => Self::new(inner.to_string()),
            },
            other => Self::of_reference(&other),
        }
    }
}

impl QueryError {
    fn of_reference(error: &DataFusionError) -> Self {
        match error.find_root() {
            DataFusionError::External(inner) => match inner.downcast_ref::<Self>() {
                Some(own) => Self { message: own.message.clone(), is_of_lines: own.is_of_lines },
                None => Self::new(inner.to_string()),
            },
            DataFusionError::Plan(message)
            | DataFusionError::Execution(message)
            | DataFusionError::Configuration(message)
            | DataFusionError::NotImplemented(message) => Self::new(message.clone()),
            DataFusionError::SQL(error, _) => {
                let text = error.to_string();
                let text = text.strip_prefix("sql parser error: ").unwrap_or(&text);
                Self::new(format!("the SQL cannot be read: {text}"))
            }
            DataFusionError::SchemaError(error, _) => Self::new(error.to_string()),
            DataFusionError::ObjectStore(error) => Self::new(cause(error.as_ref())),
            DataFusionError::IoError(error) => Self::new(error.to_string()),
            other => Self::new(other.strip_backtrace()),
        }
    }
}
