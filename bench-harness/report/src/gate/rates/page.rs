//! The rates as a page, with a plot, and as JSON.

use super::{Pool, Rates, ResampledRow, ScenarioRow, Slowdown};
use crate::comparison::json;
use crate::comparison::phrases::{chapter, table};
use crate::number_format::{count, percent};
use crate::report::{Content, Curve, Item, PlotError, Table, detection, markdown};

/// The form of [`Rates::json`].
const SCHEMA: &str = "delimark-gate-rates/1";

/// The kind whose detection is drawn: what no other layer finds.
const DRAWN_KIND: &str = "waiting";

/// Stands where there is no number.
const MISSING: &str = "–";

/// The page, and its plot.
pub struct RatesPage {
    /// Markdown that links the plot.
    pub markdown: String,
    /// The plot, under the name that the page knows it by.
    pub svg: String,
}

impl RatesPage {
    /// The plot's file.
    pub const PLOT: &str = "detection.svg";
}

impl Rates {
    /// Renders the rates as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        json(SCHEMA, self)
    }

    /// Renders the page; `machine` and `program` say what was measured, `missing` how many gates
    /// are still to be run.
    ///
    /// # Errors
    ///
    /// The plot cannot be drawn.
    pub fn page(
        &self,
        machine: &str,
        program: &str,
        missing: usize,
    ) -> Result<RatesPage, PlotError> {
        let title = "Slower cells that are found, by time alone";
        let (description, svg) = detection(title, self.margin, &self.curves())?;
        let chapters = [
            chapter("How often the gate is wrong", self.overview(machine, program, missing)),
            chapter("Gates that were run", self.once()),
            chapter("Gates that were repeated with the stored pairs", self.again()),
        ];
        let mut text = markdown::render_chapters(&chapters);
        text += &format!("\n![{description}]({})\n", RatesPage::PLOT);
        Ok(RatesPage { markdown: text, svg })
    }

    fn overview(&self, machine: &str, program: &str, missing: usize) -> Vec<Item<'static>> {
        let pairs = count(self.pairs as u64);
        let mut items = vec![
            Item::Text(format!(
                "Made by delimark-bench gate rates reports/gate --short on {machine}, of \
                 {program}. Every gate has {} cells and a margin of {:.0} %. The pairs of \
                 processes, {pairs}, are in pairs.jsonl.",
                self.cells,
                self.margin * 100.0
            )),
            Item::Text(
                "Baseline and candidate are one program, which its environment makes slow: by \
                 instructions or branches that no parser needs, by allocations, or by waiting, \
                 which takes time and no instructions. The size is what was aimed at as a share of \
                 the time; what came out is beside it."
                    .to_owned(),
            ),
        ];
        if missing > 0 {
            let held: usize = self.held.iter().map(|row| row.gates).sum();
            items.push(Item::Text(format!(
                "Of {} gates that are planned, {held} were run so far; the same command goes on.",
                held + missing
            )));
        }
        items
    }

    fn once(&self) -> Vec<Item<'static>> {
        vec![
            Item::Text(
                "Other cores are kept busy on purpose, or left alone to whatever else the machine \
                 does. Waited is the share of a gate's time in which something, on any core, had \
                 to wait for one: other people's work shows there. It and the seconds are those \
                 of the median gate."
                    .to_owned(),
            ),
            Item::Table(held(&self.held)),
            Item::Text(self.certainty()),
        ]
    }

    /// Returns how much the gates of the baseline with itself say.
    fn certainty(&self) -> String {
        let plain = self.held.iter().filter(|row| row.scenario.slowdown.is_none());
        let (gates, wrong) =
            plain.fold((0, 0), |(gates, wrong), row| (gates + row.gates, wrong + row.regressions));
        let mut sentence =
            format!("Of {gates} gates that compared the baseline with itself, {wrong} were red.");
        if wrong == 0 && gates > 0 {
            // The largest chance of red that lets all of them be green in 1 of 20 cases.
            let most = 1.0 - 0.05_f64.powf(1.0 / gates as f64);
            sentence += &format!(
                " With a certainty of 95 %, fewer than {:.0} % of such gates are: more of them \
                 would have to be run to say that it is less.",
                (most * 100.0).ceil()
            );
        }
        sentence
    }

    fn again(&self) -> Vec<Item<'static>> {
        vec![
            Item::Text(
                "By the layer of time alone, with pairs drawn in blocks of four that follow each \
                 other, of all gates with that candidate. A gate says regression where any of its \
                 cells is slower; all are, where the candidate is slowed."
                    .to_owned(),
            ),
            Item::Text(pool(&self.pool, self.margin)),
            Item::Table(resampled(&self.resampled)),
        ]
    }

    /// Returns a line a budget.
    fn curves(&self) -> Vec<Curve> {
        let mut budgets: Vec<f64> = self.resampled.iter().map(|row| row.budget_seconds).collect();
        budgets.sort_unstable_by(f64::total_cmp);
        budgets.dedup();
        let curve = |budget: f64| {
            let is_drawn = |row: &&ResampledRow| {
                let kind = row.slowdown.as_ref().map(|slowdown| slowdown.kind.as_str());
                row.budget_seconds == budget && kind.is_none_or(|kind| kind == DRAWN_KIND)
            };
            let rows = self.resampled.iter().filter(is_drawn);
            let point = |row: &ResampledRow| Some((row.measured_size?, row.slower_cells));
            let mut points: Vec<(f64, f64)> = rows.filter_map(point).collect();
            points.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
            Curve { name: format!("{budget:.0} s for {} cells", self.cells), points }
        };
        budgets.into_iter().map(curve).collect()
    }
}

fn pool(pool: &Pool, margin: f64) -> String {
    let [drawn, all] =
        [pool.drawn_pairs, pool.drawn_pairs + pool.left_out_pairs].map(|pairs| count(pairs as u64));
    let mut sentence = format!(
        "Only pairs of units that measured every cell are drawn, {drawn} of {all}: those of a \
         gate's beginning, before some of its cells were clear."
    );
    if let (Some(drawn), Some(left_out)) = (pool.drawn_beyond_margin, pool.left_out_beyond_margin) {
        sentence += &format!(
            " What is left out is noisier, since cells that are noisy are measured for longer: of \
             the baseline with itself, {:.1} % of the pairs that are drawn are off by more than \
             {:.0} %, and {:.1} % of the others. So these rates are those of calmer stretches, and \
             no bound for noisier ones.",
            drawn * 100.0,
            margin * 100.0,
            left_out * 100.0
        );
    }
    sentence
}

fn held(rows: &[ScenarioRow]) -> Table {
    let columns = [
        "candidate",
        "other cores",
        "gates",
        "came out",
        "regression",
        "by instructions",
        "by memory",
        "by time",
        "inconclusive",
        "waited",
        "seconds",
        "at most",
    ];
    let rows = rows.iter().map(|row| {
        [
            candidate(&row.scenario.slowdown),
            if row.scenario.busy { "busy" } else { "left alone" }.to_owned(),
            row.gates.to_string(),
            size(row.measured_size),
            row.regressions.to_string(),
            row.by_instructions.to_string(),
            row.by_memory.to_string(),
            row.by_time.to_string(),
            row.inconclusive.to_string(),
            row.pressure_share.value().map_or_else(|| MISSING.to_owned(), |&share| percent(share)),
            format!("{:.0}", row.median_seconds),
            format!("{:.0}", row.longest_seconds),
        ]
    });
    table(Content::Numbers, columns, rows)
}

fn resampled(rows: &[ResampledRow]) -> Table {
    let columns =
        ["candidate", "budget", "gates", "came out", "regression", "inconclusive", "cells found"];
    let rows = rows.iter().map(|row| {
        [
            candidate(&row.slowdown),
            format!("{:.0} s", row.budget_seconds),
            count(row.gates as u64),
            size(row.measured_size),
            share(row.regressions),
            share(row.inconclusive),
            share(row.slower_cells),
        ]
    });
    table(Content::Numbers, columns, rows)
}

fn candidate(slowdown: &Option<Slowdown>) -> String {
    match slowdown {
        None => "the baseline".to_owned(),
        Some(slowdown) => slowdown.to_string(),
    }
}

fn size(size: Option<f64>) -> String {
    size.map_or_else(|| MISSING.to_owned(), |size| format!("{:+.1} %", size * 100.0))
}

fn share(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}
