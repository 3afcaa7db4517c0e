//! The instruments of OpenTelemetry: those metrics that `/metrics` has, read when they are sent.

use std::sync::Arc;

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;

use super::NAME;
use crate::metrics::{Family, Metrics, Number, Point};

/// Makes an instrument of each metric.
pub(super) fn register(provider: &SdkMeterProvider, metrics: &Arc<Metrics>) {
    let meter = provider.meter(NAME);
    for family in Family::ALL {
        let metrics = metrics.clone();
        let name = format!("delimark.{}", family.name);
        if family.is_counter {
            meter
                .u64_observable_counter(name)
                .with_description(family.help)
                .with_unit(family.unit)
                .with_callback(move |observer| {
                    for (number, labels) in numbers(&metrics, &family) {
                        observer.observe(number as u64, &labels);
                    }
                })
                .build();
        } else {
            meter
                .f64_observable_gauge(name)
                .with_description(family.help)
                .with_unit(family.unit)
                .with_callback(move |observer| {
                    for (number, labels) in numbers(&metrics, &family) {
                        observer.observe(number, &labels);
                    }
                })
                .build();
        }
    }
}

/// Returns the numbers of a metric with their labels, but for those that are none, of which one
/// would lose a whole export.
fn numbers(metrics: &Metrics, family: &Family) -> Vec<(f64, Vec<KeyValue>)> {
    let points = metrics.points(family).into_iter();
    let numbers = points.filter_map(|Point { labels, number }| {
        let number = match number {
            Number::Integer(number) => number as f64,
            Number::Float(number) => number,
        };
        let labels = labels.into_iter().map(|(name, value)| KeyValue::new(name, value));
        number.is_finite().then(|| (number, labels.collect()))
    });
    numbers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Lag;

    #[test]
    fn what_is_no_number_is_left_out() {
        let metrics = Metrics::default();
        let lag = |path: &str, seconds| Lag { path: path.to_owned(), bytes: 1, seconds };
        metrics.set_lags(vec![lag("a", f64::NAN), lag("b", 0.5), lag("c", f64::INFINITY)]);
        let family = Family::ALL.into_iter().find(|family| family.name == "lag_seconds").unwrap();
        assert_eq!(numbers(&metrics, &family), [(0.5, vec![KeyValue::new("file", "b")])]);
    }
}
