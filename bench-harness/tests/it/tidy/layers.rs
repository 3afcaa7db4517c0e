//! Rules about the parser's parts: which knows of which, and where a CPU or `unsafe` may show.

use super::{Source, assert_none, backends, imports, places, sources};

const PARSER: &str = "parser/src/";

/// The parts of the crate that each part may name. Only the root may name anything.
const LAYERS: [(&str, &[&str]); 10] = [
    ("decoder.rs", &["batch", "error", "scanner", "source"]),
    ("scanner.rs", &["backend", "batch", "dialect", "error", "kernel", "source"]),
    ("error.rs", &["batch", "source"]),
    ("batch/", &["kernel", "source"]),
    ("backend.rs", &["arch", "kernel"]),
    ("arch/", &["arch", "kernel"]),
    ("kernel/", &["dialect"]),
    ("reference.rs", &["dialect"]),
    ("dialect.rs", &[]),
    ("source/", &[]),
];

/// The only files of the parser with `unsafe` in them, beside those of backends.
const UNSAFE: [&str; 7] = [
    "arch/checks.rs",
    "arch/compile.rs",
    "batch/record.rs",
    "batch/span.rs",
    "kernel/emit.rs",
    "kernel/primitives.rs",
    "source/map.rs",
];

/// Returns the parser's files, named from its `src`.
pub(super) fn parser() -> Vec<Source> {
    let strip = |source: Source| {
        let name = source.name.strip_prefix(PARSER)?.to_owned();
        Some(Source { name, ..source })
    };
    let sources: Vec<Source> = sources().into_iter().filter_map(strip).collect();
    assert!(sources.iter().any(|source| source.name == "lib.rs"), "the parser has moved");
    sources
}

#[test]
fn parts_know_only_what_is_below_them() {
    for (part, allowed) in LAYERS {
        let files: Vec<Source> =
            parser().into_iter().filter(|source| source.name.starts_with(part)).collect();
        assert!(!files.is_empty(), "{part} has moved");
        let reaches_up = |module: &str| !allowed.contains(&module);
        let found = files.iter().flat_map(|source| imports::places(source, reaches_up));
        assert_none(&format!("{part} may name {allowed:?} only"), found);
    }
}

#[test]
fn every_file_stands_in_a_layer() {
    let is_listed = |name: &str| LAYERS.iter().any(|(part, _)| name.starts_with(part));
    let files = parser().into_iter().map(|source| source.name);
    let found = files.filter(|name| name != "lib.rs" && !is_listed(name));
    assert_none("files of the parser in no layer", found);
}

#[test]
fn the_kernel_has_no_conditions() {
    let is_condition =
        |line: &str| ["cfg(", "cfg!", "cfg_attr", "target_"].iter().any(|word| line.contains(word));
    let kernel = parser().into_iter().filter(|source| source.name.starts_with("kernel/"));
    let found = kernel.flat_map(|source| places(source.code(), &source.name, is_condition));
    assert_none("conditions on the target in the kernel", found);
}

#[test]
fn architectures_show_in_two_files() {
    let found = parser()
        .into_iter()
        .filter(|source| !["arch/mod.rs", "backend.rs"].contains(&&*source.name))
        .flat_map(|source| {
            places(source.code(), &source.name, |line| line.contains("target_arch"))
        });
    assert_none("target_arch outside of arch/mod.rs and backend.rs", found);
}

#[test]
fn unsafe_shows_where_it_has_to() {
    let has_unsafe = |source: &Source| {
        source.code().any(|(_, line)| {
            line.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "unsafe")
        })
    };
    let mut found: Vec<String> =
        parser().into_iter().filter(has_unsafe).map(|source| source.name).collect();
    found.sort();
    let of_backends = backends::files().into_iter();
    let mut expected: Vec<String> =
        of_backends.map(|(name, folder)| format!("{folder}/{name}.rs")).collect();
    expected.extend(UNSAFE.map(str::to_owned));
    expected.sort();
    assert_eq!(found, expected);
}
