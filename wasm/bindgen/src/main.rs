//! Binds modules, as the compiler leaves them, to JavaScript. A program of the workspace, so that
//! its version is the locked one.
//!
//! - `delimark-wasm-bindgen SCALAR SIMD128 PACKAGE` makes the npm package of two modules.
//! - `delimark-wasm-bindgen MODULE FOLDER` binds one alone: `NAME.js` and `NAME.wasm`.

mod features;
mod package;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use crate::package::Bound;

#[expect(clippy::print_stderr, reason = "this is a program")]
fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let result = match arguments.as_slice() {
        [scalar, simd128, folder] => run(scalar.as_ref(), simd128.as_ref(), folder.as_ref()),
        [module, folder] => bind_alone(module.as_ref(), folder.as_ref()),
        _ => {
            eprintln!(
                "usage: delimark-wasm-bindgen SCALAR SIMD128 PACKAGE\n       \
                 delimark-wasm-bindgen MODULE FOLDER"
            );
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("delimark-wasm-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Binds a module that belongs to no package.
fn bind_alone(module: &Path, folder: &Path) -> Result<()> {
    let name = module.file_stem().and_then(|name| name.to_str()).context("it has no name")?;
    let bound = Bound::bind(module)?;
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("{name}.wasm")), bound.wasm)?;
    fs::write(folder.join(format!("{name}.js")), bound.javascript)
        .with_context(|| format!("{} cannot be written to", folder.display()))
}

#[expect(clippy::print_stdout, reason = "this is a program")]
fn run(scalar: &Path, simd128: &Path, folder: &Path) -> Result<()> {
    // The bindings of a module take a second, and this runs before every measurement.
    if !package::is_fresh(folder, &[scalar, simd128, &env::current_exe()?])? {
        make(scalar, simd128, folder)?;
    }
    for name in package::MODULES {
        println!("{:>7} bytes  {name}", fs::metadata(folder.join(name))?.len());
    }
    Ok(())
}

fn make(scalar: &Path, simd128: &Path, folder: &Path) -> Result<()> {
    let scalar = Bound::bind(scalar)?;
    let simd128 = Bound::bind(simd128)?;
    let needs = |bound: &Bound| features::needs_simd(&bound.wasm);
    ensure!(!needs(&scalar).context("the scalar module")?, "there is SIMD in the scalar module");
    ensure!(needs(&simd128).context("the simd128 module")?, "there is no SIMD in that for SIMD");
    ensure!(
        scalar.javascript == simd128.javascript && scalar.types == simd128.types,
        "the modules have different bindings, but they share one file of them"
    );
    package::write(folder, &scalar, &simd128)
        .with_context(|| format!("the package cannot be written to {}", folder.display()))
}
