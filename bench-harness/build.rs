//! Captures what the binary was built from and how, so that every result can name it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    let manifest = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let root = manifest.parent().unwrap_or(&manifest).to_path_buf();

    set("DELIMARK_TARGET", &variable("TARGET"));
    set("DELIMARK_TARGET_FEATURES", &variable("CARGO_CFG_TARGET_FEATURE"));
    // Cargo separates the flags with the unit separator, since one may hold spaces.
    set("DELIMARK_RUSTFLAGS", &variable("CARGO_ENCODED_RUSTFLAGS").replace('\u{1f}', " "));
    if let Some(version) = output(&root, env::var_os("RUSTC").unwrap_or_default(), &["--version"]) {
        set("DELIMARK_RUSTC", &version);
    }
    capture_commit(&root);

    // What is compiled in decides whether the tree counts as modified.
    watch(&manifest.join("build.rs"));
    for part in [
        "bench-harness/conformance/src",
        "bench-harness/harness/src",
        "bench-harness/report/src",
        "bench-harness/results/src",
        "bench-harness/runner/src",
        "bench-harness/src",
        "extract/src",
        "parser/src",
        "datasets/src",
        "Cargo.toml",
        "Cargo.lock",
    ] {
        watch(&root.join(part));
    }
}

/// Sets commit and modified flag, unless this is no checkout of the project itself.
fn capture_commit(root: &Path) {
    let Some(top_level) = git(root, &["rev-parse", "--show-toplevel"]) else { return };
    if fs::canonicalize(top_level).ok() != fs::canonicalize(root).ok() {
        return;
    }
    let Some(commit) = git(root, &["rev-parse", "--short=12", "HEAD"]) else { return };
    set("DELIMARK_COMMIT", &commit);
    if let Some(changes) = git(root, &["status", "--porcelain", "--untracked-files=no"]) {
        set("DELIMARK_DIRTY", if changes.is_empty() { "false" } else { "true" });
    }
    let branch = git(root, &["symbolic-ref", "--quiet", "HEAD"]);
    let tracked = ["HEAD", "logs/HEAD", "packed-refs"].into_iter().map(str::to_owned);
    for name in tracked.chain(branch) {
        // A linked work tree keeps these elsewhere; git knows where.
        if let Some(path) = git(root, &["rev-parse", "--git-path", &name]) {
            watch(&root.join(path));
        }
    }
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let quiet = ["--no-optional-locks"];
    output(root, "git".into(), &[&quiet, arguments].concat())
}

fn output(directory: &Path, program: OsString, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(directory).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Rebuilds when `path` changes; a path that is absent would rebuild every time.
fn watch(path: &Path) {
    if path.exists() {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}

fn set(name: &str, value: &str) {
    println!("cargo::rustc-env={name}={value}");
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}
