//! Refusals of a kernel to let this program count, and what can be done about them.

use delimark_results::Known;

use crate::environment::{Sys, is_virtual_machine};

/// The highest `perf_event_paranoid` under which any program may count what its own processes do
/// outside of the kernel. The kernel itself knows no higher level; those of Debian, Ubuntu and
/// Android do, and under it only a program with `CAP_PERFMON` may count.
const PARANOID_OPEN_TO_ALL: i64 = 2;

/// A kernel's answer that is no counter. Names are those of its error numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such event here.
    Absent(&'static str),
    /// There may be one, but not for this program.
    NotPermitted(&'static str),
    /// The kernel does not know the call.
    NoCall,
    /// Something else went wrong, as the kernel says it.
    Failed(String),
}

/// The circumstances that decide how a refusal is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// The kernel's limit on who may count, if it can be read.
    pub perf_event_paranoid: Option<i64>,
    /// True if a hypervisor decides which counters there are.
    pub virtual_machine: bool,
}

impl Circumstances {
    /// Looks at the machine.
    #[must_use]
    pub fn of(sys: &Sys, virtualisation: &Known<String>) -> Self {
        Self {
            perf_event_paranoid: sys.perf_event_paranoid().value().copied(),
            virtual_machine: is_virtual_machine(virtualisation),
        }
    }

    /// Says what a refusal means and, where something can be done about it, what.
    #[must_use]
    pub fn explain(self, refusal: &Refusal) -> String {
        match refusal {
            Refusal::Absent(errno) if self.virtual_machine => format!(
                "no hardware counters in this virtual machine; its host would have to pass them \
                 on ({errno})"
            ),
            Refusal::Absent(errno) => {
                format!("no hardware counters that this kernel knows how to use ({errno})")
            }
            Refusal::NotPermitted(errno) => self.not_permitted(errno),
            Refusal::NoCall => "the kernel is built without perf events, or a sandbox hides them \
                                (ENOSYS)"
                .to_owned(),
            Refusal::Failed(text) => text.clone(),
        }
    }

    /// As [`explain`](Self::explain), for one event where others of the processor can be counted.
    #[must_use]
    pub fn explain_event(self, refusal: &Refusal) -> String {
        match refusal {
            Refusal::Absent(errno) if self.virtual_machine => {
                format!("the processor or its host has no counter for this event ({errno})")
            }
            Refusal::Absent(errno) => {
                format!("the processor has no counter for this event ({errno})")
            }
            _ => self.explain(refusal),
        }
    }

    fn not_permitted(self, errno: &str) -> String {
        match self.perf_event_paranoid {
            Some(level) if level > PARANOID_OPEN_TO_ALL => format!(
                "not permitted ({errno}): /proc/sys/kernel/perf_event_paranoid = {level}, which \
                 takes CAP_PERFMON; to allow it: sudo sysctl \
                 kernel.perf_event_paranoid={PARANOID_OPEN_TO_ALL}"
            ),
            Some(level) => format!(
                "not permitted ({errno}), although /proc/sys/kernel/perf_event_paranoid = {level} \
                 would allow it: a container's seccomp filter or a security module forbids it"
            ),
            None => format!(
                "not permitted ({errno}), and /proc/sys/kernel/perf_event_paranoid cannot be read"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circumstances(paranoid: Option<i64>, virtual_machine: bool) -> Circumstances {
        Circumstances { perf_event_paranoid: paranoid, virtual_machine }
    }

    #[test]
    fn absent_counters_are_told_from_an_absent_driver_and_an_absent_event() {
        let absent = Refusal::Absent("ENOENT");
        let virtual_machine = circumstances(Some(-1), true);
        let expected = "no hardware counters in this virtual machine; its host would have to pass \
                        them on (ENOENT)";
        assert_eq!(virtual_machine.explain(&absent), expected);
        let expected = "the processor or its host has no counter for this event (ENOENT)";
        assert_eq!(virtual_machine.explain_event(&absent), expected);

        let bare_metal = circumstances(Some(-1), false);
        let expected = "no hardware counters that this kernel knows how to use (ENOENT)";
        assert_eq!(bare_metal.explain(&absent), expected);
        let expected = "the processor has no counter for this event (ENOENT)";
        assert_eq!(bare_metal.explain_event(&absent), expected);
    }

    #[test]
    fn a_refusal_tells_the_level_and_the_command() {
        for errno in ["EACCES", "EPERM"] {
            for level in [3, 4] {
                let expected = format!(
                    "not permitted ({errno}): /proc/sys/kernel/perf_event_paranoid = {level}, \
                     which takes CAP_PERFMON; to allow it: sudo sysctl \
                     kernel.perf_event_paranoid=2"
                );
                let refusal = Refusal::NotPermitted(errno);
                let circumstances = circumstances(Some(level), true);
                assert_eq!(circumstances.explain(&refusal), expected);
                assert_eq!(circumstances.explain_event(&refusal), expected);
            }
        }
    }

    #[test]
    fn a_refusal_that_the_level_does_not_explain_gives_no_useless_command() {
        let filtered = "not permitted (EPERM), although /proc/sys/kernel/perf_event_paranoid = 2 \
                        would allow it: a container's seccomp filter or a security module \
                        forbids it";
        let refusal = Refusal::NotPermitted("EPERM");
        assert_eq!(circumstances(Some(2), true).explain(&refusal), filtered);
        let unknown =
            "not permitted (EPERM), and /proc/sys/kernel/perf_event_paranoid cannot be read";
        assert_eq!(circumstances(None, false).explain(&refusal), unknown);
    }

    #[test]
    fn a_kernel_without_the_call_and_unforeseen_errors_are_told() {
        let circumstances = circumstances(None, false);
        let hidden = "the kernel is built without perf events, or a sandbox hides them (ENOSYS)";
        assert_eq!(circumstances.explain(&Refusal::NoCall), hidden);
        let unforeseen = Refusal::Failed("perf_event_open: out of files".to_owned());
        assert_eq!(circumstances.explain(&unforeseen), "perf_event_open: out of files");
    }
}
