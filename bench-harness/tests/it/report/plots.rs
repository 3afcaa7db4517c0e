//! The pictures of a report: what is written in them, and that every theme can show them.

use std::collections::BTreeSet;

use delimark_report::attribution;
use delimark_report::report::{Plot, PlotKind};
use delimark_results::counter::name;
use delimark_results::{Cell, Results};
use roxmltree::Document;

use super::{render, results};

#[test]
fn plots_are_xml_that_names_what_they_show() {
    let results = results();
    let report = render(&results);
    let kinds: Vec<PlotKind> = report.plots.iter().map(|plot| plot.kind).collect();
    let expected = [
        PlotKind::Overview,
        PlotKind::Throughput,
        PlotKind::Throughput,
        PlotKind::Runtimes,
        PlotKind::Shares,
        PlotKind::Roofline,
        PlotKind::Roofline,
        PlotKind::Distribution,
        PlotKind::WorkingSet,
        PlotKind::Scaling,
    ];
    assert_eq!(kinds, expected);
    assert!(PlotKind::ALL.iter().all(|kind| kinds.contains(kind)));
    assert!(kinds.iter().all(|kind| PlotKind::ALL.contains(kind)));
    for plot in &report.plots {
        let names = names_in(&results, plot);
        assert!(!names.is_empty(), "{}", plot.path);
        check_picture(&plot.svg, &names);
        if let Some(narrow) = &plot.narrow {
            check_picture(narrow, &names);
        }
    }
}

/// Returns the names that have to be written in a plot: the engines it shows, as it names them.
fn names_in(results: &Results, plot: &Plot) -> Vec<String> {
    let model = plot.path.trim_end_matches(".svg").rsplit('-').next().unwrap();
    let cells = results.cells.iter();
    let names_of = |cells: &mut dyn Iterator<Item = &Cell>| -> Vec<String> {
        cells.map(|cell| cell.engine.clone()).collect()
    };
    match plot.kind {
        PlotKind::Overview => ["index", "fields"].map(str::to_owned).into(),
        PlotKind::WorkingSet => results.ladder.iter().map(|point| point.engine.clone()).collect(),
        PlotKind::Throughput => names_of(&mut cells.filter(|cell| cell.model == model)),
        PlotKind::Distribution => names_of(
            &mut cells.filter(|cell| cell.model == "fields" && cell.bursts.value().is_some()),
        ),
        PlotKind::Roofline => names_of(&mut cells.filter(|cell| {
            let is_counted = attribution::proportion(cell, name::INSTRUCTIONS).is_ok();
            cell.model == model && is_counted && !cell.engine.starts_with("limit/")
        })),
        PlotKind::Runtimes => ["Chrome, Node", "V8", "with SIMD"].map(str::to_owned).into(),
        PlotKind::Shares => cells
            .filter(|cell| attribution::shares(results, cell).is_ok())
            .map(|cell| format!("{}, {}", cell.engine, cell.model))
            .collect(),
        PlotKind::Scaling => ["delimark/avx512", "limit/read"]
            .iter()
            .flat_map(|engine| {
                ["whole file", "from caches"].map(|data| format!("{engine}, {data}"))
            })
            .collect(),
    }
}

#[test]
fn no_kind_of_plot_takes_the_files_of_another() {
    let plots = render(&results()).plots;
    let stem = |plot: &Plot| plot.path.split('-').next().unwrap().to_owned();
    for plot in &plots {
        let like_it = |other: &&Plot| stem(other) == stem(plot) && other.kind != plot.kind;
        let other = plots.iter().find(like_it).map(|other| &other.path);
        assert_eq!(other, None, "{}", plot.path);
    }
    let paths: BTreeSet<&str> = plots.iter().map(|plot| &*plot.path).collect();
    assert_eq!(paths.len(), plots.len(), "{paths:?}");
}

/// Checks that a picture is XML, has a title, writes each engine's name within its width, and has
/// no colour but those that its style sheet exchanges on dark ground.
fn check_picture(svg: &str, names: &[String]) {
    let document = Document::parse(svg).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    assert_eq!(root.first_element_child().unwrap().tag_name().name(), "title");
    let width: f64 = root.attribute("width").unwrap().parse().unwrap();
    let texts: Vec<(&str, f64)> = document
        .descendants()
        .filter(|node| node.tag_name().name() == "text")
        .map(|node| (node.text().unwrap().trim(), node.attribute("x").unwrap().parse().unwrap()))
        .collect();
    for name in names {
        assert!(texts.iter().any(|(text, _)| text == name), "{name}");
    }
    for (text, x) in texts {
        assert!((0.0..=width).contains(&x), "{text} at {x}");
    }
    for node in document.descendants() {
        for property in ["fill", "stroke"] {
            let Some(colour) = node.attribute(property).filter(|&colour| colour != "none") else {
                continue;
            };
            let rule = format!("[{property}=\"{colour}\"]{{");
            assert!(svg.contains(&rule), "{colour} is not in the style sheet of palette.rs");
        }
    }
}

#[test]
fn unescaped_names_cannot_break_a_picture() {
    let mut results = results();
    for cell in &mut results.cells {
        cell.dataset = "a<b>&\"c\"".to_owned();
    }
    for point in &mut results.scaling {
        point.dataset = "a<b>&\"c\"".to_owned();
    }
    results.datasets[0].name = "a<b>&\"c\"".to_owned();
    results.ladder.clear();
    for plot in render(&results).plots {
        Document::parse(&plot.svg).unwrap();
        assert!(plot.path.is_ascii() && !plot.path.contains(['<', '"', '&']), "{}", plot.path);
    }
}

#[test]
fn a_whole_command_is_drawn_neither_as_a_scanner_nor_as_webassembly() {
    let drawn = |engine: &str| {
        let mut results = results();
        let mut cells = results.cells.drain(..).filter(|cell| cell.model == "fields");
        let cell = cells.next().unwrap();
        drop(cells);
        results.cells = vec![Cell { engine: engine.to_owned(), ..cell }];
        results.twins.clear();
        let plots = render(&results).plots;
        plots.into_iter().find(|plot| plot.kind == PlotKind::Throughput).unwrap().svg
    };
    for (engine, colour) in [
        ("delimark/avx2", "#0B5FFF"),
        ("delimark/simd128@node", "#0A7F5A"),
        ("delimark/extract@command", "#8250DF"),
        ("delimark/convert@command", "#8250DF"),
    ] {
        let bar = format!("height=\"18\" opacity=\"1\" fill=\"{colour}\"");
        assert!(drawn(engine).contains(&bar), "{engine}");
    }
}
