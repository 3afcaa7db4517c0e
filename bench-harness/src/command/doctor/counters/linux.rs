//! Linux: opens counters with `perf_event_open`, counts a loop, and explains refusals.

use std::hint::black_box;
use std::io;

use perf_event::events::{Hardware, Software};
use perf_event::{Builder, Group};
use rustix::io::Errno;

use super::{Circumstances, HardwareCounts, SoftwareCounts};
use crate::results::Known;

/// Takes a millisecond or so: enough for any counter to move.
const LOOP_ROUNDS: u64 = 1_000_000;

/// The highest `perf_event_paranoid` under which any program may count itself.
const PARANOID_OPEN_TO_ALL: i64 = 2;

pub(super) fn hardware(circumstances: Circumstances) -> Known<HardwareCounts> {
    match count_hardware() {
        Ok(HardwareCounts { cycles, instructions }) if cycles == 0 || instructions == 0 => {
            Known::Unavailable(format!(
                "the counters open but stay at {cycles} cycles and {instructions} instructions"
            ))
        }
        Ok(counts) => Known::Value(counts),
        Err(error) => Known::Unavailable(explain(&error, circumstances)),
    }
}

pub(super) fn software(circumstances: Circumstances) -> Known<SoftwareCounts> {
    match count_software() {
        Ok(SoftwareCounts { task_clock_ns: 0 }) => {
            Known::Unavailable("the counter opens but stays at 0 ns".to_owned())
        }
        Ok(counts) => Known::Value(counts),
        Err(error) => Known::Unavailable(explain(&error, circumstances)),
    }
}

/// Counts both in one group, as their ratio needs.
fn count_hardware() -> io::Result<HardwareCounts> {
    let mut group = Group::new()?;
    let cycles = Builder::new().group(&mut group).kind(Hardware::CPU_CYCLES).build()?;
    let instructions = Builder::new().group(&mut group).kind(Hardware::INSTRUCTIONS).build()?;
    group.enable()?;
    run_loop();
    group.disable()?;
    let counts = group.read()?;
    Ok(HardwareCounts { cycles: counts[&cycles], instructions: counts[&instructions] })
}

fn count_software() -> io::Result<SoftwareCounts> {
    let mut counter = Builder::new().kind(Software::TASK_CLOCK).build()?;
    counter.enable()?;
    run_loop();
    counter.disable()?;
    Ok(SoftwareCounts { task_clock_ns: counter.read()? })
}

fn run_loop() {
    for round in 0..LOOP_ROUNDS {
        black_box(round);
    }
}

/// Says what a refusal means and, where something can be done about it, what.
fn explain(error: &io::Error, circumstances: Circumstances) -> String {
    match Errno::from_io_error(error) {
        // EOPNOTSUPP comes from processors and hypervisors that count some events only.
        Some(errno @ (Errno::NOENT | Errno::OPNOTSUPP)) => {
            let name = if errno == Errno::NOENT { "ENOENT" } else { "EOPNOTSUPP" };
            let place = if circumstances.virtual_machine {
                "in this virtual machine; its host would have to pass them on"
            } else {
                "that this kernel knows how to use"
            };
            format!("no hardware counters {place} ({name})")
        }
        Some(Errno::ACCESS) => not_permitted("EACCES", circumstances.perf_event_paranoid),
        Some(Errno::PERM) => not_permitted("EPERM", circumstances.perf_event_paranoid),
        Some(Errno::NOSYS) => "the kernel is built without perf events, or a sandbox hides them \
                               (ENOSYS)"
            .to_owned(),
        _ => format!("perf_event_open: {error}"),
    }
}

fn not_permitted(name: &str, perf_event_paranoid: Option<i64>) -> String {
    match perf_event_paranoid {
        Some(level) if level > PARANOID_OPEN_TO_ALL => format!(
            "not permitted ({name}): /proc/sys/kernel/perf_event_paranoid = {level}; to allow it: \
             sudo sysctl kernel.perf_event_paranoid=1"
        ),
        Some(level) => format!(
            "not permitted ({name}), although /proc/sys/kernel/perf_event_paranoid = {level} \
             would allow it: a container's seccomp filter or a security module forbids it"
        ),
        None => format!(
            "not permitted ({name}), and /proc/sys/kernel/perf_event_paranoid cannot be read"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(errno: Errno, paranoid: Option<i64>, virtual_machine: bool, expected: &str) {
        let error = io::Error::from_raw_os_error(errno.raw_os_error());
        let circumstances = Circumstances { perf_event_paranoid: paranoid, virtual_machine };
        assert_eq!(explain(&error, circumstances), expected);
    }

    #[test]
    fn absent_counters_are_told_from_an_absent_driver() {
        let virtual_machine = "no hardware counters in this virtual machine; its host would have \
                               to pass them on (ENOENT)";
        check(Errno::NOENT, Some(-1), true, virtual_machine);
        let bare_metal = "no hardware counters that this kernel knows how to use (ENOENT)";
        check(Errno::NOENT, Some(-1), false, bare_metal);
    }

    #[test]
    fn a_refusal_tells_the_level_and_the_command() {
        for (errno, name) in [(Errno::ACCESS, "EACCES"), (Errno::PERM, "EPERM")] {
            for level in [3, 4] {
                let expected = format!(
                    "not permitted ({name}): /proc/sys/kernel/perf_event_paranoid = {level}; to \
                     allow it: sudo sysctl kernel.perf_event_paranoid=1"
                );
                check(errno, Some(level), true, &expected);
            }
        }
    }

    #[test]
    fn a_refusal_that_the_level_does_not_explain_gives_no_useless_command() {
        let filtered = "not permitted (EPERM), although /proc/sys/kernel/perf_event_paranoid = 2 \
                        would allow it: a container's seccomp filter or a security module \
                        forbids it";
        check(Errno::PERM, Some(2), true, filtered);
        let unknown =
            "not permitted (EACCES), and /proc/sys/kernel/perf_event_paranoid cannot be read";
        check(Errno::ACCESS, None, false, unknown);
    }

    #[test]
    fn a_kernel_without_the_call_and_unforeseen_errors_are_told() {
        let hidden = "the kernel is built without perf events, or a sandbox hides them (ENOSYS)";
        check(Errno::NOSYS, None, false, hidden);
        let plain = "perf_event_open: Argument list too long (os error 7)";
        check(Errno::TOOBIG, Some(2), false, plain);
    }
}
