//! The study's knowledge of engines by their names: their families, their order, what they answer.

use delimark_results::{Cell, EXTRACT, EngineName, Family, READ_LIMIT};
use delimark_runner::model::Model;

/// The limit that a machine's own speed is measured by.
pub(super) const LIMIT: &str = READ_LIMIT;

const COPY_LIMIT: &str = "limit/copy";
const MASKS_LIMITS: &str = "limit/masks-";
/// The beginning of the names of this project's own engines.
pub(super) const OWN: &str = "delimark/";

/// The backends from the plainest to the widest, then the modules of WebAssembly; each step on the
/// way of one program to more of a CPU.
pub(super) const BACKEND_ORDER: [&str; 17] = [
    "delimark/scalar",
    "delimark/sse42",
    "delimark/avx2",
    "delimark/avx512",
    "delimark/neon",
    "delimark/scalar@node",
    "delimark/simd128@node",
    "delimark/scalar@deno",
    "delimark/simd128@deno",
    "delimark/scalar@bun",
    "delimark/simd128@bun",
    "delimark/scalar@spidermonkey",
    "delimark/simd128@spidermonkey",
    "delimark/scalar@wasmtime",
    "delimark/simd128@wasmtime",
    "delimark/scalar@wasmi",
    "delimark/simd128@wasmi",
];

/// A group of engines, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EngineGroup {
    Native,
    WebAssembly,
    Peer,
    Limit,
}

impl EngineGroup {
    pub(super) const ALL: [Self; 4] = [Self::Native, Self::WebAssembly, Self::Peer, Self::Limit];

    pub(super) fn of(engine: &str) -> Self {
        let name = EngineName::parse(engine);
        match name.family() {
            Family::Delimark if name.runtime().is_none() || engine == EXTRACT => Self::Native,
            Family::Delimark => Self::WebAssembly,
            Family::Limit => Self::Limit,
            Family::Peer | Family::Handicap => Self::Peer,
        }
    }

    /// Returns the name that people know it by.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Native => "Delimark",
            Self::WebAssembly => "Delimark as WebAssembly",
            Self::Peer => "Peers",
            Self::Limit => "Limits",
        }
    }

    /// Returns the name in the page's style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::WebAssembly => "wasm",
            Self::Peer => "peer",
            Self::Limit => "limit",
        }
    }
}

/// Tells the engines whose answers are this project's own.
pub(super) fn is_own(engine: &str) -> bool {
    matches!(Family::of(engine), Family::Delimark | Family::Limit)
}

/// Returns the backend that an engine's name promises to have run. [`EXTRACT`] is named by what it
/// does, and its cell says which backend it did that with.
pub(super) fn promised_backend(engine: &str) -> Option<&str> {
    let name = EngineName::parse(engine);
    match name.family() {
        Family::Delimark => Some(name.member()).filter(|_| engine != EXTRACT),
        _ => engine.strip_prefix(MASKS_LIMITS),
    }
}

/// Returns the task that a cell's answer is an answer to: engines with the same task have the same
/// answer on the same data.
pub(super) fn task(cell: &Cell) -> &str {
    let is_file = [Model::FileMap, Model::FileRead].iter().any(|model| model.name() == cell.model);
    match cell.engine.as_str() {
        LIMIT | COPY_LIMIT => "words",
        engine if engine.starts_with(MASKS_LIMITS) => Model::Count.name(),
        _ if is_file => Model::Fields.name(),
        _ => &cell.model,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delimark::Backend;
    use delimark_results::WasmRuntime;

    #[test]
    fn every_backend_has_its_step() {
        for backend in Backend::ALL {
            let steps = BACKEND_ORDER.iter().filter(|step| {
                let name = EngineName::parse(step);
                name.is_own() && name.member() == backend.name()
            });
            assert!(steps.count() > 0, "{backend} is no step");
        }
    }

    #[test]
    fn every_module_has_its_step_under_every_runtime() {
        let steps = BACKEND_ORDER.map(EngineName::parse).into_iter();
        let runtimes = steps.filter_map(EngineName::runtime);
        let expected = WasmRuntime::ALL.into_iter().flat_map(|runtime| [runtime.name; 2]);
        assert!(runtimes.eq(expected));
    }
}
