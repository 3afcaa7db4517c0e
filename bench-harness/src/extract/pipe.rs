//! Wider pipes, apart because only Linux can widen them.

use std::fs::File;

/// How much a pipe may hold: what Linux lets anybody ask for, 16 times its default.
#[cfg(target_os = "linux")]
const PIPE_BYTES: usize = 1 << 20;

/// Widens a pipe, so that its two ends wait for each other less often.
///
/// Does nothing where that is not allowed, or the file is no pipe: it works all the same.
pub(super) fn enlarge(file: &File) {
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(file, PIPE_BYTES);
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}
