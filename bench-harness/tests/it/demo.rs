//! Compares what the demo page's README says of two browsers with the results that they gave.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use delimark_results::Results;

/// The browsers, and what they are called where their runtime is named.
const BROWSERS: [(&str, &str); 2] = [("chromium", "Chromium"), ("firefox", "Firefox")];

fn speed(results: &Results, engine: &str) -> f64 {
    let cell = results.cells.iter().find(|cell| cell.engine == engine);
    cell.unwrap_or_else(|| panic!("{engine} was not measured")).gigabytes_per_second.median
}

#[test]
fn the_readme_shows_the_numbers_of_the_browsers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace is above");
    let mut rows = String::new();
    for (file, name) in BROWSERS {
        let path = root.join("reports/browsers").join(file).with_extension("json");
        let results = Results::read(&path).unwrap();
        let runtime = results.environment.runtimes.join(", ");
        assert!(runtime.contains(name), "{} is of {runtime}", path.display());
        let simd = speed(&results, "delimark/simd128@browser");
        let times = |engine| simd / speed(&results, engine);
        writeln!(
            rows,
            "| {name} | {simd:.2} GB/s | {:.1} | {:.1} | {:.1} |",
            times("delimark/scalar@browser"),
            times("peer/udsv@browser"),
            times("peer/js-split@browser")
        )
        .expect("a string takes all");
    }
    let readme = fs::read_to_string(root.join("wasm/demo/README.md")).unwrap();
    assert!(readme.contains(&rows), "not in the README:\n{rows}");
}
