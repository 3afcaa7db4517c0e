//! Where extracted fields go: standard output without the buffering by lines that Rust gives it.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use super::pipe;

/// Opens standard output for writes of many lines at once.
///
/// # Errors
///
/// The process has no standard output.
pub fn standard_output() -> io::Result<File> {
    let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    pipe::enlarge(&file);
    Ok(file)
}
