//! Building a runner at a revision, and keeping it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use delimark_harness::checkout;
use delimark_harness::supervised::{self, Ending, Output};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Program, Source, hexadecimal, sha256_of, tree};

/// The package and program that is built, and its folder.
const RUNNER: (&str, &str) = ("delimark-runner", "bench-harness/runner");

/// Its name in revisions from before it was called runner.
const FORMERLY: &str = "delimark-guest";

/// The beginnings of the names of environment variables that decide what cargo makes of the same
/// files.
const SETTINGS: [&str; 5] =
    ["CARGO_BUILD_", "CARGO_ENCODED_RUSTFLAGS", "CARGO_PROFILE_", "CARGO_TARGET_", "RUSTFLAGS"];

/// The folder that programs are told they were built in, so that no difference in a path shows.
const BUILT_IN: &str = "/delimark";

/// For a compiler that has to fetch everything first, on a busy machine.
const BUILD_TIME_LIMIT: Duration = Duration::from_secs(900);

/// For `rustc --version`, which may have rustup install a toolchain.
const VERSION_TIME_LIMIT: Duration = Duration::from_secs(600);

/// Builds runners in a checkout, one at a time.
#[derive(Clone, Debug)]
pub struct Builder {
    root: PathBuf,
    /// `target/gate` of the checkout.
    folder: PathBuf,
    features: Vec<String>,
}

impl Builder {
    /// Makes one for the checkout that the working directory is in.
    ///
    /// # Errors
    ///
    /// There is no checkout.
    pub fn new() -> Result<Self> {
        let root = checkout::root()
            .context("a revision is built in a checkout of Delimark: run this inside of one")?;
        let folder = root.join("target").join("gate");
        Ok(Self { root, folder, features: Vec::new() })
    }

    /// Builds with a feature of the runner's.
    #[must_use]
    pub fn with_feature(mut self, feature: &str) -> Self {
        self.features.push(feature.to_owned());
        self
    }

    /// Builds the runner of a source, unless it is there already. `begin` is told where there is
    /// something to build.
    ///
    /// # Errors
    ///
    /// The source is not to be built, or cannot be; the error has the compiler's last words.
    pub fn build(&self, source: &Source, begin: impl FnOnce()) -> Result<Program> {
        let folder = &self.folder;
        fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let _turn = self.wait_for_turn()?;
        let tree = folder.join("source");
        let name = tree::put(source, &self.root, &tree, &folder.join("index"))?;
        let toolchain = toolchain(&tree)?;
        let program = program_of(&tree);
        let path = self.path_of(&name, &toolchain, program);
        if !path.is_file() {
            begin();
            let built = self.compile(&tree, program)?;
            keep(&built, &path).with_context(|| format!("{} cannot be kept", path.display()))?;
        }
        let sha256 = sha256_of(&path)?;
        Ok(Program { path, toolchain: Some(toolchain), sha256 })
    }

    /// Waits until no other process builds here.
    fn wait_for_turn(&self) -> Result<File> {
        let path = self.folder.join("lock");
        let file =
            File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        file.lock().with_context(|| format!("{} cannot be locked", path.display()))?;
        Ok(file)
    }

    /// Returns the path that a program is kept at.
    fn path_of(&self, name: &str, toolchain: &str, program: &str) -> PathBuf {
        let setting = format!("{toolchain}\n{:?}\n{:?}", settings(&self.root), self.features);
        let setting = &hexadecimal(&Sha256::digest(setting))[..12];
        let program = format!("{program}{}", env::consts::EXE_SUFFIX);
        self.folder.join("programs").join(format!("{name}-{setting}")).join(program)
    }

    fn compile(&self, tree: &Path, program: &str) -> Result<PathBuf> {
        let mut arguments: Vec<OsString> =
            ["build", "--release", "--locked", "-p", program, "--target-dir"]
                .map(OsString::from)
                .into();
        arguments.push(self.folder.join("build").into());
        arguments.push("--message-format=json-render-diagnostics".into());
        let remap = format!("--remap-path-prefix={}={BUILT_IN}", tree.display());
        arguments.extend(["--config".into(), format!("build.rustflags=[{remap:?}]").into()]);
        if !self.features.is_empty() {
            arguments.extend(["--features".into(), self.features.join(",").into()]);
        }
        let output = run(cargo().args(arguments).current_dir(tree), BUILD_TIME_LIMIT)?;
        let messages = String::from_utf8_lossy(&output.bytes);
        let executable = messages.lines().rev().find_map(|message| executable(message, program));
        executable.with_context(|| format!("cargo built no {program}"))
    }
}

/// Returns the name of the program that a tree has.
fn program_of(tree: &Path) -> &'static str {
    let (program, folder) = RUNNER;
    if tree.join(folder).is_dir() { program } else { FORMERLY }
}

/// Returns the path of a program where this message of cargo's says it has built it.
fn executable(message: &str, program: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    (message["target"]["name"] == program)
        .then(|| message["executable"].as_str())?
        .map(PathBuf::from)
}

/// Collects what cargo is told beside its arguments: by the environment, and by files of a
/// checkout's folder, of those above it, and of cargo's own.
fn settings(root: &Path) -> (Vec<(OsString, OsString)>, Vec<String>) {
    let mut variables: Vec<_> = env::vars_os().filter(|(name, _)| is_setting(name)).collect();
    variables.sort();
    let folders = root.ancestors().map(|folder| folder.join(".cargo"));
    let folders = folders.chain(env::var_os("CARGO_HOME").map(PathBuf::from));
    let files = folders.flat_map(|folder| ["config", "config.toml"].map(|name| folder.join(name)));
    (variables, files.filter_map(|file| fs::read_to_string(file).ok()).collect())
}

/// Tells whether a variable tells cargo how to build; where it builds is said by an argument.
fn is_setting(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name != "CARGO_TARGET_DIR" && SETTINGS.iter().any(|begin| name.starts_with(begin))
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Returns the compiler that builds in a folder, which may choose its own, and what for.
fn toolchain(tree: &Path) -> Result<String> {
    let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let output = run(command.arg("-vV").current_dir(tree), VERSION_TIME_LIMIT)?;
    let text = String::from_utf8_lossy(&output.bytes);
    let version = text.lines().next().context("rustc says no version")?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or("unknown");
    Ok(format!("{version} {host}"))
}

fn run(command: &mut Command, limit: Duration) -> Result<Output> {
    let program = command.get_program().to_string_lossy().into_owned();
    let ending = supervised::run_command(command, Vec::new(), limit);
    match ending.with_context(|| format!("{program} cannot be started"))? {
        Ending::Ended(output) if output.status.success() => Ok(output),
        Ending::Ended(output) => {
            bail!("{program} failed ({}): {}", output.status, output.last_words.join(" "))
        }
        Ending::Hung => bail!("{program} did not end within {} s", limit.as_secs()),
        Ending::TooMuch { bytes } => bail!("{program} wrote more than {bytes} bytes"),
    }
}

/// Copies a program by way of another name, so that half of one is never taken for it.
fn keep(built: &Path, path: &Path) -> Result<()> {
    let folder = path.parent().context("it has no folder")?;
    fs::create_dir_all(folder)?;
    let unfinished = path.with_extension("unfinished");
    fs::copy(built, &unfinished)?;
    fs::rename(unfinished, path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_is_told_elsewhere_makes_another_program() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let builder = Builder { folder: root.join("target"), root, features: Vec::new() };
        let path = || builder.path_of("0123", "rustc 1.0", RUNNER.0);
        let before = path();
        assert_eq!(before, path());
        fs::create_dir(folder.path().join(".cargo")).unwrap();
        let profile = "[profile.release]\nopt-level = 1\n";
        fs::write(folder.path().join(".cargo/config.toml"), profile).unwrap();
        assert_ne!(before, path());
        assert_ne!(
            path(),
            builder.clone().with_feature("slow").path_of("0123", "rustc 1.0", RUNNER.0)
        );
    }

    #[test]
    fn a_revision_s_program_is_called_as_its_tree_calls_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(program_of(folder.path()), "delimark-guest");
        fs::create_dir_all(folder.path().join("bench-harness/runner")).unwrap();
        assert_eq!(program_of(folder.path()), "delimark-runner");
    }

    #[test]
    fn settings_of_the_environment_are_told_from_the_rest() {
        for (name, decides) in [
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", true),
            ("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", true),
            ("RUSTFLAGS", true),
            ("CARGO_TARGET_DIR", false),
            ("CARGO_PKG_NAME", false),
            ("PATH", false),
        ] {
            assert_eq!(is_setting(name.as_ref()), decides, "{name}");
        }
    }
}
