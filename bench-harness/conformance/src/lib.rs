//! The conformance suite for every backend and for anybody else's parser.
//!
//! - [`Suite`] is the vectors of a folder; a [`Case`] says what is put to a parser and what it
//!   should come to.
//! - A [`Runner`] is somebody who answers cases: [`Native`] this process, [`Hosted`] what lives
//!   behind a pipe, [`Bochs`] an emulated machine, [`External`] anybody's program.
//! - Each answer becomes [`Facts`], is compared with the case by [`compare`], and ends as
//!   a [`Verdict`]. [`Report`] counts them; [`mod@format`] writes them down for other programs.
//!
//! Nothing here prints.

mod backends;
mod bochs;
mod byte_string;
mod case;
mod compare;
mod external;
mod facts;
pub mod format;
mod hosted;
mod native;
mod page;
mod peers;
mod report;
mod response;
mod run;
mod selector;
mod skips;
mod suite;
mod vector;
mod verdict;

pub use self::backends::{columns, runner_column};
pub use self::bochs::Bochs;
pub use self::byte_string::ByteString;
pub use self::case::{Case, Class, CountFacts, ErrorFacts, Expected, RaggedFacts};
pub use self::compare::{Comparison, Difference, Strictness, compare};
pub use self::external::External;
pub use self::facts::{Facts, Group, Response};
pub use self::hosted::Hosted;
pub use self::native::Native;
pub use self::page::page;
pub use self::peers::{FoundPeer, Peer, peers};
pub use self::report::{CaseCounts, Report, plural};
pub use self::run::{Column, ColumnOutcome, ColumnReport, Judged, Observer, Runner, Status, run};
pub use self::selector::Selector;
pub use self::skips::Skips;
pub use self::suite::{Suite, SuiteFile};
pub use self::verdict::{FailedVariants, Failure, FailureKind, Verdict};
