//! Statements over logs, as a program that has the engine runs them.

mod sql;
