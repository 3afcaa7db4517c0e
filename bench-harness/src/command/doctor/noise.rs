//! The text of `doctor --noise`: how much this machine disturbs measurements.

use delimark_harness::environment::noise::{CoreNoise, Noise};
use delimark_results::Known;

use super::layout::{Mark, Row, Section};

pub(super) fn section(noise: &Noise) -> Section {
    let mut rows: Vec<Row> = noise.cores.iter().map(core).collect();
    rows.push(share("steal", &noise.steal_share, "of the cores' time was the hypervisor's"));
    rows.push(share("pressure", &noise.cpu_pressure_share, "of the time, something had no core"));
    let aa_control = &noise.twins;
    let spread = format!(
        "a loop over {} MiB against itself: up to {:.2} % apart in {} runs",
        aa_control.bytes >> 20,
        (aa_control.spread - 1.0) * 100.0,
        aa_control.runs
    );
    rows.push(Row::new(Mark::Fact, "A/A", spread));
    rows.push(Row::new(Mark::Advice, "verdict", &noise.verdict));
    Section { title: "Noise", rows }
}

fn core(core: &CoreNoise) -> Row {
    let core_name = match &core.core {
        Known::Value(number) => format!("core {number}"),
        Known::Unavailable(reason) => format!("some core ({reason})"),
    };
    let gaps = &core.gaps;
    let text = format!(
        "{core_name}: {:.3} % of {:.1} s lost, {:.0} gaps a second, the longest {}",
        gaps.lost_ns as f64 / (core.seconds * 1e9) * 100.0,
        core.seconds,
        core.gaps_per_second,
        duration(gaps.longest_ns)
    );
    let classes = gaps.histogram.iter().filter(|class| class.count > 0);
    let classes: Vec<String> =
        classes.map(|class| format!("{} from {}", class.count, duration(class.from_ns))).collect();
    let row = Row::new(Mark::Fact, "lost time", text);
    let row = if classes.is_empty() { row } else { row.below(classes.join(", ")) };
    match core.involuntary_switches {
        Known::Value(switches) => row.below(format!("put aside for another {switches} times")),
        Known::Unavailable(_) => row,
    }
}

fn share(label: &'static str, share: &Known<f64>, meaning: &str) -> Row {
    let text = match share {
        Known::Value(share) => format!("{:.2} % {meaning}", share * 100.0),
        Known::Unavailable(reason) => format!("unknown: {reason}"),
    };
    Row::new(Mark::Fact, label, text)
}

/// Writes a duration in the largest unit that leaves a number of at least one.
fn duration(ns: u64) -> String {
    match ns {
        0..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => format!("{} us", ns / 1_000),
        _ => format!("{} ms", ns / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_short() {
        assert_eq!([0, 999, 1_000, 70_000_000].map(duration), ["0 ns", "999 ns", "1 us", "70 ms"]);
    }
}
