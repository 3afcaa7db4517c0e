//! The cells of two runs that belong together, and the figures of them that are compared.

use std::fmt;

use delimark_results::statistics::{Estimate, estimate_median};
use delimark_results::{Cell, READ_LIMIT};

use super::{NotCompared, OtherData, Subject, Unit, data};
use crate::comparison::{Selection, Source};
use crate::report::Family;

/// The name of a cell, whose engine may be called differently in each run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Names<'a> {
    engine_a: &'a str,
    engine_b: &'a str,
    model: &'a str,
    dataset: &'a str,
}

/// The cell of one run.
pub(super) struct Side<'a> {
    pub(super) cell: &'a Cell,
    /// The limit that its time is compared with, where that is asked for.
    limit: Option<&'a Cell>,
}

/// The reason that a cell cannot be compared.
pub(super) enum Gap {
    /// Its data are not the same in both.
    Data(OtherData),
    /// Anything else.
    Other(String),
}

impl Gap {
    pub(super) fn into_other_data(self) -> Option<OtherData> {
        match self {
            Self::Data(data) => Some(data),
            Self::Other(_) => None,
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(OtherData { a, b, .. }) => {
                write!(formatter, "other data: {a} in A, and {b} in B")
            }
            Self::Other(reason) => formatter.write_str(reason),
        }
    }
}

/// Returns what is in A or in B, in A's order.
pub(super) fn names<'a>(
    a: &'a Source,
    b: &'a Source,
    subject: &'a Subject,
    unit: Unit,
    selection: &Selection,
) -> Vec<Names<'a>> {
    let mut names = Vec::new();
    let sides = [(a, true), (b, false)];
    let cells = sides
        .iter()
        .flat_map(|(source, is_a)| source.results.cells.iter().map(move |cell| (cell, *is_a)));
    for (cell, is_a) in cells {
        let (engine_a, engine_b) = match subject {
            Subject::SameNames => (&*cell.engine, &*cell.engine),
            Subject::Engines { a, b } => (&**a, &**b),
        };
        let engine = if is_a { engine_a } else { engine_b };
        // Of the limit, the share is 1 wherever it is.
        let says_nothing = unit == Unit::ShareOfReadLimit && engine == READ_LIMIT;
        let name = Names { engine_a, engine_b, model: &cell.model, dataset: &cell.dataset };
        if cell.engine == engine
            && !says_nothing
            && selection.wants(engine, &cell.model, &cell.dataset)
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

impl<'a> Names<'a> {
    /// Finds the cell of A and that of B.
    ///
    /// # Errors
    ///
    /// Says why they cannot be compared, if they cannot.
    pub(super) fn sides(
        &self,
        a: &'a Source,
        b: &'a Source,
        unit: Unit,
    ) -> Result<[Side<'a>; 2], Gap> {
        let (cell_a, cell_b) = self.cells(a, b)?;
        data::check(a, b, self.dataset).map_err(Gap::Data)?;
        // Limits do something else, and answer with that.
        let is_limit = |cell: &Cell| Family::of(&cell.engine) == Family::Limit;
        if cell_a.answer != cell_b.answer && !is_limit(cell_a) && !is_limit(cell_b) {
            let (a, b) = (&cell_a.answer, &cell_b.answer);
            return Err(Gap::Other(format!("the answers differ: {a} and {b}")));
        }
        let limit = |source: &'a Source, side: &str| match unit {
            Unit::Time => Ok(None),
            Unit::ShareOfReadLimit => {
                let limit = source.cell(READ_LIMIT, self.model, self.dataset);
                let lack = || Gap::Other(format!("{side} has no {READ_LIMIT} beside it"));
                limit.map(Some).ok_or_else(lack)
            }
        };
        Ok([
            Side { cell: cell_a, limit: limit(a, "A")? },
            Side { cell: cell_b, limit: limit(b, "B")? },
        ])
    }

    fn cells(&self, a: &'a Source, b: &'a Source) -> Result<(&'a Cell, &'a Cell), Gap> {
        let Self { engine_a, engine_b, model, dataset } = *self;
        let found = (a.cell(engine_a, model, dataset), b.cell(engine_b, model, dataset));
        let reason = match found {
            (Some(a), Some(b)) => return Ok((a, b)),
            (Some(_), None) => format!("only in A: {}", b.absence(engine_b, model, dataset)),
            (None, _) => format!("only in B: {}", a.absence(engine_a, model, dataset)),
        };
        Err(Gap::Other(reason))
    }

    pub(super) fn not_compared(&self, reason: String) -> NotCompared {
        let engine = match self.engine_a == self.engine_b {
            true => self.engine_a.to_owned(),
            false => format!("{} and {}", self.engine_a, self.engine_b),
        };
        let (model, dataset) = (self.model.to_owned(), self.dataset.to_owned());
        NotCompared { engine, model, dataset, reason }
    }
}

impl Side<'_> {
    /// Nanoseconds or, beside a limit, how many times its time in the same round.
    pub(super) fn durations(&self) -> Vec<f64> {
        let samples = self.cell.samples_ns.iter().map(|&ns| ns as f64);
        match self.limit {
            None => samples.collect(),
            Some(limit) => samples.zip(&limit.samples_ns).map(|(ns, &of)| ns / of as f64).collect(),
        }
    }

    /// Returns GB/s or, beside a limit, the share of its speed.
    pub(super) fn speed(&self) -> Estimate {
        match self.limit {
            None => self.cell.gigabytes_per_second,
            Some(_) => estimate_median(&self.durations()).into_rate(1.0),
        }
    }
}
