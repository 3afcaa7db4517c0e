//! Results compared with results: engines put in order, and the changes between runs. Pure, the
//! verbs read and print; apart from `report`, which is about one run.

use serde::Serialize;

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
