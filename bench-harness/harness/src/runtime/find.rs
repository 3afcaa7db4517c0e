//! The places of runners and of the code that they run, and the remedy where they are not there.

use std::fmt;
use std::path::{Path, PathBuf};

use super::RunnerProcess;
use crate::checkout;

/// The modules that `scripts/build-wasm` makes, from the root of the checkout.
const PACKAGE: &str = "target/wasm/package";

/// The program that `scripts/build-runner` makes.
const AARCH64_RUNNER: &str = "target/runner/aarch64/delimark-runner";

/// The folder of Debian's cross compiler for the libraries of aarch64.
const AARCH64_LIBRARIES: &str = "/usr/aarch64-linux-gnu";

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

    pub(super) fn find(self) -> Result<PathBuf, Missing> {
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

/// Finds a program as the shell would, under the first of its names that is there.
pub(super) fn program(names: &[&str]) -> Result<PathBuf, Missing> {
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

pub(super) fn text(path: &Path) -> Result<String, Missing> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| Missing::new(format!("the path {} is not UTF-8", path.display())))
}
