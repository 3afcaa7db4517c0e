//! The opening of a report, and the sections below that fold.

use delimark_report::report::PlotKind;
use delimark_results::{Cell, Results};
use regex::Regex;

use super::{render, results};

#[test]
fn page_opens_with_the_picture_and_the_telling_rows() {
    let report = render(&results());
    let overview = report.plots.iter().find(|plot| plot.kind == PlotKind::Overview).unwrap();
    let (lead, _) = report.html.split_once("<details").unwrap();
    let (_, table) = lead.split_once(overview.narrow.as_ref().unwrap()).unwrap();
    assert!(lead.contains(&overview.svg));
    assert_eq!(table.matches("<tr").count(), 1 + 6, "{table}");
    let (lead, _) = report.markdown.split_once("\n## ").unwrap();
    assert!(lead.contains(&format!("]({})", overview.path)));
    let rows: Vec<&str> = lead.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    let expected = [
        "| limit/read (fields: reading alone) ",
        "| delimark/avx512 (fields: fastest backend) ",
        "| delimark/simd128@node (fields: fastest as WebAssembly) ",
        "| peer/simd-csv (fields: fastest peer) ",
        "| delimark/scalar (fields: slowest backend) ",
        "| peer/csv-core (fields: middle one of 6 peers) ",
    ];
    assert_eq!(rows.len(), expected.len(), "{lead}");
    for (row, expected) in rows.iter().zip(expected) {
        assert!(row.starts_with(expected), "{row}");
    }
}

/// Gives an engine's cell of a model to another engine, as fast by so much.
fn add_cell(results: &mut Results, engine: &str, model: &str, percent: u64) {
    let cell = results.cells.iter().find(|cell| cell.model == "fields").unwrap();
    let mut cell = Cell { engine: engine.to_owned(), model: model.to_owned(), ..cell.clone() };
    cell.gigabytes_per_second.median *= percent as f64 / 100.0;
    cell.samples_ns.iter_mut().for_each(|ns| *ns = *ns * 100 / percent);
    results.cells.push(cell);
}

#[test]
fn the_telling_rows_follow_from_the_results_and_not_from_names() {
    let mut results = results();
    for (engine, percent) in
        [("peer/slow@command", 10), ("peer/new@command", 20), ("delimark/other@command", 80)]
    {
        add_cell(&mut results, engine, "extract", percent);
    }
    results.cells.iter_mut().filter(|cell| cell.engine == "peer/simd-csv").for_each(|cell| {
        cell.engine = "peer/unheard-of".to_owned();
    });
    let markdown = render(&results).markdown;
    let (lead, _) = markdown.split_once("\n## ").unwrap();
    for row in [
        "| peer/unheard-of (fields: fastest peer) ",
        "| delimark/other@command (extract: whole command) ",
        "| peer/new@command (extract: fastest peer as a command) ",
    ] {
        assert!(lead.contains(row), "{row} is not in:\n{lead}");
    }
    assert!(!lead.contains("peer/slow@command"));
}

#[test]
fn sections_fold_and_links_lead_into_them() {
    let html = render(&results()).html;
    assert_eq!(html.matches("<details open>").count(), 1);
    assert_eq!(html.matches("<details").count(), html.matches("</details>").count());
    let ids = Regex::new("<(div|h3)[^>]* id=\"([^\"]+)\"").unwrap();
    let ids: Vec<&str> =
        ids.captures_iter(&html).map(|found| found.get(2).unwrap().as_str()).collect();
    for id in ["summary", "what-bounds-it", "counters", "how-to-read-this", "environment"] {
        assert!(ids.contains(&id), "{id} is not in {ids:?}");
    }
    let mut different = ids.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), ids.len(), "{ids:?}");
}

#[test]
fn page_holds_every_plot_and_every_part() {
    let report = render(&results());
    for plot in &report.plots {
        assert!(report.html.contains(&plot.svg), "{}", plot.path);
        assert!(report.markdown.contains(&format!("]({})", plot.path)));
    }
    let headings = [
        "Summary",
        "What bounds it",
        "Every model in detail",
        "Where the time goes",
        "Counters",
        "Throughput against threads",
        "Noise",
        "Not measured",
        "How to read this",
    ];
    let mut rest = report.html.as_str();
    for heading in headings {
        let (_, after) = rest.split_once(&format!("<h2>{heading}</h2>")).expect(heading);
        rest = after;
    }
}
