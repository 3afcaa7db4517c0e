//! Which of this project's backends can be asked here, and where.

use std::env::consts::ARCH;

use delimark::Backend;

use super::bochs::Bochs;
use super::hosted::Hosted;
use super::native::Native;
use super::run::{Column, Runner};
use super::selector::Selector;
use crate::host::{Host, Missing, Module};

/// A host of a backend that this process cannot run.
struct Hosting {
    backend: Backend,
    host: &'static str,
    open: fn() -> Result<Host, Missing>,
}

const HOSTINGS: [Hosting; 5] = [
    Hosting { backend: Backend::Neon, host: "qemu", open: Host::qemu_aarch64 },
    Hosting { backend: Backend::Scalar, host: "node", open: || Host::node(Module::Scalar) },
    Hosting { backend: Backend::Simd128, host: "node", open: || Host::node(Module::Simd128) },
    Hosting { backend: Backend::Scalar, host: "wasmtime", open: || Host::wasmtime(Module::Scalar) },
    Hosting {
        backend: Backend::Simd128,
        host: "wasmtime",
        open: || Host::wasmtime(Module::Simd128),
    },
];

type Opened = Result<Box<dyn Runner>, String>;

/// Lists the columns that were asked for, or all; those that cannot run here say why.
///
/// Emulating AVX-512 takes minutes, so it is done only where it is asked for.
#[must_use]
pub fn columns(wanted: &[Selector], emulates_avx512: bool) -> Vec<Column> {
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|selector| selector.fits(name));
    let native = Backend::available().map(|backend| {
        let runner: Box<dyn Runner> = Box::new(Native::new(backend));
        (backend.name().to_owned(), Ok(runner))
    });
    let hosted = HOSTINGS
        .iter()
        .filter(|hosting| is_foreign(hosting.backend))
        .map(|hosting| (format!("{}@{}", hosting.backend, hosting.host), hosting.open()));
    let bochs = (ARCH == "x86_64" && !Backend::Avx512.is_available()).then(|| {
        let runner = if emulates_avx512 { Bochs::find() } else { Err(no_emulation()) };
        let runner = runner.map(|bochs| Box::new(bochs) as Box<dyn Runner>);
        (format!("{}@bochs", Backend::Avx512), runner)
    });
    native
        .chain(hosted)
        .chain(bochs)
        .filter(|(name, _)| is_wanted(name))
        .map(|(name, runner)| column(name, runner))
        .collect()
}

/// Scalar code is asked everywhere: it is compiled anew for each architecture.
fn is_foreign(backend: Backend) -> bool {
    backend == Backend::Scalar || !backend.is_available()
}

fn no_emulation() -> String {
    "this CPU lacks AVX-512; --emulate-avx512 boots one that has it, in minutes".to_owned()
}

impl Hosting {
    fn open(&self) -> Opened {
        let host = (self.open)().map_err(|missing| missing.to_string())?;
        Ok(Box::new(Hosted::new(self.backend, host)))
    }
}

fn column(name: String, runner: Opened) -> Column {
    let native = if name.contains('@') { "" } else { "@native" };
    Column { selection: format!("--backend {name}{native}"), name, runner }
}
