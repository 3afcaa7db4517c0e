//! The cells of a run that were not measured, as a table: a row for all that share a reason.

use delimark_results::{Results, Skipped};

use super::tables::{Content, Entry, Table, TableRow};
use super::view::Family;

/// Models that some engines have no cell of, for one reason.
struct Group<'a> {
    engines: Vec<&'a str>,
    models: Vec<&'a str>,
    dataset: &'a str,
    reason: &'a str,
}

/// Lists every cell of the run that there is not, each once.
pub(super) fn table(results: &Results) -> Table {
    let rows = groups(&results.skipped).into_iter().map(|group| TableRow {
        family: Family::of(group.engines[0]),
        cells: [&group.engines.join(", "), &group.models.join(", "), group.dataset, group.reason]
            .map(Entry::plain)
            .into(),
    });
    Table {
        content: Content::Words,
        rows: rows.collect(),
        columns: ["engines", "models", "data set", "reason"].map(str::to_owned).into(),
    }
}

/// Puts an engine's models together, and then the engines with the same ones; families stay apart.
fn groups(skipped: &[Skipped]) -> Vec<Group<'_>> {
    let mut of_engines: Vec<Group<'_>> = Vec::new();
    for Skipped { engine, model, dataset, reason, .. } in skipped {
        let is_it = |group: &&mut Group<'_>| {
            (group.engines[0], group.dataset, group.reason) == (engine, dataset, reason)
        };
        match of_engines.iter_mut().find(is_it) {
            Some(group) => group.models.push(model),
            None => {
                let (engines, models) = (vec![engine.as_str()], vec![model.as_str()]);
                of_engines.push(Group { engines, models, dataset, reason });
            }
        }
    }
    let mut groups: Vec<Group<'_>> = Vec::new();
    for group in of_engines {
        let is_alike = |other: &&mut Group<'_>| {
            (&other.models, other.dataset, other.reason)
                == (&group.models, group.dataset, group.reason)
                && Family::of(other.engines[0]) == Family::of(group.engines[0])
        };
        match groups.iter_mut().find(is_alike) {
            Some(alike) => alike.engines.extend(group.engines),
            None => groups.push(group),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(engine: &str, model: &str, reason: &str) -> Skipped {
        let [engine, model, reason] = [engine, model, reason].map(str::to_owned);
        Skipped { engine, model, dataset: "nginx12".to_owned(), reason, kind: None }
    }

    #[test]
    fn what_has_a_reason_in_common_is_a_row_and_nothing_else_is() {
        let skipped = [
            skipped("peer/a", "count", "it counts nothing"),
            skipped("peer/b", "count", "it counts nothing"),
            skipped("delimark/c", "count", "it counts nothing"),
            skipped("peer/a", "index", "it counts nothing"),
            skipped("peer/b", "index", "it counts nothing"),
            skipped("peer/d", "index", "it counts nothing"),
            skipped("peer/a", "fields", "it died"),
        ];
        let groups = groups(&skipped);
        let rows: Vec<_> = groups
            .iter()
            .map(|group| (group.engines.join(" "), group.models.join(" "), group.reason))
            .collect();
        let row =
            |engines: &str, models: &str, reason| (engines.to_owned(), models.to_owned(), reason);
        let expected = [
            row("peer/a peer/b", "count index", "it counts nothing"),
            row("delimark/c", "count", "it counts nothing"),
            row("peer/d", "index", "it counts nothing"),
            row("peer/a", "fields", "it died"),
        ];
        assert_eq!(rows, expected);
    }
}
