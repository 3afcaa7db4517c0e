//! The phrases about a single cell.

use delimark_results::Known;

use crate::gate::time::{Doubt, EveryPair, TimeFinding, TimeJudgment};
use crate::gate::{CellName, CellReport, CountChange, Finding, Layer};
use crate::number_format::{binary_size, number};

/// Returns a cell's name in one word.
pub(super) fn name(CellName { engine, model, dataset }: &CellName) -> String {
    format!("{engine} {model} {dataset}")
}

/// Formats a change as a person says it: `+10.2 %`.
pub(super) fn signed(ratio: f64) -> String {
    let percent = (ratio - 1.0) * 100.0;
    // What is rounded to nothing has no sign.
    let percent = if percent.abs() < 0.05 { 0.0 } else { percent };
    format!("{percent:+.1} %")
}

/// Formats the interval of a change: `+9.8 to +10.6 %`.
pub(super) fn signed_interval([low, high]: [f64; 2]) -> String {
    let low = signed(low);
    format!("{} to {}", low.trim_end_matches(" %"), signed(high))
}

/// Formats a share: `5 %`, `0.5 %`.
pub(super) fn share(share: f64) -> String {
    let percent = share * 100.0;
    if (percent - percent.round()).abs() < 0.05 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}

/// Returns a sentence with what a layer found about a cell.
pub(super) fn of_layer(cell: &CellReport, layer: Layer) -> String {
    match layer {
        Layer::Answers => String::new(),
        Layer::Instructions => of_counts(&[("instructions a record", &cell.instructions)]),
        Layer::Memory => of_counts(&[
            ("allocations a record", &cell.allocations),
            ("bytes at most", &cell.peak_memory),
        ]),
        Layer::Time => match &cell.time {
            Known::Value(judgment) => of_time(judgment),
            Known::Unavailable(reason) => reason.clone(),
        },
    }
}

/// Describes times: how much, how sure, by what margin.
pub(super) fn of_time(judgment: &TimeJudgment) -> String {
    let mut sentence = match (&judgment.ratio, judgment.interval) {
        (Some(ratio), Some(interval)) => {
            format!("{} ({})", signed(ratio.median), signed_interval(interval))
        }
        (Some(ratio), None) => format!("{} (no interval)", signed(ratio.median)),
        (None, _) => "not measured".to_owned(),
    };
    sentence += &format!(", {} pairs, margin {}", judgment.pairs, share(judgment.margin));
    if judgment.margin_used > judgment.margin * 1.001 {
        let used = share(judgment.margin_used);
        sentence += &format!(", raised to {used} since the baseline differs from itself by that");
    }
    if let Some(EveryPair { pairs, least_ratio }) = judgment.every_pair {
        let least = signed(least_ratio);
        sentence += &format!(
            ": each of its {pairs} pairs was slower, by {least} or more; the budget ended before \
             more could be taken"
        );
    }
    if let TimeFinding::Inconclusive { doubt } = judgment.finding {
        sentence += &format!(": {}", doubt.sentence());
        if let (Doubt::WithinControl | Doubt::ControlDiffers, Some(control)) =
            (doubt, judgment.control)
        {
            sentence += &format!(" ({})", signed_interval(control));
        }
    }
    sentence
}

fn of_counts(changes: &[(&str, &Known<CountChange>)]) -> String {
    let sentence = |&(what, change): &(&str, &Known<CountChange>)| match change {
        Known::Value(change) => {
            let (before, after) = (number(change.baseline), number(change.candidate));
            format!("{before} {what} before, {after} now")
        }
        Known::Unavailable(reason) => format!("{what}: {reason}"),
    };
    changes.iter().map(sentence).collect::<Vec<_>>().join("; ")
}

/// Returns what is worse about a cell, in a few words each: time, instructions, allocations,
/// memory.
pub(super) fn worse(cell: &CellReport) -> Vec<String> {
    differences(cell, Finding::Regression, &TimeFinding::Regression)
}

/// Returns what is better about it.
pub(super) fn better(cell: &CellReport) -> Vec<String> {
    differences(cell, Finding::Improvement, &TimeFinding::Improvement)
}

fn differences(cell: &CellReport, finding: Finding, time: &TimeFinding) -> Vec<String> {
    let mut found = Vec::new();
    if let Known::Value(judgment) = &cell.time
        && judgment.finding == *time
    {
        found.push(format!("time {}", of_time(judgment)));
    }
    let counts = [
        ("instructions a record", &cell.instructions),
        ("allocations a record", &cell.allocations),
    ];
    for (what, change) in counts {
        if let Known::Value(change) = change
            && change.finding == finding
        {
            let (before, after) = (number(change.baseline), number(change.candidate));
            let share = change
                .change
                .map_or_else(String::new, |change| format!(", {}", signed(1.0 + change)));
            found.push(format!("{what} {before} before, {after} now{share}"));
        }
    }
    if let Known::Value(change) = &cell.peak_memory
        && change.finding == finding
    {
        let size = |amount: f64| binary_size(amount as u64);
        let (before, after) = (size(change.baseline), size(change.candidate));
        found.push(format!("memory {before} before, {after} now"));
    }
    found
}
