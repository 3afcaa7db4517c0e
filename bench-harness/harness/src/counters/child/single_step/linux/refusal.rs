//! Reasons for which stepping is refused, and what would change that.

use std::fs;

use nix::errno::Errno;

/// Says why nobody may step here.
pub(super) fn explain(errno: Errno) -> String {
    let scope = fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").ok();
    explain_under(errno, scope.and_then(|scope| scope.trim().parse().ok()))
}

/// Explains the same, where the security module Yama has this setting.
fn explain_under(errno: Errno, yama_scope: Option<u8>) -> String {
    match (errno, yama_scope) {
        (Errno::EPERM, Some(3)) => "not permitted: kernel.yama.ptrace_scope = 3, which only a \
                                    restart of the machine changes"
            .to_owned(),
        (Errno::EPERM, Some(scope @ 2..)) => format!(
            "not permitted: kernel.yama.ptrace_scope = {scope}; to allow it: \
             sudo sysctl kernel.yama.ptrace_scope=1"
        ),
        (Errno::EPERM | Errno::EACCES, _) => {
            "not permitted: a container's seccomp filter or a security module forbids ptrace, or \
             a debugger is at work already"
                .to_owned()
        }
        (Errno::ENOSYS | Errno::EIO, _) => {
            format!("there is no ptrace here ({errno:?}): an emulator or a sandbox does without it")
        }
        _ => failure(errno),
    }
}

/// Names a failure that has no better explanation.
pub(super) fn failure(errno: Errno) -> String {
    format!("ptrace: {}", errno.desc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_explained() {
        for (errno, scope, expected) in [
            (Errno::EPERM, Some(2), "sudo sysctl kernel.yama.ptrace_scope=1"),
            (Errno::EPERM, Some(3), "which only a restart"),
            (Errno::EPERM, Some(1), "seccomp filter or a security module"),
            (Errno::EPERM, None, "seccomp filter or a security module"),
            (Errno::ENOSYS, None, "there is no ptrace here (ENOSYS)"),
            (Errno::ESRCH, None, "ptrace: No such process"),
        ] {
            let explained = explain_under(errno, scope);
            assert!(explained.contains(expected), "{explained}");
        }
    }
}
