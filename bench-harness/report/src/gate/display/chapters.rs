//! The report as tables and sentences, the verdict first.

use super::phrases::{better, name, of_layer, share, signed, signed_interval, worse};
use crate::comparison::phrases::{chapter, counted, table};
use crate::gate::{Cause, CellName, CellReport, CountChange, Layer, Report, Side, Verdict};
use crate::number_format::number;
use crate::report::{Chapter, Content, Item, Table};

/// Stands where there is no number; the layer's line says why.
const MISSING: &str = "–";

/// The wrong answers that are shown; the rest mostly has the same cause.
const WRONG_SHOWN: usize = 10;

pub(super) fn of(report: &Report) -> Vec<Chapter<'static>> {
    let mut chapters = vec![chapter(headline(report), overview(report))];
    let mut push = |title: &str, items: Vec<Item<'static>>| {
        if !items.is_empty() {
            chapters.push(chapter(title, items));
        }
    };
    push("Wrong answers", wrong_answers(report));
    push("Worse", regressions(report));
    push("Not decided", undecided(report));
    push("Better", improvements(report));
    push("Cells", cells(report));
    push("Not compared", not_compared(report));
    chapters
}

fn headline(report: &Report) -> String {
    let verdict = report.verdict.name();
    let better = report.cells.iter().filter(|cell| cell.improved).count();
    match better {
        0 => format!("Gate: {verdict}"),
        _ => format!("Gate: {verdict}, {} better", counted(better, "cell")),
    }
}

fn overview(report: &Report) -> Vec<Item<'static>> {
    let rows = report.layers.iter().map(|layer| {
        let verdict = layer.verdict.map_or(MISSING, Verdict::name);
        [layer.layer.name().to_owned(), verdict.to_owned(), layer.sentence.clone()]
    });
    vec![
        Item::Text(format!("baseline: {}", side(&report.baseline))),
        Item::Text(format!("candidate: {}", side(&report.candidate))),
        Item::Table(table(Content::Words, ["layer", "verdict", "what was found"], rows)),
        Item::Note(format!("{:.0} s in all", report.seconds)),
    ]
}

fn side(Side { name, commit, toolchain, .. }: &Side) -> String {
    let mut text = name.clone();
    if let Some(commit) = commit
        && !commit.starts_with(name.as_str())
    {
        text += &format!(", {}", &commit[..commit.len().min(12)]);
    }
    if let Some(toolchain) = toolchain {
        text += &format!(", {toolchain}");
    }
    text
}

fn wrong_answers(report: &Report) -> Vec<Item<'static>> {
    let wrong = &report.answers.wrong;
    let shown = wrong.iter().take(WRONG_SHOWN);
    let mut items: Vec<Item<'static>> = shown
        .map(|wrong| {
            Item::Text(format!("{} on {}: {}", wrong.engine, wrong.question, wrong.problem))
        })
        .collect();
    if wrong.len() > WRONG_SHOWN {
        items.push(Item::Note(format!("and {} more", wrong.len() - WRONG_SHOWN)));
    }
    items
}

fn regressions(report: &Report) -> Vec<Item<'static>> {
    let cells = report.cells.iter().filter(|cell| cell.verdict == Verdict::Regression);
    cells
        .map(|cell| {
            let causes: Vec<&str> = cell.causes.iter().map(Cause::sentence).collect();
            let mut text = worse(cell).join("; ");
            if !causes.is_empty() {
                text += &format!(". Cause: {}", causes.join("; "));
            }
            Item::Opening(format!("{}:", name(&cell.name)), text)
        })
        .collect()
}

fn undecided(report: &Report) -> Vec<Item<'static>> {
    let doubts = |cell: &CellReport| {
        let is_unclear = |layer: &Layer| cell.finding(*layer) == Some(Verdict::Inconclusive);
        let unclear = OF_CELLS.into_iter().filter(is_unclear);
        let doubts = unclear.map(|layer| format!("{layer} {}", of_layer(cell, layer)));
        doubts.collect::<Vec<_>>().join("; ")
    };
    let doubted = report.cells.iter().map(|cell| (cell, doubts(cell)));
    doubted
        .filter(|(_, doubts)| !doubts.is_empty())
        .map(|(cell, doubts)| Item::Opening(format!("{}:", name(&cell.name)), doubts))
        .collect()
}

fn improvements(report: &Report) -> Vec<Item<'static>> {
    let cells = report.cells.iter().filter(|cell| cell.improved);
    cells
        .map(|cell| Item::Opening(format!("{}:", name(&cell.name)), better(cell).join("; ")))
        .collect()
}

fn cells(report: &Report) -> Vec<Item<'static>> {
    let Some(first) = report.cells.first() else { return Vec::new() };
    let margin = share(report.rules.margin);
    let limit = share(report.rules.instructions_limit);
    // Mostly there is one data set, which need not be said in every row.
    let dataset = &first.name.dataset;
    let is_only = report.cells.iter().all(|cell| cell.name.dataset == *dataset);
    let mut note = format!(
        "Changes of the candidate against the baseline; the interval of a time is the one that it \
         was judged by. A time is worse where its whole interval is beyond {margin}, or where \
         every pair is far beyond it and the budget ended first; instructions are worse where \
         there are over {limit} more."
    );
    if is_only {
        note += &format!(" All on {dataset}.");
    }
    vec![Item::Table(cell_table(&report.cells, is_only)), Item::Note(note)]
}

fn cell_table(cells: &[CellReport], is_one_dataset: bool) -> Table {
    let columns = ["cell", "verdict", "time", "interval", "instructions", "allocations"];
    let rows = cells.iter().map(|cell| {
        let time = cell.time.value();
        let missing = || MISSING.to_owned();
        let CellName { engine, model, dataset } = &cell.name;
        let name = match is_one_dataset {
            true => format!("{engine} {model}"),
            false => format!("{engine} {model} {dataset}"),
        };
        [
            name,
            verdict(cell),
            time.and_then(|time| time.ratio).map_or_else(missing, |ratio| signed(ratio.median)),
            time.and_then(|time| time.interval).map_or_else(missing, signed_interval),
            cell.instructions.value().map_or_else(missing, relative),
            cell.allocations.value().map_or_else(missing, |change| number(change.candidate)),
        ]
    });
    table(Content::Numbers, columns, rows)
}

fn verdict(cell: &CellReport) -> String {
    match (cell.verdict, cell.improved) {
        (Verdict::Pass, true) => "better".to_owned(),
        (verdict, _) => verdict.name().to_owned(),
    }
}

fn relative(change: &CountChange) -> String {
    change.change.map_or_else(|| MISSING.to_owned(), |change| signed(1.0 + change))
}

fn not_compared(report: &Report) -> Vec<Item<'static>> {
    let rows: Vec<[String; 2]> =
        report.not_compared.iter().map(|cell| [name(&cell.name), cell.reason.clone()]).collect();
    match rows.is_empty() {
        true => Vec::new(),
        false => vec![Item::Table(table(Content::Words, ["cell", "why"], rows))],
    }
}

/// The layers that have a line for each cell.
pub(super) const OF_CELLS: [Layer; 3] = [Layer::Instructions, Layer::Memory, Layer::Time];
