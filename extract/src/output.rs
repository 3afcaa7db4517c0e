//! The way out: standard output without the buffering by lines that Rust gives it, and wider
//! pipes.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

/// Bytes that a pipe may hold: as many as Linux lets anybody ask for, 16 times its default.
#[cfg(target_os = "linux")]
const PIPE_BYTES: usize = 1 << 20;

/// Opens standard output for writes of many lines at once.
///
/// # Errors
///
/// The process has no standard output.
pub fn standard_output() -> io::Result<File> {
    let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    enlarge_pipe(&file);
    Ok(file)
}

/// Widens a pipe, so that its two ends wait for each other less often.
///
/// Does nothing where that is not allowed, or the file is no pipe: it works all the same. Only
/// Linux can widen pipes.
pub(crate) fn enlarge_pipe(file: &File) {
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(file, PIPE_BYTES);
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}
