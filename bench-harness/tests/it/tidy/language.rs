//! Rules about words: how documentation opens, which names are given, and how long the README is.

use std::path::{Component, Path};

use proc_macro2::{TokenStream, TokenTree};

use super::{Source, assert_none, places, rust, source, sources};

/// Words that a comment does not open with: a sentence that begins with one is a clause, not a
/// statement. Functions open with a verb, everything else with a noun phrase.
const OPENINGS: [&str; 7] = ["What", "How", "Why", "Whether", "Where", "Which", "Those"];

/// The most comments in a hundred that may open so: sometimes nothing else is as plain.
const OPENINGS_PERCENT: usize = 3;

/// Words that names are not made of, with those that mean the same here.
const WORDS: [(&[&str], &str); 20] = [
    (&["arena", "arenas"], "workloads"),
    (&["concerns", "decline", "declined", "declines"], "supports, or unsupported"),
    (&["contest", "contests"], "trial"),
    (&["contestant", "contestants", "opponent", "opponents", "player", "players"], "arm or side"),
    (&["convict", "convicted", "convicts", "quorum"], "confirmation"),
    (&["crew", "crews"], "workers"),
    (&["guest", "guests"], "runner"),
    (&["host", "hosted", "hosts"], "runtime"),
    (&["ladder", "ladders"], "working-set sweep, or backend order"),
    (&["lane", "lanes"], "series"),
    (&["lap", "laps"], "burst timer"),
    (&["offer", "offered", "offers"], "supported models"),
    (&["overtime"], "extended stage"),
    (&["refuses"], "supports, or rejects"),
    (&["rival", "rivals"], "peer"),
    (&["soil", "soiled", "soils"], "poison"),
    (&["suspect", "suspects"], "suspected regression"),
    (&["tallies", "tally"], "counts"),
    (&["twin", "twins"], "A/A control"),
    (&["workshop", "workshops"], "engine builder"),
];

/// Names of files that say nothing.
const FILES: [(&str, &str); 4] = [
    ("figures.rs", "number_format.rs"),
    ("shown.rs", "display.rs"),
    ("util.rs", "its subject"),
    ("words.rs", "phrases.rs"),
];

/// Names that keep such a word, since somebody else reads them.
const KEPT: [(&str, &str); 5] = [
    ("ladder", "a key of results"),
    ("refuses", "a key of declarations"),
    ("twin_ns", "a key of results"),
    ("twin_spread", "a key of comparisons"),
    ("twins", "a key of results"),
];

/// Folders in which a word is the field's own.
const FIELD: [(&str, &[&str], &str); 3] = [
    ("bench-harness/src/revision/", &["host"], "the target of the compiler itself"),
    ("parser/", &["lane", "lanes"], "lanes of a vector register"),
    ("datasets/", &["lane", "lanes"], "lanes of a vector register"),
];

const README_WORDS: usize = 1300;

#[test]
fn documentation_opens_with_a_verb_or_a_noun() {
    let mut count = 0;
    let mut clauses = Vec::new();
    for source in rust() {
        let mut is_inside = false;
        for (number, line) in source.lines() {
            let line = line.trim();
            let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
            if let Some(text) = text.filter(|_| !is_inside) {
                count += 1;
                if opens_with_a_clause(text.trim_start()) {
                    clauses.push(format!("{}:{number}: {line}", source.name));
                }
            }
            is_inside = text.is_some();
        }
    }
    assert!(count > 1000, "{count} comments were found");
    let rule = format!("{} of {count} comments open with {OPENINGS:?}", clauses.len());
    let is_kept = clauses.len() * 100 < count * OPENINGS_PERCENT;
    assert_none(&rule, clauses.into_iter().filter(|_| !is_kept));
}

fn opens_with_a_clause(text: &str) -> bool {
    let end = text.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(text.len());
    OPENINGS.contains(&&text[..end])
}

#[test]
fn names_are_the_words_of_the_field() {
    let found = rust().into_iter().flat_map(|source| wrong_names(&source));
    assert_none("names with a word that has another here", found);
}

/// Returns each wrong name of a file once, at its first place.
fn wrong_names(source: &Source) -> Vec<String> {
    let tokens: TokenStream = source.text.parse().expect("the file compiles");
    let mut found = Vec::new();
    let mut seen = Vec::new();
    visit_names(tokens, &mut |name, line| {
        if seen.contains(&name) {
            return;
        }
        if let Some(instead) = word_instead(&source.name, &name) {
            found.push(format!("{}:{line}: {name} ({instead})", source.name));
        }
        seen.push(name);
    });
    found
}

#[test]
fn comments_say_peer() {
    let is_wrong = |word: &str| ["rival", "rivals"].contains(&&*word.to_lowercase());
    let found = sources().into_iter().flat_map(|source| {
        let marks = comment_marks(&source);
        places(source.lines(), &source.name, |line| {
            let mut words = line.split(|letter: char| !letter.is_ascii_alphanumeric());
            marks.iter().any(|mark| line.trim_start().starts_with(mark)) && words.any(is_wrong)
        })
    });
    assert_none("comments with a word that has another here (peer)", found);
}

/// Returns the marks that a line of comment begins with in a file; none for prose and data.
fn comment_marks(source: &Source) -> &'static [&'static str] {
    let has_one_of = |extensions: &[&str]| extensions.iter().any(|name| source.has_extension(name));
    if source.is_rust() {
        &["//"]
    } else if has_one_of(&["c", "css", "go", "js", "mjs", "mts", "ts"]) {
        &["//", "/*", "*"]
    } else if source.path.extension().is_none() || has_one_of(&["py", "toml", "yaml", "yml"]) {
        &["#"]
    } else {
        &[]
    }
}

/// Visits every identifier; what stands in strings and comments is none.
fn visit_names(tokens: TokenStream, visit: &mut impl FnMut(String, usize)) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => visit_names(group.stream(), visit),
            TokenTree::Ident(name) => visit(name.to_string(), name.span().start().line),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Returns the words to use in place of one in a name, if there is such a word in it.
fn word_instead(file: &str, name: &str) -> Option<&'static str> {
    if KEPT.iter().any(|(kept, _)| *kept == name) {
        return None;
    }
    let is_of_field = |part: &str| {
        FIELD.iter().any(|(folder, words, _)| file.starts_with(folder) && words.contains(&part))
    };
    let parts = parts(name);
    let is_wrong = |word: &&str| parts.iter().any(|part| part == word) && !is_of_field(word);
    let found = WORDS.iter().find(|(words, _)| words.iter().any(&is_wrong));
    let takes_prepare = name.to_lowercase().contains("make_ready");
    found.map(|(_, instead)| *instead).or(takes_prepare.then_some("prepare"))
}

/// Splits a name where a word ends: `fooBar`, `FooBar` and `FOO_BAR` are `foo` and `bar`.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut was_lower = false;
    for letter in name.chars() {
        if letter == '_' || (was_lower && letter.is_uppercase()) {
            parts.push(String::new());
        }
        was_lower = letter.is_lowercase();
        if letter != '_'
            && let Some(part) = parts.last_mut()
        {
            part.extend(letter.to_lowercase());
        }
    }
    parts
}

#[test]
fn files_have_names_of_the_field() {
    let wrong = rust().into_iter().filter_map(|source| {
        let instead = file_instead(&source.name)?;
        Some(format!("{} ({instead})", source.name))
    });
    assert_none("files with a word in their names that has another here", wrong);
}

fn file_instead(file: &str) -> Option<&'static str> {
    let vague = FILES.iter().find(|(name, _)| file.rsplit('/').next() == Some(name));
    let of_path = |part: Component<'_>| {
        let part = part.as_os_str().to_string_lossy();
        word_instead(file, part.strip_suffix(".rs").unwrap_or(&part))
    };
    vague.map(|(_, instead)| *instead).or_else(|| Path::new(file).components().find_map(of_path))
}

#[test]
fn names_are_split_into_words() {
    assert_eq!(parts("HostedEngine"), ["hosted", "engine"]);
    assert_eq!(parts("RIVAL_NAMES"), ["rival", "names"]);
    assert_eq!(parts("is_by_quorum"), ["is", "by", "quorum"]);
    assert_eq!(word_instead("x.rs", "RivalNames"), Some("peer"));
    assert_eq!(word_instead("x.rs", "try_make_ready"), Some("prepare"));
    assert_eq!(word_instead("x.rs", "arrivals"), None);
    assert_eq!(word_instead("x.rs", "lanes"), Some("series"));
    assert_eq!(word_instead("parser/x.rs", "lanes"), None);
    assert_eq!(file_instead("a/judging/rivals.rs"), Some("peer"));
    assert_eq!(file_instead("a/words.rs"), Some("phrases.rs"));
    assert_eq!(file_instead("a/last_words.rs"), None);
}

#[test]
fn the_readme_is_short_and_words_are_explained() {
    let text = |name| source(name).expect("the file is there").text;
    let words = text("README.md").split_whitespace().count();
    assert!(words <= README_WORDS, "README.md has {words} words");
    for name in ["README.md", "ARCHITECTURE.md"] {
        assert!(text(name).contains("(docs/glossary.md)"), "{name} has no link to the glossary");
    }
}
