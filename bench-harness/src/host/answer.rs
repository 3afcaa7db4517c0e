//! What hosts answer, as types.

use std::time::Duration;

use serde::Deserialize;

use crate::model::Answer;

/// What a host says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct About {
    /// The runtime and its version.
    pub engine: String,
    /// The backend that the module was compiled for; none for what is no module of this project.
    pub backend: Option<String>,
    /// How long the runtime took to compile the module; none where nothing is compiled ahead.
    pub compile_ns: Option<u64>,
}

impl About {
    /// Reads the answer to `about`; nothing if it is none.
    #[must_use]
    pub fn parse(answer: &str) -> Option<Self> {
        serde_json::from_str(answer).ok()
    }
}

/// One pass over the input, on the host's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// How long the call took.
    pub duration: Duration,
    /// What it came to.
    pub answer: Answer,
}

impl Pass {
    /// Reads the answer to `run`; nothing if it is none.
    #[must_use]
    pub fn parse(answer: &str) -> Option<Self> {
        let mut words = answer.strip_prefix("ok ")?.split(' ');
        let mut number = || words.next()?.parse().ok();
        let (nanoseconds, records, fields) = (number()?, number()?, number()?);
        let checksum = u64::from_str_radix(words.next()?, 16).ok()?;
        words.next().is_none().then_some(Self {
            duration: Duration::from_nanos(nanoseconds),
            answer: Answer::Records { records, fields, checksum },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_has_four_numbers() {
        let answer = Answer::Records { records: 2, fields: 5, checksum: 0xfe };
        let pass = Pass { duration: Duration::from_nanos(70), answer };
        assert_eq!(Pass::parse("ok 70 2 5 fe"), Some(pass));
        for garbage in ["", "ok", "ok 70 2 5", "ok 70 2 5 fe 1", "ok -1 2 5 fe", "ok 70 2 5 xy"] {
            assert_eq!(Pass::parse(garbage), None, "{garbage:?}");
        }
    }

    #[test]
    fn what_compiles_nothing_has_no_time_for_it() {
        let about = About::parse(r#"{"engine":"Node","backend":null,"more":[]}"#).unwrap();
        assert_eq!((about.backend, about.compile_ns), (None, None));
        assert_eq!(About::parse("{}"), None);
    }
}
