//! The report as Markdown, for a repository or an issue; it links the plots.

use super::chapters::{Chapter, Item, chapters, lead};
use super::plots::Plot;
use super::tables::{Content, Entry, Table};
use super::verdict::Verdict;
use super::view::View;

/// Renders the report as Markdown.
pub(super) fn render(view: &View<'_>, plots: &[Plot]) -> String {
    let mut text = "# Delimark report\n\n".to_owned();
    let verdict = Verdict::new(view);
    paragraph(&mut text, &format!("**{}**", escape(&verdict.sentence)));
    for caveat in &verdict.caveats {
        paragraph(&mut text, &format!("Note: {}", escape(caveat)));
    }
    lead(view, plots).iter().for_each(|item| push_item(&mut text, item));
    for chapter in chapters(view, plots) {
        push_chapter(&mut text, &chapter);
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// Renders chapters that are no part of the report of a run.
pub(crate) fn render_chapters(chapters: &[Chapter<'_>]) -> String {
    let mut text = String::new();
    chapters.iter().for_each(|chapter| push_chapter(&mut text, chapter));
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn push_chapter(text: &mut String, chapter: &Chapter<'_>) {
    paragraph(text, &format!("## {}", escape(&chapter.title)));
    chapter.items.iter().for_each(|item| push_item(text, item));
}

fn push_item(text: &mut String, item: &Item<'_>) {
    match item {
        Item::Subtitle(title) => paragraph(text, &format!("### {}", escape(title))),
        Item::Text(body) | Item::Note(body) => paragraph(text, &escape(body)),
        Item::Opening(opening, body) => {
            paragraph(text, &format!("**{}** {}", escape(opening), escape(body)));
        }
        Item::Table(table) => push_table(text, table),
        Item::Plot(plot) => {
            paragraph(text, &format!("![{}]({})", escape(&plot.description), plot.path));
        }
        Item::Facts(facts) => push_facts(text, facts),
    }
}

fn push_table(text: &mut String, table: &Table) {
    let columns: Vec<String> = table.columns.iter().map(|column| escape(column)).collect();
    text.push_str(&format!("| {} |\n", columns.join(" | ")));
    let rule = match table.content {
        Content::Numbers => " ---: |",
        Content::Words => " --- |",
    };
    let rules = rule.repeat(columns.len() - 1);
    text.push_str(&format!("| --- |{rules}\n"));
    for row in &table.rows {
        let cells: Vec<String> = row.cells.iter().map(entry).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text.push('\n');
}

fn entry(entry: &Entry) -> String {
    let main = escape(&entry.main);
    if entry.notes.is_empty() {
        main
    } else {
        format!("{main} ({})", escape(&entry.notes.join(", ")))
    }
}

fn push_facts(text: &mut String, facts: &[(&str, String)]) {
    for (name, value) in facts {
        text.push_str(&format!("- {name}: {}\n", escape(value)));
    }
    text.push('\n');
}

fn paragraph(text: &mut String, body: &str) {
    text.push_str(body);
    text.push_str("\n\n");
}

/// Keeps names from becoming markup: what Markdown or HTML in it would read is escaped, and a
/// line break becomes a space.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '#' => escaped.extend(['\\', character]),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn names_do_not_become_markup() {
        assert_eq!(escape("a|b<c>*d*_e_\n[f]"), r"a\|b&lt;c&gt;\*d\*\_e\_ \[f\]");
    }
}
