//! Cells that tools count in child processes: several at once, since what they count does not
//! depend on time.

use std::sync::mpsc;

use delimark_results::Counter;
use rayon::prelude::*;

use super::Observer;
use crate::counters::child::Job;
use crate::counters::{Tool, ToolKind};

/// A cell that a child is to be counted for.
#[derive(Clone, Debug)]
pub struct ChildTask {
    /// Whose it is, in the caller's order.
    pub cell: usize,
    /// The child's job.
    pub job: Job,
}

/// The outcome of a task.
#[derive(Debug)]
pub struct ChildOutcome {
    /// See [`ChildTask::cell`].
    pub cell: usize,
    /// Who counted.
    pub tool: ToolKind,
    /// A count, or the reason, for each of the tool's names.
    pub counters: Vec<(&'static str, Counter)>,
}

/// Has each tool count the tasks that it is for, on all cores.
pub fn count_children(
    tools: &[Tool],
    tasks: &[ChildTask],
    observer: &mut dyn Observer,
) -> Vec<ChildOutcome> {
    let wanted = |tool: &Tool, task: &ChildTask| tool.kind().is_for(&task.job.engine);
    let pairs: Vec<(&Tool, &ChildTask)> = tasks
        .iter()
        .flat_map(|task| tools.iter().map(move |tool| (tool, task)))
        .filter(|(tool, task)| wanted(tool, task))
        .collect();
    observer.begin("counting instructions in child processes", pairs.len() as u64);
    let (sender, receiver) = mpsc::channel();
    // The observer stays on this thread, and is told of each outcome as it comes.
    rayon::in_place_scope(|scope| {
        scope.spawn(|_| {
            pairs.into_iter().par_bridge().for_each_with(sender, |sender, (tool, task)| {
                let counters = tool.count(&task.job);
                let outcome = ChildOutcome { cell: task.cell, tool: tool.kind(), counters };
                // Whoever listens does so to the end.
                let _ = sender.send((task, outcome));
            });
        });
        let told = receiver.into_iter().map(|(task, outcome)| {
            observer.sample(&format!("{} {}", task.job.engine, task.job.model));
            outcome
        });
        told.collect()
    })
}
