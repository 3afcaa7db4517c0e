//! The performance gate: its trials on made-up pairs, and the verb on programs that speak the
//! protocol and say of themselves how fast they are.

mod action;
mod command;
mod engines;
mod failures;
mod fake;
mod rates;
mod trial;
