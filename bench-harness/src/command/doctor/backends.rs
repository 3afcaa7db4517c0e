//! The backends that can run here, and the one that a scanner would get.

use std::env;

use delimark::{BACKEND_VARIABLE, Backend, BackendError, Dialect, Scanner};
use delimark_results::Known;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Backends {
    /// Every backend there is; the value is true where it can run.
    pub(super) all: Vec<BackendFinding>,
    /// The one that scanners use where the program names none, or why there is none.
    pub(super) chosen: Known<&'static str>,
    /// The origin of the choice: [`BACKEND_VARIABLE`] or the machine.
    pub(super) chosen_by: ChosenBy,
}

#[derive(Serialize)]
pub(super) struct BackendFinding {
    pub(super) name: &'static str,
    pub(super) available: bool,
    /// The features that it lacks here, where it cannot run.
    pub(super) missing: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum ChosenBy {
    #[serde(rename = "DELIMARK_BACKEND")]
    Variable,
    #[serde(rename = "best")]
    Best,
}

impl Backends {
    pub(super) fn collect() -> Self {
        let variable = env::var_os(BACKEND_VARIABLE);
        Self {
            all: Backend::ALL.iter().copied().map(finding).collect(),
            chosen: match Backend::from_environment() {
                Ok(backend) => Known::Value(backend.name()),
                Err(error) => Known::Unavailable(error.to_string()),
            },
            chosen_by: match variable {
                Some(name) if !name.is_empty() => ChosenBy::Variable,
                _ => ChosenBy::Best,
            },
        }
    }
}

/// Builds a scanner with the backend, as every use of it does.
fn finding(backend: Backend) -> BackendFinding {
    let dialect = Dialect::new(b'|').expect("a bar can delimit");
    let missing = Scanner::with_backend(dialect, backend).err();
    BackendFinding {
        name: backend.name(),
        available: missing.is_none(),
        missing: missing.as_ref().map(BackendError::to_string),
    }
}
