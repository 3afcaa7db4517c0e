//! This project's backends that can be asked here, natively and in hosts.

use std::env::consts::ARCH;
use std::time::Duration;

use anyhow::{Context, Result};
use delimark::Backend;
use delimark_harness::runtime::{self, Launch, Module, RunnerProcess, Tiers};

use super::bochs::Bochs;
use super::native::Native;
use super::process::ProcessBackend;
use super::run::{Column, Runner};
use super::selector::Selector;

/// A runtime for a backend that this process cannot run.
enum Runtime {
    /// The emulator of a processor, for the backend of that one.
    Qemu,
    /// A runtime of WebAssembly, for the backend in a module.
    OfModule(Module, &'static Launch),
}

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
    let in_runtimes = Runtime::all()
        .filter(|runtime| is_foreign(runtime.backend()))
        .map(|runtime| (format!("{}@{}", runtime.backend(), runtime.name()), runtime))
        .filter(|(name, _)| is_wanted(name))
        .map(|(name, runtime)| (name, runtime.open()));
    let bochs = (ARCH == "x86_64" && !Backend::Avx512.is_available()).then(|| {
        let runner = if emulates_avx512 { open_bochs() } else { Err(no_emulation()) };
        let runner = runner.map(|bochs| Box::new(bochs) as Box<dyn Runner>);
        (format!("{}@bochs", Backend::Avx512), runner)
    });
    native
        .chain(in_runtimes)
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
    let process = RunnerProcess::new(&name, &program, &arguments).with_time_limit(time_limit);
    Ok(Column {
        name,
        selection: format!("--runner {} --backend {backend}", shell_words::quote(command)),
        runner: Ok(Box::new(ProcessBackend::new(backend, process))),
    })
}

/// Returns true for a backend of another processor. Scalar code is asked everywhere: it is compiled
/// again for each architecture.
fn is_foreign(backend: Backend) -> bool {
    backend == Backend::Scalar || !backend.is_available()
}

fn open_bochs() -> Result<Bochs, String> {
    runtime::build_runners().map_err(|missing| missing.to_string())?;
    Bochs::find()
}

fn no_emulation() -> String {
    "this CPU lacks AVX-512; --emulate-avx512 boots one that has it, in minutes".to_owned()
}

impl Runtime {
    fn all() -> impl Iterator<Item = Self> {
        let launches: &'static [Launch] = &Launch::ALL;
        let of_modules = launches
            .iter()
            .flat_map(|launch| Module::ALL.map(|module| Self::OfModule(module, launch)));
        [Self::Qemu].into_iter().chain(of_modules)
    }

    fn backend(&self) -> Backend {
        match self {
            Self::Qemu => Backend::Neon,
            Self::OfModule(Module::Scalar, _) => Backend::Scalar,
            Self::OfModule(Module::Simd128, _) => Backend::Simd128,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Qemu => "qemu",
            Self::OfModule(_, launch) => launch.runtime.name,
        }
    }

    /// Starts the process; its program is built first, since to verify yesterday's code would prove
    /// nothing.
    fn open(&self) -> Opened {
        let process = match self {
            Self::Qemu => runtime::build_runners().and_then(|()| RunnerProcess::qemu_aarch64()),
            // Nothing is built that has nothing to run in.
            Self::OfModule(module, launch) => launch
                .find()
                .and_then(|_program| runtime::build_modules())
                .and_then(|()| launch.runner(*module, Tiers::Optimising)),
        };
        let process = process.map_err(|missing| missing.to_string())?;
        Ok(Box::new(ProcessBackend::new(self.backend(), process)))
    }
}

fn column(name: String, runner: Opened) -> Column {
    let native = if name.contains('@') { "" } else { "@native" };
    Column { selection: format!("--backend {name}{native}"), name, runner }
}
