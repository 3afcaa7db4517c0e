//! A plain build: no work that is not the parser's.

use delimark::Backend;
use delimark_runner::model::Model;

pub(crate) struct Slowdown;

impl Slowdown {
    /// The words that `about` adds to the program's name.
    pub(crate) const DESCRIPTION: &str = "";

    pub(crate) fn from_environment(_backend: Backend) -> Result<Self, String> {
        Ok(Self)
    }

    /// Returns the work that is done after each burst.
    #[inline(always)]
    pub(crate) fn of(&self, _model: Model) -> impl FnMut(u64) + use<> {
        |_records| ()
    }
}
