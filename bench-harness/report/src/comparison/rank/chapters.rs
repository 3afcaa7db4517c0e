//! A ranking as tables and sentences, and as JSON.

use std::collections::{BTreeMap, BTreeSet};

use delimark_results::Known;
use delimark_results::statistics::MINIMUM_ROUNDS;

use super::{CellLeftOut, CellName, EngineLeftOut, MeanRatio, Ranking, Standing};
use crate::comparison::phrases::{apart, chapter, counted, grouped, list, table};
use crate::comparison::{Findings, RunFacts};
use crate::number_format::{interval, times};
use crate::report::{Chapter, Content, Item};

impl Findings for Ranking {
    const SCHEMA: &'static str = "delimark-rank/1";

    fn chapters(&self) -> Vec<Chapter<'static>> {
        let mut chapters = vec![chapter(
            "Ranking",
            vec![Item::Text(self.headline()), self.standings(), Item::Note(self.method())],
        )];
        if !self.cells_left_out.is_empty() {
            chapters.push(chapter("Cells left out", vec![self.cells_left_out()]));
        }
        if !self.engines_left_out.is_empty() {
            let needed = format!(
                "They have less than {} % of the {}. --coverage asks for less; --models and \
                 --datasets choose what they have.",
                self.coverage_percent,
                counted(self.all_cells(), "cell")
            );
            let items = vec![Item::Text(needed), self.engines_left_out()];
            chapters.push(chapter("Engines left out", items));
        }
        let notes = self.notes();
        if !notes.is_empty() {
            chapters.push(chapter("Notes", notes.into_iter().map(Item::Note).collect()));
        }
        chapters
    }
}

impl Ranking {
    fn all_cells(&self) -> usize {
        self.cells.len() + self.cells_left_out.len()
    }

    fn headline(&self) -> String {
        let all = self.all_cells();
        let cells = match self.cells_left_out.len() {
            0 => format!("all {all} cells"),
            _ => format!("the {} of {all} cells that all of them have", self.cells.len()),
        };
        format!("{} engines over {cells}: {}.", self.engines.len(), self.cells_in_words())
    }

    /// Lists models by data set and, if there are several, by file.
    fn cells_in_words(&self) -> String {
        let cells = self.cells.iter().map(|cell| (self.dataset_of(cell), &cell.model));
        let groups = grouped(cells);
        let in_words =
            groups.iter().map(|(dataset, models)| format!("{} on {dataset}", list(models)));
        in_words.collect::<Vec<_>>().join("; ")
    }

    fn cell_in_words(&self, cell: &CellName) -> String {
        format!("{} on {}", cell.model, self.dataset_of(cell))
    }

    /// Names the data set and, where there are several files, the file.
    fn dataset_of(&self, CellName { file, dataset, .. }: &CellName) -> String {
        if self.files.len() == 1 { dataset.clone() } else { format!("{dataset} ({file})") }
    }

    fn standings(&self) -> Item<'static> {
        let columns = ["engine", "rank", "mean", "95 % interval", "worst", "cells won"];
        let row = |standing: &Standing| {
            let MeanRatio { mean, low, high } = standing.mean_ratio;
            let worst = standing.ratios.iter().copied().max_by(f64::total_cmp);
            [
                standing.engine.clone(),
                standing.rank.to_string(),
                times(mean),
                interval(low, high),
                times(worst.expect("a ranking has cells")),
                standing.cells_won.to_string(),
            ]
        };
        Item::Table(table(Content::Numbers, columns, self.engines.iter().map(row)))
    }

    /// Says how to read the table.
    fn method(&self) -> String {
        let mut text = "An engine's ratio in a cell is its median time over that of the best of \
                        these engines. The mean is the geometric one, its interval comes from \
                        drawing whole rounds again."
            .to_owned();
        let rounds = self.files.iter().map(|file| file.rounds).min();
        if let Some(rounds) = rounds.filter(|&rounds| rounds < MINIMUM_ROUNDS as u64) {
            text += &format!(
                " With {rounds} rounds no 95 % interval exists (that takes {MINIMUM_ROUNDS}), so \
                 all engines share a rank."
            );
            return text;
        }
        text += " A new rank begins where the rounds show a difference from the first of the rank \
                 above";
        text += &match self.twin_spread {
            Known::Value(spread) => {
                format!(", beyond the {} that an engine came out from itself (A/A).", apart(spread))
            }
            Known::Unavailable(_) => ". No engine was measured twice in these runs, so there is \
                                      no A/A spread to exceed."
                .to_owned(),
        };
        text
    }

    /// Makes a row a reason, since several engines may have the same.
    fn cells_left_out(&self) -> Item<'static> {
        let rows = self.cells_left_out.iter().flat_map(|CellLeftOut { cell, lacked_by }| {
            let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for gap in lacked_by {
                by_reason.entry(&gap.reason).or_default().push(&gap.engine);
            }
            let cell = self.cell_in_words(cell);
            let row = move |(reason, engines): (&str, Vec<&str>)| {
                [cell.clone(), list(&engines), reason.to_owned()]
            };
            by_reason.into_iter().map(row).collect::<Vec<_>>()
        });
        Item::Table(table(Content::Words, ["cell", "engines without it", "why"], rows))
    }

    fn engines_left_out(&self) -> Item<'static> {
        let row = |left_out: &EngineLeftOut| {
            let reasons: BTreeSet<&str> =
                left_out.lacks.iter().map(|lacked| lacked.reason.as_str()).collect();
            let reasons: Vec<&str> = reasons.into_iter().collect();
            [left_out.engine.clone(), left_out.cells.to_string(), reasons.join("; ")]
        };
        let columns = ["engine", "cells", "why it lacks the others"];
        Item::Table(table(Content::Words, columns, self.engines_left_out.iter().map(row)))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.not_ranked.is_empty() {
            notes.push(format!(
                "Limits, engines that are slow on purpose and emulated ones are not ranked: {}.",
                list(&self.not_ranked)
            ));
        }
        if self.files.len() > 1 {
            notes.push(self.files_in_words());
        }
        let quick: Vec<&str> =
            self.files.iter().filter(|file| file.quick).map(|file| file.file.as_str()).collect();
        if !quick.is_empty() {
            notes.push(format!("From a quick run, so only a first look: {}.", list(&quick)));
        }
        notes
    }

    fn files_in_words(&self) -> String {
        let mut text =
            "Each file's cells are cells of their own, and every ratio is within a file."
                .to_owned();
        let machines: BTreeSet<&str> =
            self.files.iter().map(|file| file.fingerprint.as_str()).collect();
        if machines.len() > 1 {
            let file = |facts: &RunFacts| format!("{} ({})", facts.file, facts.machine());
            let files: Vec<String> = self.files.iter().map(file).collect();
            text += &format!(
                " The files come from {} machines, whose times are not compared: {}.",
                machines.len(),
                list(&files)
            );
        }
        text
    }
}
