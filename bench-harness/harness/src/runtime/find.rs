//! The places of runners and of the code that they run, and the remedy where they are not there.

use std::fmt;
use std::path::{Path, PathBuf};

use super::RunnerProcess;
use crate::checkout;

/// The modules that `scripts/build-wasm` makes, from the root of the checkout.
const PACKAGE: &str = "target/wasm/package";

/// The Python that `scripts/setup` makes for wasmtime.
const WASMTIME_PYTHON: &str = "target/wasmtime/bin/python";

/// The program that `scripts/build-runner` makes.
const AARCH64_RUNNER: &str = "target/runner/aarch64/delimark-runner";

/// The folder of Debian's cross compiler for the libraries of aarch64.
const AARCH64_LIBRARIES: &str = "/usr/aarch64-linux-gnu";

/// Has V8 compile a module with its optimising compiler, all of it, before the first call.
const NODE_FLAGS: [&str; 2] = ["--no-liftoff", "--no-wasm-lazy-compilation"];

/// One of the two WebAssembly modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// For engines without SIMD.
    Scalar,
    /// With 128-bit SIMD.
    Simd128,
}

impl Module {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Scalar, Self::Simd128];

    /// The name, which is that of the backend in it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Simd128 => "simd128",
        }
    }

    fn find(self) -> Result<PathBuf, Missing> {
        in_checkout(&format!("{PACKAGE}/delimark.{}.wasm", self.name()), "scripts/build-wasm")
    }
}

/// The reason why there is no such runner here: a sentence that says what to install or run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing(String);

impl Missing {
    /// Makes it of a sentence.
    #[must_use]
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

impl RunnerProcess {
    /// The module under Node.
    ///
    /// # Errors
    ///
    /// Node or the module is not there.
    pub fn node(module: Module) -> Result<Self, Missing> {
        let node = node()?;
        let script = in_checkout("bench-harness/engines/runtimes/node.mjs", "git checkout")?;
        let module_path = module.find()?;
        let mut arguments = NODE_FLAGS.to_vec();
        let paths = [text(&script)?, text(&module_path)?];
        arguments.extend(paths.iter().map(String::as_str));
        Ok(Self::new(&format!("{}@node", module.name()), &node, &arguments))
    }

    /// The module under wasmtime.
    ///
    /// # Errors
    ///
    /// wasmtime or the module is not there.
    pub fn wasmtime(module: Module) -> Result<Self, Missing> {
        let python = wasmtime_python()?;
        let script = in_checkout("bench-harness/engines/runtimes/wasmtime.py", "git checkout")?;
        let arguments = [text(&script)?, text(&module.find()?)?];
        let arguments = arguments.each_ref().map(String::as_str);
        Ok(Self::new(&format!("{}@wasmtime", module.name()), &python, &arguments))
    }

    /// The backend `neon` on an emulated processor; only for [`RunnerProcess::verify`].
    ///
    /// # Errors
    ///
    /// The emulator or the program for it is not there.
    pub fn qemu_aarch64() -> Result<Self, Missing> {
        let emulator = program(&["qemu-aarch64", "qemu-aarch64-static"])?;
        let runner = in_checkout(AARCH64_RUNNER, "scripts/build-runner")?;
        let arguments = ["-L", AARCH64_LIBRARIES, &text(&runner)?, "neon"];
        Ok(Self::new("neon@qemu", &emulator, &arguments))
    }
}

/// Looks for Node.
///
/// # Errors
///
/// It is not installed.
pub fn check_node() -> Result<(), Missing> {
    node().map(drop)
}

/// Looks for wasmtime.
///
/// # Errors
///
/// It is not installed.
pub fn check_wasmtime() -> Result<(), Missing> {
    wasmtime_python().map(drop)
}

fn node() -> Result<PathBuf, Missing> {
    program(&["node"])
}

fn wasmtime_python() -> Result<PathBuf, Missing> {
    in_checkout(WASMTIME_PYTHON, "scripts/setup")
}

/// Finds a program as the shell would, under the first of its names that is there.
fn program(names: &[&str]) -> Result<PathBuf, Missing> {
    let found = names.iter().find_map(|name| which::which(name).ok());
    found.ok_or_else(|| Missing::new(format!("{} is not installed: run scripts/setup", names[0])))
}

pub(super) fn in_checkout(path: &str, made_by: &str) -> Result<PathBuf, Missing> {
    let root = checkout::root().ok_or_else(|| {
        Missing::new(format!("{path} is in a checkout of Delimark: run this inside of one"))
    })?;
    let path_here = root.join(path);
    if path_here.is_file() {
        Ok(path_here)
    } else {
        Err(Missing::new(format!("{path} is not there: run {made_by}")))
    }
}

fn text(path: &Path) -> Result<String, Missing> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| Missing::new(format!("the path {} is not UTF-8", path.display())))
}
