//! All that is read out of results: reports and their pictures, comparisons, causes, the decisions
//! of the gate, the study. Texts and numbers go in, texts come out: no process, no clock.

pub mod attribution;
pub mod comparison;
pub mod gate;
pub mod number_format;
pub mod report;
pub mod study;
