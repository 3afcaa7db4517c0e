//! The reference's answers as they are pinned beside the hashes of the data.

use std::fmt::Write as _;

use delimark_runner::model::Model;

use super::{AnswerKind, Workload};

/// The answers that there are: the name, and how the reference is asked.
const TASKS: [(&str, Model, AnswerKind); 6] = [
    ("words", Model::Count, AnswerKind::Words),
    ("count", Model::Count, AnswerKind::Model),
    ("index", Model::Index, AnswerKind::Model),
    ("fields", Model::Fields, AnswerKind::Model),
    ("project", Model::Project, AnswerKind::Model),
    ("extract", Model::Extract, AnswerKind::Model),
];

impl Workload {
    /// Writes what the reference answers as an entry of `datasets/answers.toml`.
    #[must_use]
    pub fn pins(&self, name: &str) -> String {
        let mut text = format!("[[dataset]]\nname = \"{name}\"\n");
        for (task, model, kind) in TASKS {
            let answer = self.expected(model, kind);
            writeln!(text, "{task} = \"{answer}\"").expect("a string takes all that is written");
        }
        text
    }
}
