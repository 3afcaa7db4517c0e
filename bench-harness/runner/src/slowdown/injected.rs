//! A build that can be slow on purpose: work after each burst that no parser needs, so that the
//! gate can be seen to notice.
//!
//! The variable `DELIMARK_SLOWDOWN` says which work and how much, in units a burst, for each
//! backend and model: `branches:avx2/index=12,avx2/fields=30`. What it does not name is not slowed.

use std::hint::{black_box, spin_loop};

use delimark::Backend;
use delimark_runner::model::Model;

/// The variable that says which work and how much.
const VARIABLE: &str = "DELIMARK_SLOWDOWN";

/// 2^64 over the golden ratio: the top bit of a product with it depends on all bits.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

#[derive(Default)]
pub(crate) struct Slowdown {
    kind: Kind,
    units: Vec<(Model, u32)>,
}

/// The work of a unit.
#[derive(Clone, Copy, Default)]
enum Kind {
    /// Sixteen instructions or so; the processor takes many of them at once.
    #[default]
    Instructions,
    /// A branch that nothing foretells.
    Branches,
    /// An allocation.
    Allocations,
    /// One instruction that takes the time of a hundred.
    Waiting,
}

impl Slowdown {
    /// The words that `about` adds to the program's name.
    pub(crate) const DESCRIPTION: &str = ", which can be slow on purpose";

    /// Reads what is asked for.
    ///
    /// # Errors
    ///
    /// The variable cannot be understood.
    pub(crate) fn from_environment(backend: Backend) -> Result<Self, String> {
        let text = std::env::var(VARIABLE).unwrap_or_default();
        if text.is_empty() {
            return Ok(Self::default());
        }
        parse(&text, backend)
            .ok_or_else(|| format!("{VARIABLE}='{text}' is not KIND:BACKEND/MODEL=UNITS,..."))
    }

    /// Returns the work that is done after each burst.
    pub(crate) fn of(&self, model: Model) -> impl FnMut(u64) + use<> {
        let units = self.units.iter().find(|(slowed, _)| *slowed == model);
        let units = units.map_or(0, |&(_, units)| units);
        let kind = self.kind;
        let mut state = MIX;
        move |_records| state = burden(kind, units, state)
    }
}

/// Reads what there is for a backend.
fn parse(text: &str, backend: Backend) -> Option<Slowdown> {
    let (kind, units) = text.split_once(':')?;
    let kind = match kind {
        "instructions" => Kind::Instructions,
        "branches" => Kind::Branches,
        "allocations" => Kind::Allocations,
        "waiting" => Kind::Waiting,
        _ => return None,
    };
    let mut slowdown = Slowdown { kind, units: Vec::new() };
    for word in units.split(',') {
        let (cell, units) = word.split_once('=')?;
        let (name, model) = cell.split_once('/')?;
        let model = Model::OF_LIBRARIES.into_iter().find(|known| known.name() == model)?;
        let units = units.parse().ok()?;
        if name == backend.name() {
            slowdown.units.push((model, units));
        }
    }
    Some(slowdown)
}

/// Does the work of one burst; returns what the next one begins with.
#[inline(never)]
fn burden(kind: Kind, units: u32, mut state: u64) -> u64 {
    for unit in 0..units {
        match kind {
            Kind::Instructions => {
                black_box(black_box([unit; 8]).map(|word| word ^ 1));
            }
            Kind::Branches => {
                state = state.wrapping_mul(MIX).wrapping_add(1);
                if state >> 63 == 1 {
                    // The compiler cannot make a conditional move of what it cannot see through.
                    state = black_box(state.rotate_left(7));
                }
            }
            Kind::Allocations => drop(black_box(Box::new(unit))),
            Kind::Waiting => spin_loop(),
        }
    }
    state
}
