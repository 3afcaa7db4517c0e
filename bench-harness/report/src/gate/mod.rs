//! The performance gate: whether a candidate may take the place of a baseline. Pure: it is given
//! what was measured and says what it means; `command/gate` has it measured and prints.
//!
//! - [`time`] judges pairs of processes as they come, and says which it still needs.
//! - [`CountChange`] judges what does not depend on time: instructions, allocations, memory.
//! - [`Report`] puts both together with the answers, finds causes and passes the verdict; it is
//!   written for people, for CI systems and as JSON.

mod assembly;
mod baseline;
mod cause;
mod counts;
mod display;
mod layer;
pub mod rates;
mod report;
pub mod time;
mod verdict;

pub use self::baseline::{BaselineError, StoredBaseline, StoredCell};
pub use self::cause::Cause;
pub use self::counts::{CellCounts, CountChange, Counted, Finding, Limit};
pub use self::layer::Layer;
pub use self::report::{
    Answers, CellName, CellReport, LayerReport, NotCompared, Report, Rules, Side, WrongAnswer,
};
pub use self::verdict::Verdict;
