//! The runtimes of WebAssembly: where each is, and how it is started.

use std::collections::BTreeMap;
use std::path::PathBuf;

use delimark_results::WasmRuntime;

use super::RunnerProcess;
use super::find::{Missing, Module, in_checkout, program, text};

/// The script that holds a module where there is an interface as Node's.
const NODE_SCRIPT: &str = "bench-harness/engines/runtimes/node.mjs";

/// The Python that `scripts/engines` makes.
const PYTHON: &str = "target/runtimes/python/bin/python";

/// The flags that have V8 compile a module with its optimising compiler, all of it, before the
/// first call.
const V8_TIERS: [&str; 2] = ["--no-liftoff", "--no-wasm-lazy-compilation"];

/// The way to start a runtime of WebAssembly. A new one is an entry of [`Launch::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The runtime.
    pub runtime: WasmRuntime,
    /// The program.
    pub program: Program,
    /// The use that it is of.
    pub purpose: &'static str,
    /// The command that installs it.
    pub install: &'static str,
    /// The arguments upon which the program tells its version.
    pub ask_version: &'static [&'static str],
    /// The arguments in front of the script and the module.
    arguments: &'static [&'static str],
    /// The script, from the root of the checkout; none where the program itself is the runner.
    script: Option<&'static str>,
    /// The variables that a process has.
    environment: &'static [(&'static str, &'static str)],
    /// The flags upon which every pass runs the same code.
    tiers: TierFlags,
    /// True where a run measures it unasked.
    pub in_plain_run: bool,
}

/// The place of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// In PATH, by one of these names.
    Path(&'static [&'static str]),
    /// In the checkout, at this path.
    Checkout(&'static str),
}

/// The flags that choose compilers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TierFlags {
    /// There are none.
    None,
    /// Arguments, behind those that it always has.
    Arguments(&'static [&'static str]),
    /// Variables.
    Environment(&'static [(&'static str, &'static str)]),
}

/// The compilers that an engine may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tiers {
    /// Whichever it takes, as people have it: a first call may run slower code than later ones.
    Default,
    /// The optimising one from the first call on, or as soon as its flags allow.
    Optimising,
}

impl Launch {
    /// Every runtime.
    pub const ALL: [Self; 6] = [
        Self {
            runtime: WasmRuntime::NODE,
            program: Program::Path(&["node"]),
            purpose: "runs WebAssembly (V8)",
            install: "sudo apt install nodejs",
            ask_version: &["--version"],
            arguments: &[],
            script: Some(NODE_SCRIPT),
            environment: &[],
            tiers: TierFlags::Arguments(&V8_TIERS),
            in_plain_run: true,
        },
        Self {
            runtime: WasmRuntime::DENO,
            program: Program::Checkout("target/runtimes/bin/deno"),
            purpose: "runs WebAssembly (a newer V8)",
            install: "scripts/engines",
            ask_version: &["--version"],
            arguments: &["run", "--no-config", "--no-prompt", "--allow-read"],
            script: Some(NODE_SCRIPT),
            environment: &[("DENO_NO_UPDATE_CHECK", "1")],
            tiers: TierFlags::Arguments(&["--v8-flags=--no-liftoff,--no-wasm-lazy-compilation"]),
            in_plain_run: true,
        },
        Self {
            runtime: WasmRuntime::BUN,
            program: Program::Checkout("target/runtimes/bin/bun"),
            purpose: "runs WebAssembly (JavaScriptCore, as Safari)",
            install: "scripts/engines",
            ask_version: &["--version"],
            arguments: &[],
            script: Some(NODE_SCRIPT),
            environment: &[],
            // It has no flag to leave its interpreter and its first compiler out, but can be made
            // to go through both within the first moments of a call.
            tiers: TierFlags::Environment(&[
                ("BUN_JSC_useConcurrentJIT", "false"),
                ("BUN_JSC_thresholdForBBQOptimizeAfterWarmUp", "1"),
                ("BUN_JSC_thresholdForOMGOptimizeAfterWarmUp", "1"),
            ]),
            in_plain_run: true,
        },
        Self {
            runtime: WasmRuntime::SPIDERMONKEY,
            program: Program::Checkout(PYTHON),
            purpose: "runs WebAssembly (as Firefox)",
            install: "scripts/engines",
            ask_version: &[
                "-c",
                "from importlib.metadata import version; print(version('pythonmonkey'))",
            ],
            arguments: &[],
            script: Some("bench-harness/engines/runtimes/spidermonkey.py"),
            environment: &[],
            tiers: TierFlags::None,
            in_plain_run: true,
        },
        Self {
            runtime: WasmRuntime::WASMTIME,
            program: Program::Checkout(PYTHON),
            purpose: "runs WebAssembly outside JavaScript (Cranelift)",
            install: "scripts/engines",
            ask_version: &[
                "-c",
                "from importlib.metadata import version; print(version('wasmtime'))",
            ],
            arguments: &[],
            script: Some("bench-harness/engines/runtimes/wasmtime.py"),
            environment: &[],
            tiers: TierFlags::None,
            in_plain_run: true,
        },
        Self {
            runtime: WasmRuntime::WASMI,
            program: Program::Checkout("target/runtimes/bin/delimark-wasmi"),
            purpose: "interprets WebAssembly",
            install: "scripts/engines",
            ask_version: &["--version"],
            arguments: &[],
            script: None,
            environment: &[],
            tiers: TierFlags::None,
            // A pass takes so long that all other engines would get fewer rounds.
            in_plain_run: false,
        },
    ];

    /// Looks for the program alone, which needs no module to be built.
    ///
    /// # Errors
    ///
    /// It is not there.
    pub fn find(&self) -> Result<PathBuf, Missing> {
        match self.program {
            Program::Path(names) => program(names),
            Program::Checkout(path) => in_checkout(path, self.install),
        }
    }

    /// Returns the variables that choose compilers.
    #[must_use]
    pub fn tier_variables(&self) -> &'static [(&'static str, &'static str)] {
        match self.tiers {
            TierFlags::Environment(variables) => variables,
            TierFlags::None | TierFlags::Arguments(_) => &[],
        }
    }

    /// Makes a runner of a module.
    ///
    /// # Errors
    ///
    /// The program, its script or the module is not there.
    pub fn runner(&self, module: Module, tiers: Tiers) -> Result<RunnerProcess, Missing> {
        let program = self.find()?;
        let script = self.script.map(|script| in_checkout(script, "git checkout")).transpose()?;
        let paths = script.into_iter().chain([module.find()?]);
        let paths = paths.map(|path| text(&path)).collect::<Result<Vec<_>, _>>()?;
        let flags: &[&str] = match (&self.tiers, tiers) {
            (TierFlags::Arguments(flags), Tiers::Optimising) => flags,
            _ => &[],
        };
        let arguments: Vec<&str> = self.arguments.iter().chain(flags).copied().collect();
        let arguments: Vec<&str> =
            arguments.into_iter().chain(paths.iter().map(String::as_str)).collect();
        let variables = match tiers {
            Tiers::Default => &[],
            Tiers::Optimising => self.tier_variables(),
        };
        let variables = self.environment.iter().chain(variables);
        let environment: BTreeMap<String, String> =
            variables.map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let name = format!("{}@{}", module.name(), self.runtime.name);
        Ok(RunnerProcess::new(&name, &program, &arguments).with_environment(&environment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runtime_that_has_a_name_can_be_started() {
        assert_eq!(Launch::ALL.map(|launch| launch.runtime), WasmRuntime::ALL);
    }
}
