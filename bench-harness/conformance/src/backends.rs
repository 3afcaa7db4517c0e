//! This project's backends that can be asked here, natively and in hosts.

use std::env::consts::ARCH;
use std::time::Duration;

use anyhow::{Context, Result};
use delimark::Backend;
use delimark_harness::host::{self, Host, Missing, Module};

use super::bochs::Bochs;
use super::hosted::Hosted;
use super::native::Native;
use super::run::{Column, Runner};
use super::selector::Selector;

/// A host of a backend that this process cannot run.
struct Hosting {
    backend: Backend,
    host: &'static str,
    build: fn() -> Result<(), Missing>,
    open: fn() -> Result<Host, Missing>,
}

const HOSTINGS: [Hosting; 5] = [
    Hosting {
        backend: Backend::Neon,
        host: "qemu",
        build: host::build_runners,
        open: Host::qemu_aarch64,
    },
    Hosting::of_module(Backend::Scalar, "node", || Host::node(Module::Scalar)),
    Hosting::of_module(Backend::Simd128, "node", || Host::node(Module::Simd128)),
    Hosting::of_module(Backend::Scalar, "wasmtime", || Host::wasmtime(Module::Scalar)),
    Hosting::of_module(Backend::Simd128, "wasmtime", || Host::wasmtime(Module::Simd128)),
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
        .map(|hosting| (format!("{}@{}", hosting.backend, hosting.host), hosting))
        .filter(|(name, _)| is_wanted(name))
        .map(|(name, hosting)| (name, hosting.open()));
    let bochs = (ARCH == "x86_64" && !Backend::Avx512.is_available()).then(|| {
        let runner = if emulates_avx512 { open_bochs() } else { Err(no_emulation()) };
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

/// Makes a column of a backend in another build of `delimark-runner`: one with a sanitizer, say, or
/// with a fault in it. The command is started with the backend's name.
///
/// # Errors
///
/// The command cannot be split into words, or there is no such program.
pub fn runner_column(backend: Backend, command: &str, time_limit: Duration) -> Result<Column> {
    let words = shell_words::split(command)
        .with_context(|| format!("the command '{command}' cannot be split into words"))?;
    let (program, arguments) = words.split_first().context("the command is empty")?;
    let program = which::which(program)
        .with_context(|| format!("there is no program '{program}' that can be started"))?;
    let arguments: Vec<&str> =
        arguments.iter().map(String::as_str).chain([backend.name()]).collect();
    let name = format!("{backend}@runner");
    let host = Host::new(&name, &program, &arguments).with_time_limit(time_limit);
    Ok(Column {
        name,
        selection: format!("--runner {} --backend {backend}", shell_words::quote(command)),
        runner: Ok(Box::new(Hosted::new(backend, host))),
    })
}

/// Returns true for a backend of another processor. Scalar code is asked everywhere: it is compiled
/// again for each architecture.
fn is_foreign(backend: Backend) -> bool {
    backend == Backend::Scalar || !backend.is_available()
}

fn open_bochs() -> Result<Bochs, String> {
    host::build_runners().map_err(|missing| missing.to_string())?;
    Bochs::find()
}

fn no_emulation() -> String {
    "this CPU lacks AVX-512; --emulate-avx512 boots one that has it, in minutes".to_owned()
}

impl Hosting {
    const fn of_module(
        backend: Backend,
        host: &'static str,
        open: fn() -> Result<Host, Missing>,
    ) -> Self {
        Self { backend, host, build: host::build_modules, open }
    }

    /// Starts the host; its program is built first: to verify yesterday's code would prove nothing.
    fn open(&self) -> Opened {
        let host = (self.build)().and_then(|()| (self.open)());
        let host = host.map_err(|missing| missing.to_string())?;
        Ok(Box::new(Hosted::new(self.backend, host)))
    }
}

fn column(name: String, runner: Opened) -> Column {
    let native = if name.contains('@') { "" } else { "@native" };
    Column { selection: format!("--backend {name}{native}"), name, runner }
}
