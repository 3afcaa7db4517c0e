//! Engines of this process by their names, for a command line that names one.

use anyhow::{Context, Result};
use delimark::Backend;
use delimark_results::READ_LIMIT;

use crate::engine::{self, Engine};
use crate::workload::Input;

/// Makes the engine of that name, and has it execute what it executed elsewhere: a backend, or a
/// loop of the read limit. Left to choose for itself, it takes the best that this process can run,
/// which under a tool that hides instruction sets is another one.
///
/// # Errors
///
/// There is none in this process, or what it has to execute cannot run here.
pub fn engine(name: &str, executed: Option<&str>, input: &Input<'_>) -> Result<Box<dyn Engine>> {
    if let Some(read_loop) = executed.filter(|_| name == READ_LIMIT) {
        return engine::read_limit(read_loop);
    }
    // What ran elsewhere has to run, or what the name says: no other in its place.
    let backend = executed.and_then(|executed| executed.parse().ok()).or_else(|| backend_in(name));
    let backends = backend.map_or_else(|| Backend::available().collect(), |backend| vec![backend]);
    // The read limit races over its input when it is made, which no other engine needs.
    let raced = if name == READ_LIMIT { input.bytes } else { &[] };
    let mut engines = engine::all(&Input { bytes: raced, ..*input }, &backends)?;
    engines.extend(engine::handicaps(input, &backends)?);
    let names: Vec<String> = engines.iter().map(|engine| engine.name()).collect();
    let index = names.iter().position(|known| known == name).with_context(|| {
        format!("unknown engine '{name}' (expected one of: {})", names.join(", "))
    })?;
    Ok(engines.swap_remove(index))
}

/// Returns the backend at the end of a name: `avx2` of `delimark/avx2` and of `limit/masks-avx2`.
fn backend_in(name: &str) -> Option<Backend> {
    name.rsplit(['/', '-']).next()?.parse().ok()
}
