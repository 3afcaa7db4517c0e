//! Tests of queues, and of sinks against servers, from outside.

mod agent;
mod contract;
mod deploy;
mod documentation;
mod lines;
mod loki;
mod otlp;
mod queue;
mod server;
mod sink_run;
