//! The npm package: both modules, the bindings that they share, and what is written by hand.

use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

const MANIFEST: &str = include_str!("../../package/package.json");
const ENTRY: &str = include_str!("../../package/index.js");
const ENTRY_TYPES: &str = include_str!("../../package/index.d.ts");
const README: &str = include_str!("../../package/README.md");
const LICENSE_APACHE: &str = include_str!("../../../LICENSE-APACHE");
const LICENSE_MIT: &str = include_str!("../../../LICENSE-MIT");

/// The modules' files.
pub(crate) const MODULES: [&str; 2] = ["delimark.scalar.wasm", "delimark.simd128.wasm"];

const MANIFEST_NAME: &str = "package.json";

/// The manifest's text in place of the version, which Cargo knows.
const VERSION_PLACE: &str = "0.0.0";

/// A module with its bindings.
pub(crate) struct Bound {
    pub(crate) wasm: Vec<u8>,
    pub(crate) javascript: String,
    pub(crate) types: String,
}

impl Bound {
    /// Makes the bindings of a module.
    pub(crate) fn bind(module: &Path) -> Result<Self> {
        let context = || format!("{} cannot be bound", module.display());
        let folder = tempfile::tempdir()?;
        Bindgen::new()
            .input_path(module)
            .out_name("delimark")
            .web(true)?
            .typescript(true)
            .omit_default_module_path(true)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate(folder.path())
            .with_context(context)?;
        let read = |name: &str| fs::read_to_string(folder.path().join(name));
        Ok(Self {
            wasm: fs::read(folder.path().join("delimark_bg.wasm"))?,
            javascript: read("delimark.js")?,
            types: read("delimark.d.ts")?,
        })
    }
}

/// Tells whether the package is newer than all that it is made of.
///
/// # Errors
///
/// A source is not there.
pub(crate) fn is_fresh(folder: &Path, sources: &[&Path]) -> io::Result<bool> {
    let changed = |path: &Path| fs::metadata(path)?.modified();
    let sources: Vec<SystemTime> =
        sources.iter().map(|path| changed(path)).collect::<Result<_, _>>()?;
    // The manifest is written last.
    let files = MODULES.into_iter().chain([MANIFEST_NAME]);
    let made: Result<Vec<SystemTime>, _> = files.map(|name| changed(&folder.join(name))).collect();
    Ok(made.is_ok_and(|made| made.iter().min() >= sources.iter().max()))
}

/// Writes the package, and takes away what does not belong to it.
pub(crate) fn write(folder: &Path, scalar: &Bound, simd128: &Bound) -> io::Result<()> {
    let manifest = MANIFEST.replace(VERSION_PLACE, env!("CARGO_PKG_VERSION"));
    let [scalar_name, simd128_name] = MODULES;
    let files: [(&str, &[u8]); 10] = [
        ("LICENSE-APACHE", LICENSE_APACHE.as_bytes()),
        ("LICENSE-MIT", LICENSE_MIT.as_bytes()),
        ("README.md", README.as_bytes()),
        ("delimark.d.ts", scalar.types.as_bytes()),
        ("delimark.js", scalar.javascript.as_bytes()),
        ("index.d.ts", ENTRY_TYPES.as_bytes()),
        ("index.js", ENTRY.as_bytes()),
        (scalar_name, &scalar.wasm),
        (simd128_name, &simd128.wasm),
        (MANIFEST_NAME, manifest.as_bytes()),
    ];
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !files.iter().any(|(name, _)| entry.file_name() == *name) {
            fs::remove_file(entry.path())?;
        }
    }
    for (name, bytes) in files {
        // A file has its name only when it is whole: somebody may be using the package.
        let unfinished = folder.join(format!(".{name}.unfinished"));
        fs::write(&unfinished, bytes)?;
        fs::rename(unfinished, folder.join(name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Bound, MODULES, is_fresh, write};

    fn bound() -> Bound {
        Bound { wasm: b"wasm".to_vec(), javascript: String::new(), types: String::new() }
    }

    #[test]
    fn a_package_is_fresh_until_a_source_changes_or_a_module_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("source");
        std::fs::write(&source, "").unwrap();
        let package = folder.path().join("package");
        let fresh = |source: &Path| is_fresh(&package, &[source]);
        assert!(!fresh(&source).unwrap(), "there is no package yet");

        write(&package, &bound(), &bound()).unwrap();
        assert!(fresh(&source).unwrap());
        assert!(fresh(&folder.path().join("nothing")).is_err());

        std::fs::remove_file(package.join(MODULES[1])).unwrap();
        assert!(!fresh(&source).unwrap());
        write(&package, &bound(), &bound()).unwrap();
        let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
        std::fs::File::options().append(true).open(&source).unwrap().set_modified(later).unwrap();
        assert!(!fresh(&source).unwrap());
    }

    #[test]
    fn what_does_not_belong_is_taken_away_and_the_version_is_cargos() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("old.wasm"), "").unwrap();
        write(folder.path(), &bound(), &bound()).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 10);
        assert!(!folder.path().join("old.wasm").exists());
        let manifest = std::fs::read_to_string(folder.path().join("package.json")).unwrap();
        let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
        assert!(manifest.contains(&version), "{manifest}");
    }
}
