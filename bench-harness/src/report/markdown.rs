//! The report as Markdown, for a repository or an issue; it links the plots.

use super::plots::{Plot, PlotKind};
use super::tables::{self, Content, Entry, Table};
use super::verdict::Verdict;
use super::view::View;
use super::{facts, method};

/// Renders the report as Markdown.
pub(super) fn render(view: &View<'_>, plots: &[Plot]) -> String {
    let mut text = "# Delimark report\n\n".to_owned();
    let verdict = Verdict::new(view);
    paragraph(&mut text, &format!("**{}**", escape(&verdict.sentence)));
    for caveat in &verdict.caveats {
        paragraph(&mut text, &format!("Note: {}", escape(caveat)));
    }
    push_summaries(&mut text, view);
    for kind in PlotKind::ALL {
        push_plots(&mut text, kind, plots);
    }
    push_details(&mut text, view);
    text += "## Not measured\n\n";
    if view.results.skipped.is_empty() {
        paragraph(&mut text, "Nothing that was asked for was left out.");
    } else {
        push_table(&mut text, &tables::skipped(view.results));
    }
    text += "## How to read this\n\n";
    for (opening, body) in method::paragraphs() {
        paragraph(&mut text, &format!("**{opening}** {body}"));
    }
    for section in &view.sections {
        text += &format!("## Data set {}\n\n", escape(&section.dataset.name));
        push_facts(&mut text, &facts::of_dataset(section.dataset));
    }
    text += "## Environment\n\n";
    push_facts(&mut text, &facts::of_environment(&view.results.environment));
    text += "## Run\n\n";
    push_facts(&mut text, &facts::of_run(view.results));
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn push_summaries(text: &mut String, view: &View<'_>) {
    text.push_str("## Summary\n\n");
    for section in &view.sections {
        text.push_str(&format!("### {}\n\n", escape(&section.dataset.name)));
        push_table(text, &tables::summary(section));
    }
}

fn push_plots(text: &mut String, kind: PlotKind, plots: &[Plot]) {
    let mut of_kind = plots.iter().filter(|plot| plot.kind == kind).peekable();
    if of_kind.peek().is_some() {
        text.push_str(&format!("## {}\n\n", kind.title()));
    }
    for plot in of_kind {
        paragraph(text, &format!("![{}]({})", escape(&plot.description), plot.path));
    }
}

fn push_details(text: &mut String, view: &View<'_>) {
    text.push_str("## Every model in detail\n\n");
    for section in &view.sections {
        for model in &section.models {
            let name = escape(&section.dataset.name);
            text.push_str(&format!("### {} ({name})\n\n", escape(&tables::model_title(model))));
            push_table(text, &tables::detail(model));
            for missing in tables::missing_numbers(model) {
                paragraph(text, &escape(&missing));
            }
        }
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
