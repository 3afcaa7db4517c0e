//! The crate's integration tests, one binary so that it links once.

mod conformance;
mod generator;
mod log;
#[cfg(feature = "manifest")]
mod manifest;
mod quoted;
mod random;
mod shape;
mod shapes;

/// Splits a dataset into lines without their newlines; the end of the last line is optional.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|&byte| byte == b'\n')
}

/// Splits a line at its delimiters.
fn fields(line: &[u8]) -> Vec<&[u8]> {
    line.split(|&byte| byte == b'|').collect()
}
