//! The name of a backend on the command line, with its runtime or without.

use std::fmt;
use std::str::FromStr;

use delimark::Backend;
use delimark_results::WasmRuntime;

/// The runtime of the backends that this process runs.
pub(super) const NATIVE: &str = "native";

/// Returns the runtimes, by the names after the `@`.
pub(super) fn runtimes() -> impl Iterator<Item = &'static str> {
    let of_modules = WasmRuntime::ALL.map(|runtime| runtime.name);
    [NATIVE, "qemu"].into_iter().chain(of_modules).chain(["bochs"])
}

/// A backend, in one runtime or in any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    backend: Backend,
    runtime: Option<&'static str>,
}

impl Selector {
    /// Returns the backend, in whatever runtime.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Returns true for the column of this name.
    #[must_use]
    pub fn fits(&self, column: &str) -> bool {
        let (backend, runtime) = column.split_once('@').unwrap_or((column, NATIVE));
        self.backend.name() == backend && self.runtime.is_none_or(|wanted| wanted == runtime)
    }
}

impl FromStr for Selector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (backend, runtime) = match text.split_once('@') {
            Some((backend, runtime)) => (backend, Some(runtime)),
            None => (text, None),
        };
        let backend = backend.parse().map_err(|error: delimark::BackendError| error.to_string())?;
        let known = |runtime| {
            let found = runtimes().find(|known| *known == runtime);
            found.ok_or_else(|| {
                let names = runtimes().collect::<Vec<_>>().join(", ");
                format!("unknown runtime '{runtime}' (expected one of: {names})")
            })
        };
        Ok(Self { backend, runtime: runtime.map(known).transpose()? })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.backend)?;
        match self.runtime {
            Some(runtime) => write!(formatter, "@{runtime}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Selector;

    #[test]
    fn a_bare_name_is_any_runtime() {
        let scalar: Selector = "scalar".parse().unwrap();
        assert!(["scalar", "scalar@node"].iter().all(|column| scalar.fits(column)));
        assert!(!scalar.fits("avx2"));
        let node: Selector = "scalar@node".parse().unwrap();
        assert!(node.fits("scalar@node") && !node.fits("scalar") && !node.fits("scalar@wasmtime"));
        let native: Selector = "scalar@native".parse().unwrap();
        assert!(native.fits("scalar") && !native.fits("scalar@node"));
        assert_eq!(native.to_string(), "scalar@native");
    }

    #[test]
    fn what_is_not_there_is_refused() {
        for text in ["", "nonsense", "scalar@", "scalar@nonsense"] {
            assert!(text.parse::<Selector>().is_err(), "{text}");
        }
        let error = "scalar@nonsense".parse::<Selector>().unwrap_err();
        let known = "'nonsense' (expected one of: native, qemu, node, deno, bun, spidermonkey, \
                     wasmtime, wasmi, bochs)";
        assert!(error.ends_with(known), "{error}");
    }
}
