//! The shares of a cell's time, by what each further step adds: reading, search, emission,
//! consumer. The steps are cells of their own, measured in the same rounds.

use delimark_results::statistics::Comparison;
use delimark_results::{Cell, Results};
use delimark_runner::model::Model;

use super::evidence::{Evidence, is_in_memory, is_own, masks_name};

/// A step of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The time of `limit/read`.
    Reading,
    /// The time of `limit/masks` beyond it.
    Search,
    /// The time of the model `index` beyond that: writing, and what one position in memory at a
    /// time waits longer than the several that the limits go over at once.
    Emission,
    /// The time of a model that hands fields over beyond that.
    Consumer,
}

impl Stage {
    /// All of them, in the order of a scan.
    pub const ALL: [Self; 4] = [Self::Reading, Self::Search, Self::Emission, Self::Consumer];

    /// Returns the stage's name in sentences and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Search => "search",
            Self::Emission => "emission",
            Self::Consumer => "consumer",
        }
    }
}

/// One stage's part of the time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The stage.
    pub stage: Stage,
    /// Its time per record.
    pub ns_per_record: f64,
    /// Its part of the whole, 0 to 1.
    pub share: f64,
    /// True where the step that it is the length of is within the noise, so that it may be nothing.
    pub is_within_spread: bool,
}

/// The stages of a cell; they add up to its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    /// In the order of a scan; those that the model does not have are not there.
    pub parts: Vec<Part>,
}

impl Shares {
    /// Returns a stage's part, where the model has it.
    #[must_use]
    pub fn part(&self, stage: Stage) -> Option<&Part> {
        self.parts.iter().find(|part| part.stage == stage)
    }
}

/// Divides the time of a backend's cell among the stages.
///
/// # Errors
///
/// The reason why it cannot be divided: it is of a file, or a step was not measured.
pub fn shares(results: &Results, cell: &Cell) -> Result<Shares, String> {
    divide(&Evidence::gather(results, cell))
}

pub(super) fn divide(evidence: &Evidence<'_>) -> Result<Shares, String> {
    let cell = evidence.cell;
    if !is_own(cell) || !is_in_memory(&cell.model) {
        return Err("only a backend's scan of memory has these stages".to_owned());
    }
    let missing = |name: &str| format!("{name} was not measured beside it");
    let masks = masks_name(cell).ok_or("it runs in another process, which has no limit/masks")?;
    let read = evidence.read.ok_or_else(|| missing("limit/read"))?;
    let mut steps = vec![(Stage::Reading, read)];
    if cell.model == Model::Count.name() {
        // Counting is the search, and nothing after it.
        steps.push((Stage::Search, cell));
    } else {
        steps.push((Stage::Search, evidence.masks.ok_or_else(|| missing(&masks))?));
        let index = evidence.index.ok_or_else(|| missing("its index"))?;
        steps.push((Stage::Emission, index));
        if cell.model != Model::Index.name() {
            steps.push((Stage::Consumer, cell));
        }
    }
    Ok(Shares { parts: parts(evidence, &steps) })
}

/// Takes the differences of steps. One that came out faster than the step before took no time, and
/// none takes longer than all of them together, so the parts add up.
fn parts(evidence: &Evidence<'_>, steps: &[(Stage, &Cell)]) -> Vec<Part> {
    let whole_ns = evidence.cell.ns_per_record.median;
    let spread = evidence.spread();
    let mut before: Option<(&Cell, f64)> = None;
    let mut parts = Vec::with_capacity(steps.len());
    for &(stage, step) in steps {
        let begin_ns = before.map_or(0.0, |(_, end_ns)| end_ns);
        let end_ns = step.ns_per_record.median.clamp(begin_ns, whole_ns);
        let comparison = before
            .and_then(|(before, _)| Comparison::of(&before.samples_ns, &step.samples_ns, spread));
        parts.push(Part {
            stage,
            ns_per_record: end_ns - begin_ns,
            share: (end_ns - begin_ns) / whole_ns,
            is_within_spread: comparison.is_some_and(|comparison| !comparison.is_significant),
        });
        before = Some((step, end_ns));
    }
    parts
}
