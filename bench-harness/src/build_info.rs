//! The source and the settings that this binary was built from, which only the build script knows.

use delimark_harness::environment::Build;
use delimark_results::Known;

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The target triple this binary was built for.
pub const TARGET: &str = env!("DELIMARK_TARGET");

/// The CPU features the compiler was allowed to use everywhere, separated by commas.
pub const TARGET_FEATURES: &str = env!("DELIMARK_TARGET_FEATURES");

/// The flags given to the compiler, separated by spaces; empty when there were none.
pub const RUSTFLAGS: &str = env!("DELIMARK_RUSTFLAGS");

const NOT_A_CHECKOUT: &str = "not built from a git checkout";

/// Returns the compiler's version line.
#[must_use]
pub fn rustc() -> Known<String> {
    Known::from_option(option_env!("DELIMARK_RUSTC").map(str::to_owned), || {
        "the compiler did not tell its version".to_owned()
    })
}

/// Returns the commit this binary was built from.
#[must_use]
pub fn commit() -> Known<String> {
    Known::from_option(option_env!("DELIMARK_COMMIT").map(str::to_owned), || {
        NOT_A_CHECKOUT.to_owned()
    })
}

/// Tells whether tracked files differed from the commit when this binary was built.
#[must_use]
pub fn dirty() -> Known<bool> {
    Known::from_option(option_env!("DELIMARK_DIRTY").map(|text| text == "true"), || {
        NOT_A_CHECKOUT.to_owned()
    })
}

/// Returns all that results tell of this build.
#[must_use]
pub fn build() -> Build {
    Build {
        rustc: rustc(),
        target: TARGET.to_owned(),
        rustflags: RUSTFLAGS.to_owned(),
        commit: commit(),
        dirty: dirty(),
        version: VERSION.to_owned(),
    }
}

/// Returns the version with commit and modified flag, as `--version` shows it.
#[must_use]
pub fn version() -> String {
    match (commit(), dirty()) {
        (Known::Value(commit), Known::Value(true)) => format!("{VERSION} ({commit}, modified)"),
        (Known::Value(commit), _) => format!("{VERSION} ({commit})"),
        (Known::Unavailable(reason), _) => format!("{VERSION} ({reason})"),
    }
}
