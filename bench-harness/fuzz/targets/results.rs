//! Files of results: whatever is in one is read or refused, and what was read is written as it was.

#![no_main]

use delimark_results::Results;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(results) = Results::from_json(text) else { return };
    let written = results.to_json().expect("what was read can be written");
    let again = Results::from_json(&written).expect("what was written can be read");
    assert_eq!(again.to_json().expect("it is the same"), written);
});
