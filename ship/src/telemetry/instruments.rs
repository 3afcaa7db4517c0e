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
        // They are numbers of 64 bits, some of them with a fraction.
        let numbers = move || {
            let points = metrics.points(&family).into_iter();
            points.filter_map(|Point { labels, number }| {
                let number = match number {
                    Number::Integer(number) => number as f64,
                    Number::Float(number) => number,
                };
                let labels = labels.into_iter();
                let attributes = labels.map(|(name, value)| KeyValue::new(name, value));
                // One that is no number would lose a whole export.
                number.is_finite().then(|| (number, attributes.collect::<Vec<_>>()))
            })
        };
        let counts = numbers.clone();
        if family.is_counter {
            meter
                .u64_observable_counter(name)
                .with_description(family.help)
                .with_unit(family.unit)
                .with_callback(move |observer| {
                    counts().for_each(|(number, own)| observer.observe(number as u64, &own));
                })
                .build();
        } else {
            meter
                .f64_observable_gauge(name)
                .with_description(family.help)
                .with_unit(family.unit)
                .with_callback(move |observer| {
                    numbers().for_each(|(number, own)| observer.observe(number, &own));
                })
                .build();
        }
    }
}
