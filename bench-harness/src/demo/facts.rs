//! The facts that the page has to know of this build and of this project's tables, as a script:
//! derived here, so that nothing is said twice.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use delimark_datasets::Shape;
use delimark_datasets::manifest::{Entry, Manifest};
use delimark_formats::Preset;
use delimark_harness::engine::{self, Definition};
use delimark_results::{Conduct, Known, Traits};
use serde_json::{Value, json};

use crate::build_info;

/// The peers that the page measures, as they are called under Node and in a browser.
const SPLIT: [&str; 2] = ["peer/js-split@node", "peer/js-split@browser"];
const UDSV: [&str; 2] = ["peer/udsv@node", "peer/udsv@browser"];

/// The manifest of the library, where `scripts/build-demo` has it from.
const UDSV_MANIFEST: &str = "target/peers/node/node_modules/udsv/package.json";

/// The reason that uDSV is not measured where some lines end with `\r\n`, and some do not: traits
/// do not tell.
const UDSV_MIXED: &str = "it has all lines end as the first does, and those of the data do not";

/// Data as usual as any.
const USUAL: Traits = Traits {
    empty_lines: 0,
    bare_carriage_returns: 0,
    valid_utf8: true,
    uniform: true,
    ragged_records: 0,
    stray_quotes: None,
};

/// Writes the module that the page's scripts import.
///
/// # Errors
///
/// A peer is not declared, or not installed.
pub(super) fn script(root: &Path) -> Result<String> {
    let definitions = engine::embedded_definitions();
    let find = |name: &str| {
        let found = definitions.iter().find(|definition| definition.name == name);
        found.with_context(|| format!("{name} is not declared"))
    };
    let (split, udsv) = (find(SPLIT[0])?, find(UDSV[0])?);
    let refusal =
        |traits: &Traits| udsv.supports_data(traits).err().map(|reason| reason.to_string());
    let (commit, dirty) = commit(root);
    let facts = json!({
        "version": build_info::VERSION,
        "commit": commit,
        "dirty": dirty,
        "logs": logs(),
        "presets": Preset::ALL.map(|preset| preset.name()),
        // String.split is as old as the browser, which the page knows.
        "declared": [
            declared(split, SPLIT[1], None),
            declared(udsv, UDSV[1], Some(udsv_version(root)?)),
        ],
        "udsv_refuses": {
            "ragged": refusal(&Traits { uniform: false, ..USUAL }),
            "empty_lines": refusal(&Traits { empty_lines: 1, ..USUAL }),
            "bare_carriage_returns":
                refusal(&Traits { bare_carriage_returns: 1, ..USUAL }),
            "mixed_line_endings": UDSV_MIXED,
        },
    });
    let text = serde_json::to_string_pretty(&facts).expect("names and numbers are JSON");
    Ok(format!(
        "// What this build is; `delimark-bench demo` wrote it.\n\nexport const BUILD = {text};\n"
    ))
}

/// Returns the commit that the page is built from, and whether files differ from it.
fn commit(root: &Path) -> (Known<String>, Known<bool>) {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    let changes = git(&["status", "--porcelain", "--untracked-files=no"]);
    let missing = || "not built from a git checkout".to_owned();
    (
        Known::from_option(git(&["rev-parse", "--short=12", "HEAD"]), missing),
        Known::from_option(changes.map(|changes| !changes.is_empty()), missing),
    )
}

/// Returns the logs that the page can make, the shortest first.
fn logs() -> Vec<Value> {
    let manifest = Manifest::embedded();
    let mut entries: Vec<&Entry> =
        manifest.entries().iter().filter(|entry| entry.shape == Shape::Nginx12).collect();
    entries.sort_by_key(|entry| entry.lines);
    let log = |entry: &Entry| {
        json!({
            "name": entry.name,
            "lines": entry.lines,
            "seed": entry.seed,
            "bytes": entry.bytes,
            "sha256": entry.sha256,
        })
    };
    entries.into_iter().map(log).collect()
}

/// Describes what a peer is and does, as it stands in a file of results.
fn declared(definition: &Definition, name: &str, version: Option<String>) -> Value {
    let does = Conduct {
        notes: definition.does.notes.replace("Node's", "The browser's"),
        ..definition.does.clone()
    };
    json!({
        "engine": name,
        "about": definition.about.replace("under Node", "in a browser"),
        "version": version,
        "does": does,
    })
}

fn udsv_version(root: &Path) -> Result<String> {
    let path = root.join(UDSV_MANIFEST);
    let context = || format!("{} does not tell uDSV's version", path.display());
    let manifest: Value = serde_json::from_str(&fs::read_to_string(&path).with_context(context)?)
        .with_context(context)?;
    manifest["version"].as_str().map(str::to_owned).with_context(context)
}
