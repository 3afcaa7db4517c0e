//! Starting a program, and the reason where the system's own does not say what to do.

use std::io;
use std::path::Path;
use std::process::{Child, Command};

/// Starts a command.
pub(super) fn start(command: &mut Command) -> io::Result<Child> {
    let started = command.spawn();
    started.map_err(|error| match advice(Path::new(command.get_program()), &error) {
        Some(advice) => io::Error::new(error.kind(), format!("{error}: {advice}")),
        None => error,
    })
}

#[cfg(unix)]
fn advice(program: &Path, error: &io::Error) -> Option<&'static str> {
    use std::fs::Metadata;
    use std::os::unix::fs::PermissionsExt;

    if error.raw_os_error() == Some(libc::ENOEXEC) {
        return Some(
            "it is no program of this system, and no script with a first line such as #!/bin/sh",
        );
    }
    let metadata = program.metadata().ok().filter(Metadata::is_file)?;
    match error.kind() {
        io::ErrorKind::PermissionDenied if metadata.permissions().mode() & 0o111 == 0 => {
            Some("the file is not executable; `chmod +x` makes it so")
        }
        io::ErrorKind::NotFound => {
            Some("the file is there, but not the interpreter or loader that it names")
        }
        _ => None,
    }
}

#[cfg(not(unix))]
fn advice(_program: &Path, _error: &io::Error) -> Option<&'static str> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_to_do_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        for (text, mode, expected) in [
            ("#!/bin/sh\n", 0o644, "not executable; `chmod +x` makes it so"),
            ("#!/no/such/shell\n", 0o755, "but not the interpreter"),
            ("no program", 0o755, "no script with a first line such as #!/bin/sh"),
        ] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let error = start(&mut Command::new(&path)).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
        let absent = folder.path().join("absent");
        let error = start(&mut Command::new(absent)).unwrap_err();
        assert_eq!(error.to_string(), "No such file or directory (os error 2)");
    }
}
