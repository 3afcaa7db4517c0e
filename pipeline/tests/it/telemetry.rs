//! The figures that spans have.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use delimark_formats::LogFormat;
use delimark_pipeline::FormatOptions;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::convert;

type Figures = HashMap<String, f64>;

/// Keeps what spans named `log.parse` record.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Figures>>);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.name() == "log.parse"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Keep(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Keep<'f>(&'f mut Figures);

impl Visit for Keep<'_> {
    // Not unsigned: OpenTelemetry has no such numbers, and takes them for text.
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value as f64);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().to_owned(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        panic!("{} is no number: {value:?}", field.name());
    }
}

#[test]
fn a_span_tells_time_place_and_share() {
    let figures = |log: &[u8]| {
        let listener = Listener::default();
        let format = LogFormat::nginx("$remote_addr|$status").unwrap();
        tracing::subscriber::with_default(listener.clone(), || {
            convert(&format, FormatOptions::default(), log);
        });
        let figures = listener.0.lock().unwrap();
        figures.clone()
    };
    let all = figures(b"10.0.0.1|200\n10.0.0.2|404\n");
    assert_eq!(all.len(), 3, "{all:?}");
    assert_eq!(all["log.parse.delim.offset"], 26.0);
    assert_eq!(all["log.parse.simd.hit.rate"], 1.0);
    assert!(all["log.parse.duration.us"] < 60e6);
    // A file without a line has a rate, too, and not 0 / 0.
    let empty = figures(b"");
    assert!(empty.values().all(|figure| figure.is_finite()), "{empty:?}");
    let none = figures(b"10.0.0.1|200\n10.0.0.2\n");
    assert_eq!(none["log.parse.simd.hit.rate"], 0.0);
}
