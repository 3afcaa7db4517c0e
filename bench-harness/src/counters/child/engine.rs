//! Engines of this process by their names, for a command line that names one.

use anyhow::{Context, Result};
use delimark::Backend;

use crate::engine::{self, Engine, Input, READ_LIMIT};

/// Makes the engine of that name.
///
/// # Errors
///
/// There is none in this process, or its backend cannot run here.
pub fn engine(name: &str, input: &Input<'_>) -> Result<Box<dyn Engine>> {
    // Where the name has a backend, that one has to run: there is to be no other in its place.
    let backends = match backend_in(name) {
        Some(backend) => vec![backend],
        None => Backend::available().collect(),
    };
    // The read limit races over its input when it is made, and a race is never the same twice.
    let raced = if name == READ_LIMIT { input.bytes } else { &[] };
    let mut engines = engine::all(&Input { bytes: raced, ..*input }, &backends)?;
    engines.extend(engine::controls(input, &backends)?);
    let place = engines
        .iter()
        .position(|engine| engine.name() == name)
        .with_context(|| format!("there is no engine '{name}' that lives in this process"))?;
    Ok(engines.swap_remove(place))
}

/// The backend at the end of a name: `avx2` of `delimark/avx2` and of `limit/masks-avx2`.
fn backend_in(name: &str) -> Option<Backend> {
    name.rsplit(['/', '-']).next()?.parse().ok()
}
