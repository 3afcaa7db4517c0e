//! Events as logs of OpenTelemetry.

use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry_sdk::logs::{SdkLogger, SdkLoggerProvider};
use serde_json::Value;

use super::NAME;
use crate::event::{Event, Events};

/// Takes events as logs, and hands them on.
pub(super) struct LoggedEvents {
    logger: SdkLogger,
    events: Arc<dyn Events>,
}

impl LoggedEvents {
    pub(super) fn new(provider: &SdkLoggerProvider, events: Arc<dyn Events>) -> Self {
        Self { logger: provider.logger(NAME), events }
    }
}

impl Events for LoggedEvents {
    fn take(&self, event: &Event) {
        let mut record = self.logger.create_log_record();
        record.set_timestamp(SystemTime::now());
        let severity = severity(event);
        record.set_severity_number(severity);
        record.set_severity_text(severity.name());
        record.set_body(event.to_string().into());
        // An object has each key once, which a log has to have, too.
        let object = serde_json::to_value(event).unwrap_or_default();
        for (key, value) in object.as_object().into_iter().flatten() {
            if let Some(value) = any_value(value) {
                record.add_attribute(key.clone(), value);
            }
        }
        self.logger.emit(record);
        self.events.take(event);
    }
}

/// Returns a value as logs have it: whole numbers are signed, and what is none is left out.
fn any_value(value: &Value) -> Option<AnyValue> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(is_true) => AnyValue::Boolean(*is_true),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => AnyValue::Int(number),
            (None, Some(number)) => AnyValue::Double(number),
            (None, None) => return None,
        },
        Value::String(text) => AnyValue::String(text.clone().into()),
        Value::Array(_) | Value::Object(_) => AnyValue::String(value.to_string().into()),
    })
}

fn severity(event: &Event) -> Severity {
    match event {
        Event::Followed { .. }
        | Event::Resumed { .. }
        | Event::Truncated { .. }
        | Event::WrittenAgain { .. }
        | Event::Reloaded { .. } => Severity::Info,
        Event::SourceFailed { .. } => Severity::Error,
        _ => Severity::Warn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_signed_and_absent_values_left_out() {
        assert_eq!(any_value(&7_u64.into()), Some(AnyValue::Int(7)));
        assert_eq!(any_value(&Value::Null), None);
        assert_eq!(any_value(&f64::NAN.into()), None);
        // More than 64 bits with a sign can hold.
        assert_eq!(any_value(&u64::MAX.into()), Some(AnyValue::Double(u64::MAX as f64)));
    }
}
