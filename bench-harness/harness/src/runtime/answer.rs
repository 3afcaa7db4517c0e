//! The answers of runners, as types.

use std::time::Duration;

use delimark_runner::model::Answer;
use serde::Deserialize;

/// The description that a runner gives of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct About {
    /// The runtime and its version.
    pub engine: String,
    /// The backend that the module was compiled for; none for what is no module of this project.
    pub backend: Option<String>,
    /// The time that the runtime took to compile the module; none where nothing is compiled ahead.
    pub compile_ns: Option<u64>,
    /// The version of `measure` and of the requests for tools that it knows; none for none.
    pub protocol: Option<u32>,
}

impl About {
    /// Reads the answer to `about`; nothing if it is none.
    #[must_use]
    pub fn parse(answer: &str) -> Option<Self> {
        serde_json::from_str(answer).ok()
    }
}

/// Several passes over the input, on the runner's own clock and account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passes {
    /// The result of each of them.
    pub answer: Answer,
    /// The allocations of the last of them.
    pub allocations: u64,
    /// The most heap that it had in use at once beyond what was in use before, bytes.
    pub peak_heap_bytes: u64,
    /// The time of each.
    pub durations_ns: Vec<u64>,
}

impl Passes {
    /// Reads the answer to `measure`; nothing if it is none.
    #[must_use]
    pub fn parse(answer: &str) -> Option<Self> {
        let mut words = answer.strip_prefix("ok ")?.split(' ');
        let answer = records(&mut words)?;
        let mut number = || words.next()?.parse().ok();
        let (allocations, peak_heap_bytes) = (number()?, number()?);
        let durations_ns = words.map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Self { answer, allocations, peak_heap_bytes, durations_ns })
    }
}

/// One pass over the input, on the runner's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The time of the call.
    pub duration: Duration,
    /// The result.
    pub answer: Answer,
}

impl Pass {
    /// Reads the answer to `run`; nothing if it is none.
    #[must_use]
    pub fn parse(answer: &str) -> Option<Self> {
        let mut words = answer.strip_prefix("ok ")?.split(' ');
        let duration = Duration::from_nanos(words.next()?.parse().ok()?);
        let answer = records(&mut words)?;
        words.next().is_none().then_some(Self { duration, answer })
    }
}

/// Reads the three words of an answer: records, fields and checksum.
fn records<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<Answer> {
    let mut number = || words.next()?.parse().ok();
    let (records, fields) = (number()?, number()?);
    let checksum = u64::from_str_radix(words.next()?, 16).ok()?;
    Some(Answer::Records { records, fields, checksum })
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
    fn passes_have_an_answer_an_account_and_any_number_of_times() {
        let answer = Answer::Records { records: 2, fields: 5, checksum: 0xfe };
        let passes =
            |durations_ns| Passes { answer, allocations: 7, peak_heap_bytes: 640, durations_ns };
        assert_eq!(Passes::parse("ok 2 5 fe 7 640 30 31"), Some(passes(vec![30, 31])));
        assert_eq!(Passes::parse("ok 2 5 fe 7 640"), Some(passes(Vec::new())));
        for garbage in ["", "ok 2 5 fe", "ok 2 5 fe 7", "ok 2 5 xy 7 640", "ok 2 5 fe 7 640 -3"] {
            assert_eq!(Passes::parse(garbage), None, "{garbage:?}");
        }
    }

    #[test]
    fn what_compiles_nothing_has_no_time_for_it() {
        let about = About::parse(r#"{"engine":"Node","backend":null,"more":[]}"#).unwrap();
        assert_eq!((about.backend, about.compile_ns), (None, None));
        assert_eq!(About::parse("{}"), None);
    }
}
