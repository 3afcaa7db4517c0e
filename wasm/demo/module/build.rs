//! Has the module name the compiler that it was built by, which its results are to name.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let compiler = env::var_os("RUSTC").unwrap_or_default();
    let output = Command::new(compiler).arg("--version").output();
    let output = output.expect("the compiler that builds this can be started");
    let version = String::from_utf8_lossy(&output.stdout);
    println!("cargo::rustc-env=DELIMARK_RUSTC={}", version.trim());
}
