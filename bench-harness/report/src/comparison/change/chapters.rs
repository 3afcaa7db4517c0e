//! A comparison as tables and sentences, and as JSON.

use delimark_results::Known;
use delimark_results::statistics::MINIMUM_ROUNDS;

use super::{Change, Changes, Difference, NotCompared, Pairing, Unit, Verdict};
use crate::comparison::phrases::{apart, chapter, counted, grouped, list, table};
use crate::comparison::{Findings, RunFacts};
use crate::number_format::{interval, number, times};
use crate::report::{Chapter, Content, Item, Table};

impl Findings for Changes {
    const SCHEMA: &'static str = "delimark-compare/1";

    fn chapters(&self) -> Vec<Chapter<'static>> {
        let mut chapters = vec![chapter("Comparison", self.overview())];
        chapters.extend(self.tables());
        if !self.not_compared.is_empty() {
            chapters.push(chapter("Not compared", vec![self.not_compared()]));
        }
        if !self.differences.is_empty() {
            chapters.push(chapter("What else differs", vec![self.differences()]));
        }
        chapters
    }
}

impl Changes {
    fn overview(&self) -> Vec<Item<'static>> {
        let (a, b) = (&self.a, &self.b);
        let mut items = Vec::new();
        let run =
            |name, run: &RunFacts| Item::Text(format!("{name}: {}, {}", run.file, run.created));
        match self.pairing {
            Pairing::WithinRounds => items.push(run("A and B", a)),
            Pairing::Medians => items.extend([run("A", a), run("B", b)]),
        }
        items.push(Item::Text(self.headline()));
        items.push(Item::Note(self.method()));
        if a.fingerprint != b.fingerprint {
            items.push(Item::Note(format!(
                "A and B are from different machines ({}; {}). A share of the read limit depends \
                 on the machine's memory as much as on the engine.",
                a.machine(),
                b.machine()
            )));
        }
        items
    }

    fn headline(&self) -> String {
        let count = |verdict| self.changes.iter().filter(|c| c.verdict == verdict).count();
        let kinds = [
            (Verdict::Faster, "faster in B"),
            (Verdict::Slower, "slower in B"),
            (Verdict::NoDifference, "no difference"),
            (Verdict::TooFewRounds, "too few rounds to tell"),
        ];
        let kinds = kinds.map(|(verdict, words)| (count(verdict), words));
        let mut parts: Vec<String> = kinds
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| format!("{count} {words}"))
            .collect();
        if !self.not_compared.is_empty() {
            parts.push(format!("{} not compared", self.not_compared.len()));
        }
        let all = self.changes.len() + self.not_compared.len();
        format!("{}: {}.", counted(all, "cell"), parts.join(", "))
    }

    /// Says how to read the tables.
    fn method(&self) -> String {
        let mut text = match self.pairing {
            Pairing::WithinRounds => {
                "One run, compared round by round: B ÷ A is the median of the ratios of their \
                 speeds within the rounds."
            }
            Pairing::Medians => {
                "Two runs, whose rounds have nothing to do with each other: B ÷ A is the ratio of \
                 their median speeds. What changed on the machine between the runs is in it, and \
                 not in its interval; engines of one run compare better."
            }
        }
        .to_owned();
        if self.unit == Unit::ShareOfReadLimit {
            text += " A share changes, too, where it is the limit that changed.";
        }
        text += &match self.twin_spread {
            Known::Value(spread) => format!(
                " No difference: the interval includes 1, or reaches within the {} that an engine \
                 came out from itself (A/A).",
                apart(spread)
            ),
            Known::Unavailable(_) => " No difference: the interval includes 1; no engine was \
                                      measured twice in these runs, so there is no A/A spread to \
                                      exceed."
                .to_owned(),
        };
        if self.changes.iter().any(|change| change.verdict == Verdict::TooFewRounds) {
            text += &format!(" An interval of a median takes {MINIMUM_ROUNDS} rounds.");
        }
        text
    }

    /// Returns a table for each model on a data set, or one for all where there are only two
    /// engines.
    fn tables(&self) -> Vec<Chapter<'static>> {
        let groups = grouped(self.changes.iter().map(|change| (change.title(), change)));
        let chapter = |(title, group): (String, Vec<&Change>)| {
            chapter(title, vec![Item::Table(self.table(&group))])
        };
        groups.into_iter().map(chapter).collect()
    }

    fn table(&self, group: &[&Change]) -> Table {
        let [a, b] = match self.unit {
            Unit::Time => ["A, GB/s", "B, GB/s"],
            Unit::ShareOfReadLimit => ["A, of limit", "B, of limit"],
        };
        let is_of_two_engines = group.iter().any(|change| change.is_of_two_engines());
        let what = if is_of_two_engines { "cell" } else { "engine" };
        let columns = [what, a, b, "B ÷ A", "95 % interval", "B is"];
        table(Content::Numbers, columns, group.iter().map(|change| self.row(change)))
    }

    fn row(&self, change: &Change) -> [String; 6] {
        let shown = match self.unit {
            Unit::Time => number,
            Unit::ShareOfReadLimit => |share: f64| format!("{} %", number(share * 100.0)),
        };
        [
            change.label(),
            shown(change.a.median),
            shown(change.b.median),
            times(change.ratio.median),
            interval(change.ratio.low, change.ratio.high),
            change.verdict.words().to_owned(),
        ]
    }

    /// Makes a row for all that lack the same, as far as models and engines can be listed together.
    fn not_compared(&self) -> Item<'static> {
        let cells = self.not_compared.iter().map(|not| {
            let NotCompared { engine, model, dataset, reason } = not;
            ([engine, dataset, reason].map(String::as_str), model.as_str())
        });
        let of_engines = grouped(cells).into_iter();
        let of_engines = of_engines
            .map(|([engine, dataset, reason], models)| ((models, [dataset, reason]), engine));
        let row = |((models, [dataset, reason]), engines): ((Vec<&str>, [&str; 2]), Vec<&str>)| {
            [list(&engines), list(&models), dataset.to_owned(), reason.to_owned()]
        };
        let columns = ["engine", "model", "data set", "why"];
        let rows = grouped(of_engines).into_iter().map(row);
        Item::Table(table(Content::Words, columns, rows))
    }

    fn differences(&self) -> Item<'static> {
        let row =
            |Difference { what, a, b }: &Difference| [(*what).to_owned(), a.clone(), b.clone()];
        let rows = self.differences.iter().map(row);
        Item::Table(table(Content::Words, ["what", "A", "B"], rows))
    }
}

impl Change {
    fn is_of_two_engines(&self) -> bool {
        self.engine_a != self.engine_b
    }

    /// Returns the heading of the table that it is in.
    fn title(&self) -> String {
        if self.is_of_two_engines() {
            format!("A is {}, B is {}", self.engine_a, self.engine_b)
        } else {
            format!("{} on {}", self.model, self.dataset)
        }
    }

    /// Returns the name that tells it from the others of that table.
    fn label(&self) -> String {
        if self.is_of_two_engines() {
            format!("{} on {}", self.model, self.dataset)
        } else {
            self.engine_a.clone()
        }
    }
}

impl Verdict {
    const fn words(self) -> &'static str {
        match self {
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::NoDifference => "no difference",
            Self::TooFewRounds => "too few rounds",
        }
    }
}
