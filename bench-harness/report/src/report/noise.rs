//! The A/A measurement of a run in words: how far apart it found an engine from itself.

use delimark_results::AaControl;

use super::view::{ModelView, View};

/// Says what the run cannot tell from nothing, or that nobody looked.
pub(super) fn of_run(view: &View<'_>) -> String {
    let most = view.results.twins.iter().filter_map(|twins| Some((twins.spread()?, twins)));
    match most.max_by(|(a, _), (b, _)| a.total_cmp(b)) {
        None => "No engine was measured twice in this run, so it has no A/A spread: only the \
                 intervals say what is significant."
            .to_owned(),
        Some((spread, twins)) => format!(
            "A/A: {}, measured as if it were two engines, came out up to {} from itself: the far \
             end of the 95 % interval of its ratio on {}, the widest of {}. Ratios of engines \
             of which the interval reaches into that are marked as not significant.",
            twins.engine,
            apart(spread),
            twins.model,
            models(&view.results.twins)
        ),
    }
}

/// Says the same of one model.
pub(super) fn of_model(model: &ModelView<'_>) -> Option<String> {
    let twins = model.twins?;
    let spread = apart(twins.spread()?);
    Some(format!("A/A: {} came out up to {spread} from itself.", twins.engine))
}

fn models(twins: &[AaControl]) -> String {
    let names: Vec<&str> = twins.iter().map(|twins| twins.model.as_str()).collect();
    match names.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        names => names.concat(),
    }
}

fn apart(spread: f64) -> String {
    format!("{:.1} %", (spread - 1.0) * 100.0)
}
