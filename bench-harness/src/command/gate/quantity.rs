//! Shares and durations as people write them, on the command line and in the configuration.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::Deserialize;

/// A share of something: `5%`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Percent(pub(super) f64);

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.trim().strip_suffix('%').map(str::trim_end);
        let number = number.ok_or_else(|| format!("'{text}' has no unit: write 5%"))?;
        match number.parse::<f64>() {
            Ok(percent) if percent > 0.0 && percent <= 1000.0 => Ok(Self(percent / 100.0)),
            _ => Err(format!("'{text}' is no share from above 0% to 1000%")),
        }
    }
}

impl TryFrom<String> for Percent {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// A duration: `90s`, `2m`, `1m 30s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Span(pub(super) Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed: SignedDuration =
            text.parse().map_err(|_| format!("'{text}' is no duration: write 90s or 2m"))?;
        let duration = Duration::try_from(parsed).ok().filter(|duration| !duration.is_zero());
        duration.map(Self).ok_or_else(|| format!("'{text}' is no duration above 0"))
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} s", self.0.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_a_unit() {
        let share = |text: &str| text.parse::<Percent>().map(|Percent(share)| share);
        assert_eq!(share("5%"), Ok(0.05));
        assert_eq!(share(" 0.5 %"), Ok(0.005));
        for text in ["5", "0.05", "-5%", "0%", "%", "nan%", "1e9%"] {
            assert!(share(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_have_a_unit() {
        let span = |text: &str| text.parse::<Span>().map(|Span(duration)| duration.as_secs());
        assert_eq!(span("90s"), Ok(90));
        assert_eq!(span("1m 30s"), Ok(90));
        for text in ["90", "", "-5s", "0s", "soon"] {
            assert!(span(text).is_err(), "{text}");
        }
    }
}
