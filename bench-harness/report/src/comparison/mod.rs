//! Results compared with results: engines put in order, and the changes between runs. Pure: the
//! verbs read and print. `report` is about one run.

use serde::Serialize;

use crate::report::{Chapter, markdown, terminal};

mod change;
pub mod phrases;
mod rank;
mod selection;
mod source;

pub use self::change::{
    Change, Changes, CompareError, Difference, NotCompared, OtherData, Pairing, Subject, Unit,
    Verdict, compare,
};
pub use self::rank::{
    CellLeftOut, CellName, EngineLeftOut, Gap, LackedCell, MeanRatio, RankError, Ranking, Standing,
    rank,
};
pub use self::selection::{NothingSelected, Selection};
pub use self::source::{RunFacts, Source};

/// Findings about several results: chapters for people, a document for programs.
pub trait Findings: Serialize + Sized {
    /// The name of the document's schema, which is in `reports/`.
    const SCHEMA: &'static str;

    /// Lays them out as tables and sentences.
    fn chapters(&self) -> Vec<Chapter<'static>>;

    /// Renders them for a terminal of 100 columns.
    #[must_use]
    fn text(&self) -> String {
        terminal::render_chapters(&self.chapters())
    }

    /// Renders them as Markdown.
    #[must_use]
    fn markdown(&self) -> String {
        markdown::render_chapters(&self.chapters())
    }

    /// Renders them as JSON.
    #[must_use]
    fn json(&self) -> String {
        json(Self::SCHEMA, self)
    }
}

/// The findings, as they go to other programs.
#[derive(Serialize)]
struct Document<'a, T> {
    schema: &'static str,
    #[serde(flatten)]
    found: &'a T,
}

pub(crate) fn json(schema: &'static str, found: &impl Serialize) -> String {
    let document = Document { schema, found };
    let mut text = serde_json::to_string_pretty(&document).expect("names and numbers are JSON");
    text.push('\n');
    text
}
