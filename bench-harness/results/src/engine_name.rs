//! Names of engines: family, slash, member, and after an `@` the runtime.

use std::fmt;

/// The limit that a machine's own speed is measured by.
pub const READ_LIMIT: &str = "limit/read";

/// This project's own tool taking fields out of a file, as a whole command.
pub const EXTRACT: &str = "delimark/extract@command";

/// The runtimes, named after the `@`, that emulate a CPU: the time there says nothing of the
/// real one.
pub const EMULATORS: [&str; 2] = ["bochs", "qemu"];

/// The beginning of the names of engines that are slow on purpose: they run only where they are
/// asked for by it.
pub const HANDICAPS: &str = "handicap/";

/// The engines that the demo page measures in a browser: this project's modules, and peers that
/// are declared for Node.
pub const BROWSER_NAMES: [&str; 4] = [
    "peer/js-split@browser",
    "peer/udsv@browser",
    "delimark/scalar@browser",
    "delimark/simd128@browser",
];

/// The runtime in the names of whole commands, which says how they are timed.
const COMMAND: &str = "command";

/// A kind of engine, as its name begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// This project's own.
    Delimark,
    /// A peer.
    Peer,
    /// A limit.
    Limit,
    /// One that is slow on purpose, to see that a report finds out by what.
    Handicap,
}

impl Family {
    /// Returns the family of an engine's name.
    #[must_use]
    pub fn of(engine: &str) -> Self {
        EngineName::parse(engine).family()
    }
}

/// An engine's name, taken apart.
///
/// ```
/// use delimark_results::{EngineName, Family};
///
/// let name = EngineName::parse("delimark/simd128@node");
/// assert_eq!((name.family(), name.member()), (Family::Delimark, "simd128"));
/// assert_eq!(name.runtime(), Some("node"));
/// assert_eq!(name.to_string(), "delimark/simd128@node");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineName<'a> {
    text: &'a str,
    family: Family,
    member: &'a str,
    runtime: Option<&'a str>,
}

impl<'a> EngineName<'a> {
    /// Takes a name apart. A family that is not known here is one of peers, and so is a name
    /// without one.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let (family, rest) = text.split_once('/').unwrap_or(("", text));
        let family = match family {
            "delimark" => Family::Delimark,
            "limit" => Family::Limit,
            // Results from before they had a name of their own call them controls.
            "handicap" | "control" => Family::Handicap,
            _ => Family::Peer,
        };
        let (member, runtime) = match rest.split_once('@') {
            Some((member, runtime)) => (member, Some(runtime)),
            None => (rest, None),
        };
        Self { text, family, member, runtime }
    }

    /// Returns the kind of engine.
    #[must_use]
    pub fn family(self) -> Family {
        self.family
    }

    /// Returns the name within the family.
    #[must_use]
    pub fn member(self) -> &'a str {
        self.member
    }

    /// Returns the part after the `@`; none for engines of the process that measures.
    #[must_use]
    pub fn runtime(self) -> Option<&'a str> {
        self.runtime
    }

    /// Tells whether it is this project's own.
    #[must_use]
    pub fn is_own(self) -> bool {
        self.family == Family::Delimark
    }

    /// Tells whether the name itself says that it is a peer: a name of no known family does not.
    #[must_use]
    pub fn is_peer(self) -> bool {
        self.text.starts_with("peer/")
    }

    /// Tells whether each pass is a process from its start to its end.
    #[must_use]
    pub fn is_whole_command(self) -> bool {
        self.runtime == Some(COMMAND)
    }

    /// Tells whether its CPU is emulated.
    #[must_use]
    pub fn is_emulated(self) -> bool {
        self.runtime.is_some_and(|runtime| EMULATORS.contains(&runtime))
    }
}

impl fmt::Display for EngineName<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_apart_and_comes_back_as_it_was() {
        for (text, family, member, runtime) in [
            ("delimark/avx2", Family::Delimark, "avx2", None),
            (EXTRACT, Family::Delimark, "extract", Some(COMMAND)),
            ("peer/udsv@node", Family::Peer, "udsv", Some("node")),
            (READ_LIMIT, Family::Limit, "read", None),
            ("handicap/extra-copy", Family::Handicap, "extra-copy", None),
            ("control/extra-copy", Family::Handicap, "extra-copy", None),
            ("other/x", Family::Peer, "x", None),
            ("x", Family::Peer, "x", None),
        ] {
            let name = EngineName::parse(text);
            assert_eq!((name.family(), name.member(), name.runtime()), (family, member, runtime));
            assert_eq!(name.to_string(), text);
        }
    }

    #[test]
    fn runtimes_say_how_an_engine_runs() {
        assert!(EngineName::parse(EXTRACT).is_whole_command());
        assert!(EngineName::parse("delimark/neon@qemu").is_emulated());
        let here = EngineName::parse("delimark/neon");
        assert!(here.is_own() && !here.is_emulated() && !here.is_whole_command());
    }
}
