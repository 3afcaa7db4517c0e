//! The A/A control: one engine measured a second time in the same rounds, as if it were another.
//!
//! Nothing but chance sets the two apart, so no smaller difference between engines means anything.
//! The second one is the engine itself with its buffers, and takes its turns at random like any
//! other.

use delimark_results::AaControl;
use delimark_runner::model::Model;

use super::Slot;
use crate::engine::Engine;
use crate::workload::Workload;

/// The models with an A/A control. Those from files say more about the system than about the run.
const MODELS: [Model; 4] = [Model::Count, Model::Index, Model::Fields, Model::Project];

/// Plans the A/A control of one backend of this process, a slot for each of its own: of the one
/// that a scanner would prefer of those here, which need not be the one that comes out fastest.
pub(super) fn plan(slots: &[Slot], engines: &[Box<dyn Engine>], workload: &Workload) -> Vec<Slot> {
    let is_backend =
        |engine: &dyn Engine| engine.name().starts_with("delimark/") && !engine.runs_elsewhere();
    // A scanner prefers the last one that can run.
    let preferred = engines.iter().rposition(|engine| is_backend(engine.as_ref()));
    let of_preferred = slots.iter().filter(|slot| Some(slot.engine) == preferred);
    let of_preferred = of_preferred.filter(|slot| MODELS.contains(&slot.model));
    of_preferred
        .map(|slot| Slot { is_aa_control: true, ..Slot::new(slot.engine, slot.model, workload) })
        .collect()
}

/// Puts the samples of the A/A control beside those of the engines.
pub(super) fn pair(
    controls: Vec<Slot>,
    slots: &[Slot],
    engines: &[Box<dyn Engine>],
    workload: &Workload,
) -> Vec<AaControl> {
    let with_engine = controls.into_iter().filter_map(|control| {
        let is_its_engine =
            |slot: &&Slot| (slot.engine, slot.model) == (control.engine, control.model);
        let engine = slots.iter().find(is_its_engine)?;
        Some(AaControl {
            engine: engines[control.engine].name(),
            model: control.model.to_string(),
            dataset: workload.facts().name.clone(),
            engine_ns: engine.samples_ns.clone(),
            twin_ns: control.samples_ns,
        })
    });
    with_engine.collect()
}
