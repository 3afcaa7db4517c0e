//! What the study knows of engines by their names: their families, their order, what they answer.

use delimark_results::{Cell, EXTRACT, READ_LIMIT};
use delimark_runner::model::Model;

/// The limit that a machine's own speed is measured by.
pub(super) const LIMIT: &str = READ_LIMIT;

const COPY_LIMIT: &str = "limit/copy";
const MASKS_LIMITS: &str = "limit/masks-";
/// What the names of this project's own engines begin with.
pub(super) const OWN: &str = "delimark/";

/// The backends from the plainest to the widest, then the modules of WebAssembly; each step on the
/// way of one program to more of a CPU.
pub(super) const BACKEND_ORDER: [&str; 9] = [
    "delimark/scalar",
    "delimark/sse42",
    "delimark/avx2",
    "delimark/avx512",
    "delimark/neon",
    "delimark/scalar@node",
    "delimark/simd128@node",
    "delimark/scalar@wasmtime",
    "delimark/simd128@wasmtime",
];

/// What kind of engine a name belongs to, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    Native,
    WebAssembly,
    Rival,
    Limit,
}

impl Family {
    pub(super) const ALL: [Self; 4] = [Self::Native, Self::WebAssembly, Self::Rival, Self::Limit];

    pub(super) fn of(engine: &str) -> Self {
        match engine.strip_prefix(OWN) {
            Some(_) if engine == EXTRACT => Self::Native,
            Some(rest) if rest.contains('@') => Self::WebAssembly,
            Some(_) => Self::Native,
            None if engine.starts_with("limit/") => Self::Limit,
            None => Self::Rival,
        }
    }

    /// What people call it.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Native => "Delimark",
            Self::WebAssembly => "Delimark as WebAssembly",
            Self::Rival => "Rivals",
            Self::Limit => "Limits",
        }
    }

    /// The name in the page's style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::WebAssembly => "wasm",
            Self::Rival => "rival",
            Self::Limit => "limit",
        }
    }
}

/// Tells the engines whose answers are this project's own.
pub(super) fn is_own(engine: &str) -> bool {
    engine.starts_with(OWN) || Family::of(engine) == Family::Limit
}

/// The backend that an engine's name promises to have run. [`EXTRACT`] is named by what it does,
/// and its cell says which backend it did that with.
pub(super) fn promised_backend(engine: &str) -> Option<&str> {
    let promised = engine.strip_prefix(OWN).or(engine.strip_prefix(MASKS_LIMITS))?;
    promised.split('@').next().filter(|_| engine != EXTRACT)
}

/// What a cell's answer is an answer to: engines with the same task have the same answer on the
/// same data.
pub(super) fn task(cell: &Cell) -> &str {
    let is_file = [Model::FileMap, Model::FileRead].iter().any(|model| model.name() == cell.model);
    match cell.engine.as_str() {
        LIMIT | COPY_LIMIT => "words",
        engine if engine.starts_with(MASKS_LIMITS) => Model::Count.name(),
        _ if is_file => Model::Fields.name(),
        _ => &cell.model,
    }
}
