//! Names of engines: family, slash, member, and after an `@` what it runs in.

/// The limit that a machine's own speed is measured by.
pub const READ_LIMIT: &str = "limit/read";

/// This project's own tool taking fields out of a file, as a whole command.
pub const EXTRACT: &str = "delimark/extract@command";

/// The runtimes, named after the `@`, that emulate a CPU: the time there says nothing of the
/// real one.
pub const EMULATORS: [&str; 2] = ["bochs", "qemu"];

/// The beginning of the names of engines that are slow on purpose: they are run by who writes it,
/// and by nobody else.
pub const CONTROLS: &str = "control/";

/// The engines that the demo page measures in a browser: this project's modules, and peers that
/// are declared for Node.
pub const BROWSER_NAMES: [&str; 4] = [
    "peer/js-split@browser",
    "peer/udsv@browser",
    "delimark/scalar@browser",
    "delimark/simd128@browser",
];
