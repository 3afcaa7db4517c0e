//! Tests of the crate from outside: formats as they are pasted, lines as servers write them.

mod allocations;
mod apache;
mod check;
mod delimited;
mod haproxy;
mod nginx;
mod presets;
mod properties;
mod recorded;
mod rejected;
