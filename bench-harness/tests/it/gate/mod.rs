//! The performance gate: its judge on made-up pairs, and the verb on programs that speak the
//! protocol and say of themselves how fast they are.

mod action;
mod command;
mod engines;
mod failures;
mod fake;
mod judge;
mod rates;
