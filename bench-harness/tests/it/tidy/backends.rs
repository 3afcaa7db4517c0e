//! Rules about backends: which lists, that no compiler looks into, have to name each of them.

use std::collections::BTreeMap;

use delimark::Backend;

use super::layers::parser;
use super::{assert_none, source};

/// The lists that name every backend written for one of these folders, all where there is none.
const LISTS: [(&str, &[&str]); 5] = [
    ("docs/backends.md", &[]),
    ("ci/faults", &[]),
    ("ci/conformance", &[]),
    // Linux describes no features of modules.
    ("ci/backends", &["arch", "arch/x86_64", "arch/aarch64"]),
    ("ci/aarch64", &["arch", "arch/aarch64"]),
];

/// Returns the folder of each file that makes a backend, by the file's name.
pub(super) fn files() -> BTreeMap<String, String> {
    let makes_one = |text: &str| text.lines().any(|line| line.starts_with("backend!("));
    let files = parser().into_iter().filter(|file| makes_one(&file.text));
    let files = files.filter_map(|file| {
        let (folder, name) = file.name.strip_suffix(".rs")?.rsplit_once('/')?;
        Some((name.to_owned(), folder.to_owned()))
    });
    files.collect()
}

#[test]
fn every_backend_is_a_file_of_its_name() {
    let mut names: Vec<&str> = Backend::ALL.iter().map(|backend| backend.name()).collect();
    names.sort_unstable();
    assert!(files().keys().eq(names), "{:?} and Backend::ALL differ", files());
}

#[test]
fn lists_of_backends_name_each() {
    let lacks = LISTS.iter().flat_map(|(list, folders)| {
        let text = source(list).unwrap_or_else(|| panic!("{list} has moved")).text;
        let is_word_byte = |byte: char| byte.is_ascii_alphanumeric() || byte == '_';
        let words: Vec<&str> = text.split(|byte| !is_word_byte(byte)).collect();
        let files = files().into_iter();
        let wanted =
            files.filter(|(_, folder)| folders.is_empty() || folders.contains(&folder.as_str()));
        let lacking: Vec<String> = wanted
            .filter(|(name, _)| !words.contains(&name.as_str()))
            .map(|(name, _)| format!("{list}: {name}"))
            .collect();
        lacking
    });
    assert_none("lists of backends that lack one", lacks);
}
