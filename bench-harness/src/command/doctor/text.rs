//! The findings of `doctor`, as sections of a list to read.

use delimark_harness::environment::is_virtual_machine;
use delimark_results::{Cache, Known, MeasuredClock};

use super::super::palette::Palette;
use super::backends::ChosenBy;
use super::counters::AllocatorCounts;
use super::layout::{self, Mark, Row, Section};
use super::tools::Tool;
use super::{Findings, noise};

/// Coarser or dearer clocks blur the times of single bursts.
const CLOCK_NS_MAX: f64 = 1_000.0;

pub(super) fn render(findings: &Findings, palette: Palette) -> String {
    let environment = &findings.environment;
    let build = match (environment.commit.value(), environment.dirty.value()) {
        (Some(commit), Some(true)) => format!(" ({commit}, modified)"),
        (Some(commit), _) => format!(" ({commit})"),
        (None, _) => String::new(),
    };
    let mut sections = vec![
        machine(findings),
        backends(findings),
        counters(findings),
        timer(findings),
        tools(findings),
    ];
    sections.extend(findings.noise.as_ref().map(noise::section));
    format!(
        "delimark {}{build}, {}, {}\n{}\n{}\n",
        environment.delimark_version,
        known(&environment.rustc, String::clone),
        environment.target,
        layout::render(&sections, palette),
        verdict(findings, palette)
    )
}

fn machine(findings: &Findings) -> Section {
    let environment = &findings.environment;
    let cpu = &environment.cpu;
    let fact = |label, value| Row::new(Mark::Fact, label, value);
    let features = match cpu.features.as_slice() {
        [] => "none that a backend uses".to_owned(),
        features => features.join(" "),
    };
    let cores = match cpu.logical_cores {
        1 => "1 logical core".to_owned(),
        cores => format!("{cores} logical cores"),
    };
    let model = known(&cpu.model, String::clone);
    let vendor = known(&cpu.vendor, String::clone);
    let rows = vec![
        fact("CPU", format!("{model} ({vendor}), {cores}")),
        fact("features", features),
        caches(&cpu.caches),
        fact("base clock", known(&cpu.base_clock, |clock| gigahertz(clock.hertz))),
        fact("real clock", known(&cpu.measured_clock, measured_clock)),
        fact("memory", known(&environment.memory_bytes, |&bytes| size(bytes))),
        fact("system", environment.operating_system.clone()),
        fact("kernel", known(&environment.kernel, String::clone)),
        virtualisation(findings),
        governor(findings),
        huge_pages(findings),
        fact("fingerprint", environment.fingerprint.clone()),
    ];
    Section { title: "Machine", rows }
}

fn measured_clock(clock: &MeasuredClock) -> String {
    let MeasuredClock { hertz, hertz_least, hertz_most, looks, .. } = clock;
    let [least, most] = [hertz_least, hertz_most].map(|hertz| hertz / 1e9);
    format!("{}, {least:.2} to {most:.2} in {looks} looks", gigahertz(*hertz))
}

fn gigahertz(hertz: f64) -> String {
    format!("{:.2} GHz", hertz / 1e9)
}

fn caches(caches: &Known<Vec<Cache>>) -> Row {
    let texts = match caches {
        Known::Unavailable(reason) => vec![unknown(reason)],
        Known::Value(caches) => caches.iter().map(cache).collect(),
    };
    Row { mark: Mark::Fact, label: "caches", values: texts }
}

fn cache(cache: &Cache) -> String {
    let Cache { level, kind, bytes, shared_by } = cache;
    let shared = match shared_by {
        1 => String::new(),
        cores => format!(", shared by {cores} logical cores"),
    };
    format!("L{level} {kind} {}{shared}", size(*bytes))
}

fn virtualisation(findings: &Findings) -> Row {
    let virtualisation = &findings.environment.virtualisation;
    let text = known(virtualisation, String::clone);
    if is_virtual_machine(virtualisation) {
        Row::new(Mark::Advice, "virtualisation", text)
            .below("neighbours on the same host may slow measurements down; look at their spread")
    } else {
        Row::new(Mark::Fact, "virtualisation", text)
    }
}

fn governor(findings: &Findings) -> Row {
    match &findings.environment.governor {
        Known::Value(name) if name == "performance" => Row::new(Mark::Good, "governor", name),
        Known::Value(name) => Row::new(Mark::Advice, "governor", name)
            .below("the clock frequency may drift while measuring; to hold it:")
            .below("sudo cpupower frequency-set --governor performance"),
        Known::Unavailable(reason) => Row::new(Mark::Fact, "governor", unknown(reason)),
    }
}

fn huge_pages(findings: &Findings) -> Row {
    let reserved = match &findings.reserved_huge_pages {
        Known::Value(count) => format!("; {count} reserved"),
        Known::Unavailable(_) => String::new(),
    };
    match &findings.environment.transparent_huge_pages {
        Known::Value(mode) if mode == "never" => {
            Row::new(Mark::Advice, "huge pages", format!("transparent: never{reserved}"))
                .below("data sets in memory then use small pages; to let programs ask:")
                .below("echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled")
        }
        Known::Value(mode) => {
            Row::new(Mark::Good, "huge pages", format!("transparent: {mode}{reserved}"))
        }
        Known::Unavailable(reason) => Row::new(Mark::Fact, "huge pages", unknown(reason)),
    }
}

fn backends(findings: &Findings) -> Section {
    let backends = &findings.backends;
    let mut rows: Vec<Row> = backends
        .all
        .iter()
        .map(|backend| match &backend.missing {
            None => Row::new(Mark::Good, backend.name, "can run here"),
            Some(missing) => {
                // The label names the backend already.
                let name = format!("backend {} ", backend.name);
                let text = missing.strip_prefix(&name).unwrap_or(missing);
                Row::new(Mark::Missing, backend.name, text)
            }
        })
        .collect();
    rows.push(match (&backends.chosen, backends.chosen_by) {
        (Known::Value(name), ChosenBy::Best) => {
            Row::new(Mark::Good, "chosen", format!("{name}, the best that can run here"))
        }
        (Known::Value(name), ChosenBy::Variable) => {
            Row::new(Mark::Good, "chosen", format!("{name}, which DELIMARK_BACKEND names"))
        }
        (Known::Unavailable(reason), _) => {
            Row::new(Mark::Missing, "chosen", format!("none by DELIMARK_BACKEND: {reason}"))
        }
    });
    Section { title: "Backends", rows }
}

fn counters(findings: &Findings) -> Section {
    let counters = &findings.counters;
    let hardware = source("hardware", &counters.hardware, |counts| {
        let (cycles, instructions) = (counts.cycles, counts.instructions);
        format!("counted a short loop: {cycles} cycles, {instructions} instructions")
    });
    let software = source("software", &counters.software, |counts| {
        format!("counted a short loop: {} ns on the CPU", counts.task_clock_ns)
    });
    let paranoid = known(&counters.perf_event_paranoid, i64::to_string);
    let limit = Row::new(Mark::Fact, "permission", format!("perf_event_paranoid = {paranoid}"));
    let callgrind = source("callgrind", &counters.callgrind, |proof| (*proof).to_owned());
    let single_step = source("single-step", &counters.single_step, |proof| (*proof).to_owned());
    let rusage = source("rusage", &counters.rusage, |counts| {
        format!("counted fresh memory: {} page faults", counts.minor_page_faults)
    });
    let allocator = source("allocator", &counters.allocator, |counts| {
        let AllocatorCounts { allocations, peak_heap_bytes } = counts;
        format!("counted fresh memory: {allocations} allocation, {peak_heap_bytes} bytes")
    });
    let rows = vec![hardware, software, limit, callgrind, single_step, rusage, allocator];
    Section { title: "Counters", rows }
}

/// Describes a source of counts: what it counted, or why it does not; a command to enable it goes
/// below.
fn source<T>(label: &'static str, found: &Known<T>, show: impl FnOnce(&T) -> String) -> Row {
    match found {
        Known::Value(counts) => Row::new(Mark::Good, label, show(counts)),
        Known::Unavailable(reason) => match reason.split_once("; to ") {
            Some((reason, command)) => {
                Row::new(Mark::Missing, label, reason).below(format!("to {command}"))
            }
            None => Row::new(Mark::Missing, label, reason),
        },
    }
}

fn timer(findings: &Findings) -> Section {
    let Known::Value(timer) = &findings.environment.timer else {
        return Section { title: "Clock", rows: Vec::new() };
    };
    let step = match &timer.granularity_ns {
        Known::Value(step) if *step as f64 <= CLOCK_NS_MAX => {
            Row::new(Mark::Good, "granularity", format!("at most {step} ns"))
        }
        Known::Value(step) => Row::new(Mark::Advice, "granularity", format!("{step} ns"))
            .below("too coarse for the times of single bursts"),
        Known::Unavailable(reason) => Row::new(Mark::Advice, "granularity", unknown(reason)),
    };
    let cost = format!("{:.1} ns a read", timer.cost_ns);
    let cost = if timer.cost_ns <= CLOCK_NS_MAX {
        Row::new(Mark::Good, "cost", cost)
    } else {
        Row::new(Mark::Advice, "cost", cost).below("too dear for the times of single bursts")
    };
    let source = known(&timer.clock_source, String::clone);
    Section { title: "Clock", rows: vec![step, cost, Row::new(Mark::Fact, "source", source)] }
}

fn tools(findings: &Findings) -> Section {
    let rows = findings.tools.iter().map(tool).collect();
    Section { title: "Other programs, all optional", rows }
}

fn tool(tool: &Tool) -> Row {
    match &tool.found {
        Known::Value(found) => {
            let path = found.path.display();
            match &found.version {
                Known::Value(version) => {
                    Row::new(Mark::Good, tool.name, format!("{version}, {path}"))
                }
                Known::Unavailable(reason) => {
                    Row::new(Mark::Advice, tool.name, format!("{path} {reason}"))
                }
            }
        }
        Known::Unavailable(reason) => {
            let text = format!("{reason}; it {}", tool.purpose);
            Row::new(Mark::Missing, tool.name, text).below(tool.install)
        }
    }
}

/// Says in the last lines whether anything stands in the way.
fn verdict(findings: &Findings, palette: Palette) -> String {
    match &findings.backends.chosen {
        Known::Value(_) => format!(
            "delimark can run here; nothing that is marked {} is needed for that.",
            Mark::Missing.quoted(palette)
        ),
        Known::Unavailable(_) => {
            "delimark cannot run: unset DELIMARK_BACKEND, or name a backend that can run here."
                .to_owned()
        }
    }
}

fn known<T>(fact: &Known<T>, show: impl FnOnce(&T) -> String) -> String {
    match fact {
        Known::Value(value) => show(value),
        Known::Unavailable(reason) => unknown(reason),
    }
}

fn unknown(reason: &str) -> String {
    format!("unknown: {reason}")
}

/// Writes a size in the largest binary unit that leaves a number of at least one.
fn size(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let unit = units.into_iter().find(|(_name, shift)| bytes >> shift > 0);
    let Some((name, shift)) = unit else { return format!("{bytes} bytes") };
    let number = format!("{:.1}", bytes as f64 / (1_u64 << shift) as f64);
    format!("{} {name}", number.trim_end_matches(".0"))
}
