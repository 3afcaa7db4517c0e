//! What the study knows of engines by their names: their families, and which names there are. A
//! name that is none of this project's cannot be compared with another machine's.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use delimark::Backend;

use crate::engine::{self, EXTRACT, HostedEngine, READ_LIMIT};
use crate::model::Model;
use crate::results::Cell;

/// The limit that a machine's own speed is measured by.
pub(super) const LIMIT: &str = READ_LIMIT;

const COPY_LIMIT: &str = "limit/copy";
const MASKS_LIMITS: &str = "limit/masks-";
const OWN: &str = "delimark/";

/// The backends from the plainest to the widest, then the modules of WebAssembly; each step on the
/// way of one program to more of a CPU.
pub(super) const LADDER: [&str; 9] = [
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

/// Every name that an engine of this project or a rival of it can have.
static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let backends = Backend::ALL.iter();
    let of_backends = backends.flat_map(|b| [format!("{OWN}{b}"), format!("{MASKS_LIMITS}{b}")]);
    let limits = [LIMIT, COPY_LIMIT].map(str::to_owned);
    let hosted = HostedEngine::ALL.map(HostedEngine::name);
    let declared = engine::DECLARED_NAMES.into_iter().chain([EXTRACT]).map(str::to_owned);
    let rivals = engine::rival_names().into_iter().chain(declared);
    of_backends.chain(limits).chain(hosted).chain(rivals).collect()
});

/// Says what is wrong with the name of an engine, if anything.
pub(super) fn name_flaw(engine: &str) -> Option<String> {
    if engine.starts_with(engine::CONTROLS) {
        return Some(format!("{engine} is slow on purpose: run without it"));
    }
    (!NAMES.contains(engine)).then(|| {
        format!(
            "no engine is called {engine}: measure with an unchanged build of this project, and \
             contribute the file as `delimark run` wrote it"
        )
    })
}

/// Tells the engines whose answers are this project's own.
pub(super) fn is_own(engine: &str) -> bool {
    engine.starts_with(OWN) || Family::of(engine) == Family::Limit
}

/// Says that another backend ran than the name of a cell promises, if one did.
pub(super) fn backend_flaw(cell: &Cell) -> Option<String> {
    if cell.engine == EXTRACT {
        // It is named by what it does, and says which backend it did that with.
        return None;
    }
    let promised = cell.engine.strip_prefix(OWN).or(cell.engine.strip_prefix(MASKS_LIMITS))?;
    let promised = promised.split('@').next();
    let executed = cell.backend_executed.as_deref();
    (promised != executed).then(|| {
        format!(
            "{} on {} ran the backend {}, not the one of its name",
            cell.engine,
            cell.model,
            executed.unwrap_or("that it does not say")
        )
    })
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
