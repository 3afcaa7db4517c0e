//! The predictions of LLVM's machine-code analyser for processors that nobody measured on, as
//! `scripts/predict` leaves them. They are no results: nothing of them was measured.

use std::error::Error;
use std::fmt;

use serde::Deserialize;

/// A table of predictions.
#[derive(Clone, Debug, Deserialize)]
pub struct Predictions {
    #[serde(rename = "schema")]
    _schema: SchemaName,
    /// The tool that predicted.
    pub(super) tool: String,
    /// The compiler of the loops.
    pub(super) rustc: String,
    pub(super) commit: String,
    /// True where there were changes after that commit.
    pub(super) dirty: bool,
    pub(super) processors: Vec<Processor>,
    pub(super) rows: Vec<Row>,
    pub(super) comparison: Known<Comparison>,
}

#[derive(Clone, Debug, Deserialize)]
enum SchemaName {
    #[serde(rename = "delimark-predictions/1")]
    V1,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Processor {
    pub(super) name: String,
    pub(super) architecture: String,
    /// Whose tables the tool takes, where it has none for the processor.
    pub(super) modelled_as: Option<String>,
}

/// One loop of one backend on one processor.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Row {
    /// The model whose loop it is.
    #[serde(rename = "loop")]
    pub(super) model: String,
    pub(super) backend: String,
    pub(super) processor: String,
    #[serde(flatten)]
    pub(super) prediction: Known<Prediction>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Prediction {
    /// For 64 bytes.
    pub(super) cycles_per_block: f64,
    /// The same the other way round.
    pub(super) bytes_per_cycle: f64,
}

/// The predictions for one processor beside what was measured on it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Comparison {
    pub(super) processor: String,
    pub(super) rows: Vec<Compared>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Compared {
    #[serde(rename = "loop")]
    pub(super) model: String,
    pub(super) backend: String,
    pub(super) predicted_cycles_per_block: f64,
    pub(super) measured: Measured,
    pub(super) predicted_to_measured: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Measured {
    pub(super) cycles_per_block: f64,
    /// The counter of the cycles, or the clock that times were multiplied with.
    pub(super) cycles_from: String,
}

/// Something, or the reason why it is not there, on the same level of the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Known<T> {
    Unavailable { unavailable: String },
    Value(T),
}

impl Predictions {
    /// Reads predictions from the text of their file.
    ///
    /// # Errors
    ///
    /// The text is not JSON, or not of this form.
    pub fn from_json(text: &str) -> Result<Self, PredictionsError> {
        serde_json::from_str(text).map_err(PredictionsError)
    }
}

/// The reason that predictions cannot be read.
#[derive(Debug)]
pub struct PredictionsError(serde_json::Error);

impl fmt::Display for PredictionsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("these are not predictions; scripts/predict makes them")
    }
}

impl Error for PredictionsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
