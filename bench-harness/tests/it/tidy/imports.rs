//! The paths that a file names, and the rule that no files of a crate name each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::crates::members;
use super::{Source, assert_none, rust};

/// The files that a name is passed on through at most.
const REEXPORTS: usize = 4;

/// A path that begins with `crate`, `self` or `super`, or is imported; one that begins with another
/// name is told from `self`.
struct NamedPath {
    /// The names in it, the first one included; a `*` ends it early.
    names: Vec<String>,
    line: usize,
}

impl NamedPath {
    /// Returns the first name after `crate`.
    fn below_crate(&self) -> Option<&str> {
        match &self.names[..] {
            [first, below, ..] if first == "crate" => Some(below),
            _ => None,
        }
    }
}

/// Returns every such path of a file, imported or not, of groups each one: `crate::{a, b::{c, d}}`
/// is three. Paths in modules within the file are told from the file's own module.
fn paths(source: &Source) -> Vec<NamedPath> {
    let tokens: TokenStream = source.text.parse().expect("the file compiles");
    let mut found = Vec::new();
    visit(tokens, 0, &mut found);
    found
}

/// Returns the places of paths whose first name after `crate` is wrong.
pub(super) fn places(source: &Source, is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let paths = paths(source).into_iter();
    let wrong = paths.filter(|path| path.below_crate().is_some_and(&is_wrong));
    wrong.map(|path| format!("{}:{}: {}", source.name, path.line, path.names.join("::"))).collect()
}

fn visit(tokens: TokenStream, depth: usize, found: &mut Vec<NamedPath>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut last_names: [String; 2] = Default::default();
    while let Some(token) = tokens.next() {
        let name = match token {
            TokenTree::Group(group) => {
                let is_module = last_names[0] == "mod" && group.delimiter() == Delimiter::Brace;
                visit(group.stream(), depth + usize::from(is_module), found);
                String::new()
            }
            TokenTree::Ident(name) => {
                let line = name.span().start().line;
                let name = name.to_string();
                let is_keyword = ["crate", "self", "super"].contains(&&*name);
                if is_keyword || last_names[1] == "use" {
                    let first = found.len();
                    let here = (!is_keyword).then(|| "self".to_owned());
                    let start: Vec<String> = here.into_iter().chain([name.clone()]).collect();
                    read(&mut tokens, &start, line, found);
                    for path in &mut found[first..] {
                        leave_modules(&mut path.names, depth);
                    }
                }
                name
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => String::new(),
        };
        last_names.rotate_left(1);
        last_names[1] = name;
    }
}

/// Reads the rest of a path, or of those that a group makes of it.
fn read(
    tokens: &mut Peekable<IntoIter>,
    start: &[String],
    line: usize,
    found: &mut Vec<NamedPath>,
) {
    let mut names = start.to_vec();
    while skip_colons(tokens) {
        match tokens.peek() {
            Some(TokenTree::Ident(name)) => names.push(name.to_string()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let group = group.stream();
                tokens.next();
                return read_group(group, &names, found);
            }
            _ => break,
        }
        tokens.next();
    }
    found.push(NamedPath { names, line });
}

fn read_group(group: TokenStream, start: &[String], found: &mut Vec<NamedPath>) {
    let mut tokens = group.into_iter().peekable();
    let mut is_start = true;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(name) if is_start => {
                let line = name.span().start().line;
                let name = name.to_string();
                let is_itself = name == "self";
                let names = start.iter().cloned().chain((!is_itself).then_some(name));
                read(&mut tokens, &names.collect::<Vec<_>>(), line, found);
                is_start = false;
            }
            TokenTree::Punct(mark) if mark.as_char() == ',' => is_start = true,
            TokenTree::Punct(mark) if mark.as_char() == '*' => {
                let line = mark.span().start().line;
                found.push(NamedPath { names: start.to_vec(), line });
            }
            _ => {}
        }
    }
}

/// Skips `::`, if that is next.
fn skip_colons(tokens: &mut Peekable<IntoIter>) -> bool {
    let is_colon =
        |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ':');
    let mut ahead = tokens.clone();
    if ahead.next().as_ref().is_some_and(is_colon) && ahead.next().as_ref().is_some_and(is_colon) {
        *tokens = ahead;
        return true;
    }
    false
}

/// Takes the modules within a file out of a path: there, a first `super` is the file itself.
fn leave_modules(names: &mut Vec<String>, depth: usize) {
    let up = names.iter().take(depth).take_while(|name| *name == "super").count();
    if up > 0 {
        names.drain(..up);
        if names.first().is_none_or(|first| first != "super") {
            names.insert(0, "self".to_owned());
        }
    }
}

/// The files of a crate by their modules: that of `a/mod.rs` and of `a.rs` is `a`, the root's has
/// no name.
struct Tree<'a>(BTreeMap<Vec<String>, File<'a>>);

struct File<'a> {
    name: &'a str,
    paths: Vec<NamedPath>,
}

impl<'a> Tree<'a> {
    fn of(folder: &str, sources: &'a [Source]) -> Self {
        let folder = format!("{folder}/src/");
        let module = |source: &'a Source| {
            let path = source.name.strip_prefix(&folder)?.strip_suffix(".rs")?;
            let mut names: Vec<String> = path.split('/').map(str::to_owned).collect();
            let is_root = matches!(&names[..], [name] if ["lib", "main"].contains(&&**name));
            if is_root || names.last().is_some_and(|name| name == "mod") {
                names.pop();
            }
            Some((names, File { name: &source.name, paths: paths(source) }))
        };
        Self(sources.iter().filter_map(module).collect())
    }

    /// Returns the modules that the file of one names, but those above and below it: a folder's
    /// file lists those in it, which may know it.
    fn edges(&self, module: &[String]) -> BTreeSet<&[String]> {
        let named = self.0[module].paths.iter();
        let named = named.filter_map(|path| self.resolve(module, &path.names, REEXPORTS));
        named.filter(|other| !other.starts_with(module) && !module.starts_with(other)).collect()
    }

    /// Returns the module that a path leads to: the longest that is a file, or the one that it
    /// has the next name from.
    fn resolve(&self, from: &[String], names: &[String], reexports: usize) -> Option<&[String]> {
        let mut module = from.to_vec();
        for name in names {
            match name.as_str() {
                "crate" => module.clear(),
                "self" => {}
                "super" => {
                    module.pop();
                }
                name => {
                    module.push(name.to_owned());
                    if !self.0.contains_key(&module) {
                        module.pop();
                        let passed_on = self.reexported(&module, name, reexports);
                        return passed_on.or_else(|| self.module(&module));
                    }
                }
            }
        }
        self.module(&module)
    }

    fn module(&self, module: &[String]) -> Option<&[String]> {
        self.0.get_key_value(module).map(|(module, _)| &module[..])
    }

    /// Returns the module below one that a name in it comes from.
    fn reexported(&self, module: &[String], name: &str, reexports: usize) -> Option<&[String]> {
        let left = reexports.checked_sub(1)?;
        let mut paths = self.0.get(module)?.paths.iter();
        paths.find_map(|path| {
            let is_of_name = path.names.len() > 2 && path.names.last().is_some_and(|n| n == name);
            let found = is_of_name.then(|| self.resolve(module, &path.names, left)).flatten()?;
            (found.len() > module.len() && found.starts_with(module)).then_some(found)
        })
    }

    /// Returns the circles, each once, as the names of their files.
    fn circles(&self) -> Vec<String> {
        let edges: BTreeMap<&[String], BTreeSet<&[String]>> =
            self.0.keys().map(|module| (&module[..], self.edges(module))).collect();
        let reaches = |from: &[String]| {
            let mut seen: BTreeSet<&[String]> = BTreeSet::new();
            let mut next: Vec<&[String]> = edges[from].iter().copied().collect();
            while let Some(module) = next.pop() {
                if seen.insert(module) {
                    next.extend(&edges[module]);
                }
            }
            seen
        };
        let reached: BTreeMap<&[String], BTreeSet<&[String]>> =
            edges.keys().map(|module| (*module, reaches(module))).collect();
        let circle = |module: &[String]| -> BTreeSet<&str> {
            let others = reached[module].iter().filter(|other| reached[**other].contains(module));
            others.map(|other| self.0[*other].name).collect()
        };
        let circles: BTreeSet<BTreeSet<&str>> =
            edges.keys().map(|module| circle(module)).filter(|circle| !circle.is_empty()).collect();
        let names = |files: BTreeSet<&str>| files.into_iter().collect::<Vec<_>>().join(" <-> ");
        circles.into_iter().map(names).collect()
    }
}

#[test]
fn files_name_each_other_in_no_circle() {
    let sources = rust();
    let trees: Vec<Tree<'_>> = members().iter().map(|folder| Tree::of(folder, &sources)).collect();
    let count: usize = trees.iter().map(|tree| tree.0.len()).sum();
    assert!(count > 200, "{count} files of crates were found");
    let edges: usize =
        trees.iter().flat_map(|tree| tree.0.keys().map(|module| tree.edges(module).len())).sum();
    assert!(edges > 300, "{edges} imports were found");
    assert_none("circles of imports", trees.iter().flat_map(Tree::circles));
}

/// Returns a file that is not there.
fn made_up(name: &str, text: &str) -> Source {
    Source { name: name.to_owned(), path: name.into(), text: text.to_owned() }
}

#[test]
fn paths_are_found_in_groups_and_in_modules() {
    let text =
        "use crate::{a, b::{self, c as d, *}};\nuse super::e;\npub(crate) fn f() -> crate::g::G {\n
        self.h::<u8>() }\nmod tests { use super::*; use super::super::i; use crate::j; }";
    let found = paths(&made_up("x.rs", text));
    let found: Vec<String> = found.iter().map(|path| path.names.join("::")).collect();
    let long = found.iter().filter(|path| !["crate", "self"].contains(&&***path));
    assert_eq!(
        long.collect::<Vec<_>>(),
        [
            "crate::a",
            "crate::b",
            "crate::b::c",
            "crate::b",
            "super::e",
            "crate::g::G",
            "super::i",
            "crate::j"
        ]
    );
}

#[test]
fn circles_are_found() {
    let sources = [
        made_up("k/src/lib.rs", "mod a; mod b; pub use self::a::A; pub use self::b::B;"),
        made_up("k/src/a/mod.rs", "mod inner; use self::inner::I; use crate::c::C;"),
        made_up("k/src/a/inner.rs", "use super::A; use crate::{B, b::{B as C}};"),
        made_up("k/src/b.rs", "fn b() { crate::a::inner::i() }"),
        made_up("k/src/c.rs", "use crate::A;"),
    ];
    let circles = Tree::of("k", &sources).circles();
    assert_eq!(
        circles,
        ["k/src/a/inner.rs <-> k/src/b.rs", "k/src/a/mod.rs <-> k/src/c.rs"],
        "the second through a name that the root passes on"
    );
}
