//! The promise of an oldest Rust version: no dependency of the libraries asks for a newer one.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use delimark_bench::build_info;
use serde_json::Value;

use super::{assert_none, root};

const LIBRARIES: [&str; 3] = ["delimark", "delimark-datasets", "delimark-extract"];

#[test]
fn the_libraries_dependencies_are_content_with_our_rust_version() {
    let metadata = metadata();
    let packages: BTreeMap<&str, &Value> =
        list(&metadata["packages"]).map(|package| (text(&package["id"]), package)).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), node)).collect();
    for library in LIBRARIES {
        let is_library = |id: &&str| packages[id]["name"] == library;
        let id = packages.keys().copied().find(is_library).expect("the library is a member");
        let ours = version(packages[id]).expect("the workspace states its Rust version");
        let newer = dependencies(id, &nodes).into_iter().filter_map(|id| {
            let package = packages[id];
            let is_content = version(package).is_some_and(|theirs| theirs <= ours);
            (!is_content).then(|| format!("{id} asks for {}", package["rust_version"]))
        });
        assert_none(&format!("what {library} needs and Rust {ours:?} may not build"), newer);
    }
}

fn metadata() -> Value {
    // Offline: what the tests were built from is here, and other platforms' crates are not wanted.
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform"])
        .arg(build_info::TARGET)
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

/// Returns a package and everything that building it takes, its tests aside.
fn dependencies<'a>(id: &'a str, nodes: &BTreeMap<&str, &'a Value>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if found.insert(id) {
            let needed = list(&nodes[id]["deps"]).filter(|dependency| {
                list(&dependency["dep_kinds"]).any(|way| way["kind"] != "dev")
            });
            open.extend(needed.map(|dependency| text(&dependency["pkg"])));
        }
    }
    found
}

/// Returns the Rust version that a package states; 1.89 means 1.89.0.
fn version(package: &Value) -> Option<[u32; 3]> {
    let mut version = [0; 3];
    let parts = package["rust_version"].as_str()?.split('.');
    for (number, part) in version.iter_mut().zip(parts) {
        *number = part.parse().expect("versions are numbers");
    }
    Some(version)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("cargo's format has a list here").iter()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("cargo's format has a string here")
}
