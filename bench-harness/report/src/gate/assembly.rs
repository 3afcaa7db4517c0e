//! From what was found about answers and cells to what each layer says, and to the verdict.

use super::report::{Answers, CellReport, LayerReport, Report};
use super::{Layer, Verdict};
use crate::comparison::phrases::counted;

impl Report {
    /// Passes the verdict: has each layer that is on say what it comes to, and takes the worst.
    #[must_use]
    pub fn with_verdict(mut self, layers: &[Layer]) -> Self {
        self.layers = Layer::ALL.map(|layer| self.layer(layer, layers.contains(&layer))).into();
        let verdicts = self.layers.iter().filter_map(|layer| layer.verdict);
        // A gate without a layer that says something has not looked at anything.
        self.verdict = verdicts.max().unwrap_or(Verdict::Inconclusive);
        self
    }

    fn layer(&self, layer: Layer, is_on: bool) -> LayerReport {
        // A wrong answer is one, whatever the pass was for that gave it.
        let is_on = is_on || layer == Layer::Answers && !self.answers.wrong.is_empty();
        let (verdict, sentence) = if !is_on {
            (None, "turned off".to_owned())
        } else if layer == Layer::Answers {
            answers(&self.answers)
        } else if !self.answers.wrong.is_empty() {
            (None, "not looked at, since answers are wrong".to_owned())
        } else if self.same_program {
            (Some(Verdict::Pass), "the same program, byte for byte".to_owned())
        } else {
            cells(&self.cells, layer)
        };
        LayerReport { layer, is_on, verdict, sentence }
    }
}

fn answers(Answers { checked, wrong }: &Answers) -> (Option<Verdict>, String) {
    match (checked, wrong.len()) {
        (0, 0) => (Some(Verdict::Inconclusive), "no answer was checked".to_owned()),
        (_, 0) => {
            (Some(Verdict::Pass), format!("{}, all right", counted(*checked as usize, "answer")))
        }
        (_, wrong) => (
            Some(Verdict::WrongAnswers),
            format!("{wrong} of {} wrong or missing", counted(*checked as usize, "answer")),
        ),
    }
}

fn cells(cells: &[CellReport], layer: Layer) -> (Option<Verdict>, String) {
    let findings: Vec<Verdict> = cells.iter().filter_map(|cell| cell.finding(layer)).collect();
    let missing: Vec<&str> = cells.iter().filter_map(|cell| cell.missing(layer)).collect();
    let Some(&worst) = findings.iter().max() else {
        let reason = missing.first().unwrap_or(&"there is no cell");
        return (Some(Verdict::Inconclusive), format!("no cell was compared: {reason}"));
    };
    let mut parts = vec![counted(cells.len() - missing.len(), "cell")];
    for (verdict, word) in [(Verdict::Regression, worse(layer)), (Verdict::Inconclusive, "unclear")]
    {
        let count = findings.iter().filter(|&&finding| finding == verdict).count();
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    if let Some(reason) = missing.first() {
        parts.push(format!("{} without: {reason}", missing.len()));
    }
    (Some(worst), parts.join(", "))
}

/// Returns the word for a regression in a layer.
fn worse(layer: Layer) -> &'static str {
    match layer {
        Layer::Answers => "wrong",
        Layer::Instructions => "with more instructions",
        Layer::Memory => "with more memory",
        Layer::Time => "slower",
    }
}
