//! The contract with a Loki server: facts that the sink depends on, checked against a double, and
//! with `ci/loki` against a real server. What the double gets wrong fails there.

mod entries;
mod names;
mod restarts;
mod sink;
mod sizes;
mod streams;
