//! The phrases that rankings and comparisons share: lists, and rows of tables.

use crate::report::{Chapter, Content, Entry, Family, Item, Table, TableRow};

/// Lists names as a sentence does: `a, b and c`.
#[must_use]
pub fn list(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}

/// Gathers what has the same key, in the order in which the keys appear.
pub(super) fn grouped<K: PartialEq, V>(
    items: impl IntoIterator<Item = (K, V)>,
) -> Vec<(K, Vec<V>)> {
    let mut groups: Vec<(K, Vec<V>)> = Vec::new();
    for (key, value) in items {
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, group)) => group.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    groups
}

/// Writes a number with its noun, which several give an s: `1 cell`, `2 cells`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Writes a factor's distance above 1: `2.1 %`.
#[must_use]
pub fn apart(spread: f64) -> String {
    format!("{:.1} %", (spread - 1.0) * 100.0)
}

/// Makes a chapter.
#[must_use]
pub fn chapter(title: impl Into<String>, items: Vec<Item<'static>>) -> Chapter<'static> {
    Chapter { title: title.into(), items }
}

/// Makes a table of texts; each row begins with a name.
#[must_use]
pub fn table<const COLUMNS: usize>(
    content: Content,
    columns: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> Table {
    let row = |cells: [String; COLUMNS]| TableRow {
        family: Family::of(&cells[0]),
        cells: cells.map(Entry::plain).into(),
    };
    Table {
        content,
        columns: columns.map(str::to_owned).into(),
        rows: rows.into_iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{counted, grouped, list};

    #[test]
    fn lists_and_numbers_read_as_words() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a"]), "a");
        let none: [&str; 0] = [];
        assert_eq!(list(&none), "");
        assert_eq!([counted(1, "cell"), counted(0, "cell")], ["1 cell", "0 cells"]);
    }

    #[test]
    fn groups_begin_with_their_first() {
        let items = [("b", 1), ("a", 2), ("b", 3)];
        assert_eq!(grouped(items), [("b", vec![1, 3]), ("a", vec![2])]);
    }
}
