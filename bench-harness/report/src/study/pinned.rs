//! The reference's answers on the pinned data sets, pinned beside the hashes of the data: so
//! results can be compared with the right answers without making and parsing the data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

static PINNED: LazyLock<File> = LazyLock::new(|| {
    let text = include_str!("../../../../datasets/answers.toml");
    toml::from_str(text).expect("the embedded answers parse")
});

#[derive(Deserialize)]
struct File {
    dataset: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    /// As the manifest of pinned data sets has it.
    name: String,
    /// By the name of the task.
    #[serde(flatten)]
    answers: BTreeMap<String, String>,
}

/// Returns the right answer of a task on the pinned data set of that name: `words` for what a limit
/// reads, and otherwise a model's name, where those from files have that of `fields`.
#[must_use]
pub fn pinned_answer(dataset: &str, task: &str) -> Option<&'static str> {
    let entry = PINNED.dataset.iter().find(|entry| entry.name == dataset)?;
    entry.answers.get(task).map(String::as_str)
}
