//! The first sentence of a report, computed from the results, and what keeps it from being more.

use delimark_results::Dataset;
use delimark_results::statistics::{Comparison, MINIMUM_ROUNDS, geometric_mean};

use super::view::{Family, MODEL, ModelView, Row, Section, View};
use crate::attribution;
use crate::number_format::{binary_size, count, decimal_size, interval, number, percent, times};

/// The published P99 that was to be beaten, nanoseconds a line of 12 fields: an AVX2 parser over a
/// memory map, on other hardware, and over lines where ours is over bursts. So it is named beside
/// our numbers, and neither is claimed to be better.
pub(super) const BAR_NS_PER_RECORD: f64 = 380.0;

/// Below this much data the caches and the branch predictor hold what new data would not find
/// there.
const ENOUGH_BYTES: u64 = 32 << 20;

/// Tells whether the bar is about data and work like these.
pub(super) fn bar_applies(dataset: &Dataset, model: &str) -> bool {
    dataset.columns == Some(12) && model == MODEL
}

/// The result of a run, in a sentence.
pub(super) struct Verdict {
    pub(super) sentence: String,
    /// The numbers of the sentence with what they are.
    pub(super) figures: Vec<(String, String)>,
    /// Caveats to know before believing it.
    pub(super) caveats: Vec<String>,
}

impl Verdict {
    pub(super) fn new(view: &View<'_>) -> Self {
        let subject = view.lead().and_then(|section| {
            let model = section.model(MODEL)?;
            Some((section, model, model.fastest(Family::Delimark)?))
        });
        let (sentence, figures) = match subject {
            Some((section, model, fastest)) => {
                (sentence(view, section, model, fastest), figures(section, model, fastest))
            }
            None => (
                format!("No delimark engine was measured on the model {MODEL}: no verdict."),
                Vec::new(),
            ),
        };
        Self { sentence, figures, caveats: caveats(view) }
    }
}

fn sentence(
    view: &View<'_>,
    section: &Section<'_>,
    model: &ModelView<'_>,
    fastest: &Row<'_>,
) -> String {
    let dataset = section.dataset;
    let cell = fastest.cell;
    let mut text = format!(
        "On {} ({} records, {}), {} hands over every field at {} GB/s, {} ns a record",
        dataset.name,
        count(dataset.records),
        decimal_size(dataset.bytes),
        cell.engine,
        number(cell.gigabytes_per_second.median),
        number(cell.ns_per_record.median),
    );
    if let Some(bursts) = cell.bursts.value() {
        let p99 = bursts.p99_ns_per_record;
        text += &format!(", P99 over bursts {} ns", number(p99));
        if bar_applies(dataset, MODEL) {
            text += &format!(" (bar: {BAR_NS_PER_RECORD} ns a line, published on other hardware)");
        }
    }
    if let Some(comparison) = &fastest.this_over_limit {
        text += &against_limit(comparison);
    }
    match model.fastest(Family::Peer) {
        Some(peer) => text += &against_peer(peer),
        None => text += "; no peer was measured beside it",
    }
    text += ".";
    text += &over_all_models(section);
    text + &as_webassembly(view, model)
}

fn against_limit(Comparison { ratio, is_significant }: &Comparison) -> String {
    if *is_significant {
        format!("; that is {} of the speed of only reading the bytes", percent(ratio.median))
    } else {
        format!(
            "; the rounds show no significant difference from only reading the bytes ({} ×)",
            interval(ratio.low, ratio.high)
        )
    }
}

fn against_peer(peer: &Row<'_>) -> String {
    let name = &peer.cell.engine;
    match &peer.fastest_over_this {
        None => format!("; {name} has no rounds to compare it with"),
        Some(Comparison { ratio, is_significant: false }) => format!(
            "; the rounds show no significant difference from the fastest peer, {name} ({} ×)",
            interval(ratio.low, ratio.high)
        ),
        Some(Comparison { ratio, .. }) if ratio.median < 1.0 => {
            format!(", and {} slower than {name}", times(1.0 / ratio.median))
        }
        Some(Comparison { ratio, .. }) => {
            format!(", and {} the speed of the fastest peer, {name}", times(ratio.median))
        }
    }
}

/// Says one number over all models that have a peer, where there are several.
fn over_all_models(section: &Section<'_>) -> String {
    let ratios: Vec<f64> = section
        .models
        .iter()
        .filter_map(|model| Some(model.fastest(Family::Peer)?.fastest_over_this?.ratio.median))
        .collect();
    match geometric_mean(&ratios) {
        Some(mean) if ratios.len() > 1 => format!(
            " Over its {} models with peers, the fastest delimark engine has {} the speed of the \
             fastest peer (geometric mean).",
            ratios.len(),
            times(mean)
        ),
        _ => String::new(),
    }
}

/// Says what SIMD is worth to WebAssembly, where the rounds show it.
fn as_webassembly(view: &View<'_>, model: &ModelView<'_>) -> String {
    let in_runtime = |engine: &str, runtime: &str| model.row(&format!("{engine}@{runtime}"));
    let found = ["node", "browser"]
        .into_iter()
        .find_map(|runtime| Some((runtime, in_runtime("delimark/simd128", runtime)?)));
    let Some((runtime, simd)) = found else {
        return String::new();
    };
    let others = ["delimark/scalar", "peer/js-split"].into_iter().filter_map(|engine| {
        let other = in_runtime(engine, runtime)?;
        let Comparison { ratio, is_significant } = view.compare(simd.cell, other.cell)?;
        is_significant
            .then(|| format!("{} that of {name}", times(ratio.median), name = other.cell.engine))
    });
    let others: Vec<String> = others.collect();
    if others.is_empty() {
        return String::new();
    }
    format!(" The speed of {} is {}.", simd.cell.engine, others.join(" and "))
}

fn figures(
    section: &Section<'_>,
    model: &ModelView<'_>,
    fastest: &Row<'_>,
) -> Vec<(String, String)> {
    let cell = fastest.cell;
    let mut figures = vec![
        (format!("{} GB/s", number(cell.gigabytes_per_second.median)), cell.engine.clone()),
        (format!("{} ns", number(cell.ns_per_record.median)), "a record, median".to_owned()),
    ];
    if let Some(bursts) = cell.bursts.value() {
        let label = if bar_applies(section.dataset, MODEL) {
            format!("a record, P99 over bursts; bar {BAR_NS_PER_RECORD} ns a line, other hardware")
        } else {
            "a record, P99 over bursts".to_owned()
        };
        figures.push((format!("{} ns", number(bursts.p99_ns_per_record)), label));
    }
    if let Some(comparison) = &fastest.this_over_limit {
        let label = qualified("of the read limit", comparison);
        figures.push((percent(comparison.ratio.median), label));
    }
    if let Some(peer) = model.fastest(Family::Peer)
        && let Some(comparison) = &peer.fastest_over_this
    {
        let label = qualified(&format!("the speed of {}", peer.cell.engine), comparison);
        figures.push((times(comparison.ratio.median), label));
    }
    figures
}

fn qualified(label: &str, comparison: &Comparison) -> String {
    if comparison.is_significant { label.to_owned() } else { format!("{label}, not significant") }
}

fn caveats(view: &View<'_>) -> Vec<String> {
    let results = view.results;
    let small = view.sections.iter().map(|section| section.dataset);
    let small = small.filter(|dataset| dataset.bytes < ENOUGH_BYTES);
    let mut caveats: Vec<String> = small.map(too_small).collect();
    if results.quick {
        caveats.push("This was a quick run: take its numbers as a first look.".to_owned());
    }
    if results.rounds < MINIMUM_ROUNDS as u64 {
        caveats.push(format!(
            "With {} rounds no 95 % interval of a median exists (that takes {MINIMUM_ROUNDS}), so \
             every ratio is marked as not significant.",
            results.rounds
        ));
    }
    if results.environment.dirty.value() == Some(&true) {
        caveats.push("The build held changes that its commit does not have.".to_owned());
    }
    caveats.extend(view.sections.iter().flat_map(|section| beaten_limits(view, section)));
    caveats
}

/// Names each cell that came out faster than what does less: one of the two is wrong.
fn beaten_limits(view: &View<'_>, section: &Section<'_>) -> Vec<String> {
    let rows = section.models.iter().flat_map(|model| &model.rows);
    let cells = rows.filter(|row| row.family != Family::Limit).map(|row| row.cell);
    let beaten = cells.flat_map(|cell| {
        let limits = attribution::beaten_limits(view.results, cell).into_iter();
        limits.map(move |(limit, ratio)| {
            format!(
                "{} has {} the speed of {} on {}, which does less: believe neither.",
                cell.engine,
                times(ratio.median),
                limit.engine,
                cell.model
            )
        })
    });
    beaten.collect()
}

fn too_small(dataset: &Dataset) -> String {
    format!(
        "{} is too small to measure on ({}; it takes {}): the branch predictor learns it by heart \
         and caches hold it. Take this run as a smoke test, not as a measurement.",
        dataset.name,
        decimal_size(dataset.bytes),
        binary_size(ENOUGH_BYTES),
    )
}
