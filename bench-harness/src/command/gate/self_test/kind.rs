//! The ways in which a runner can be slow on purpose, as its environment says it; what they do is
//! in `runner/src/slowdown/injected.rs`.

use std::collections::BTreeMap;

use delimark_harness::measure::pairs::PairCell;

/// The variable that says to a runner what is slow about it.
const VARIABLE: &str = "DELIMARK_SLOWDOWN";

/// A way to be slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::command::gate) enum Kind {
    Instructions,
    Branches,
    Allocations,
    Waiting,
}

impl Kind {
    pub(in crate::command::gate) const ALL: [Self; 4] =
        [Self::Instructions, Self::Branches, Self::Allocations, Self::Waiting];

    /// Returns the name, to runners and people.
    pub(in crate::command::gate) const fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Branches => "branches",
            Self::Allocations => "allocations",
            Self::Waiting => "waiting",
        }
    }

    /// Returns the environment of a runner that is slowed by these units a burst in each cell.
    pub(super) fn environment(self, cells: &[PairCell], units: &[f64]) -> BTreeMap<String, String> {
        let cell = |(cell, units): (&PairCell, &f64)| {
            format!("{}/{}={}", cell.backend, cell.model, units.round() as u32)
        };
        let cells: Vec<String> = cells.iter().zip(units).map(cell).collect();
        let value = format!("{}:{}", self.name(), cells.join(","));
        BTreeMap::from([(VARIABLE.to_owned(), value)])
    }
}
