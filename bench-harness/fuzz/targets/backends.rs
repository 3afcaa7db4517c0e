//! Every backend against the reference: any bytes, dialect, burst size and alignment.

#![no_main]

use arbitrary::{Result, Unstructured};
use delimark::Backend;
use delimark_fuzz::{burst_bytes, dialect, expected};
use delimark_runner::outcome::Outcome;
use delimark_runner::variants::scanner;
use libfuzzer_sys::fuzz_target;

fn run(bytes: &[u8]) -> Result<()> {
    let mut bytes = Unstructured::new(bytes);
    let dialect = dialect(&mut bytes)?;
    let burst_bytes = burst_bytes(&mut bytes)?;
    let input = bytes.take_rest();
    let expected = expected(input, &dialect);
    for backend in Backend::available() {
        // A vector of exactly this size: a read past its end is the sanitizer's to see.
        let copy = input.to_vec();
        let mut scanner = scanner(backend, dialect, burst_bytes);
        let outcome = Outcome::of_scan(scanner.scan(&copy)).with_counts(scanner.count(&copy));
        assert_eq!(outcome, expected, "{backend}, bursts of {burst_bytes}, {dialect:?}");
    }
    Ok(())
}

fuzz_target!(|bytes: &[u8]| {
    // What is too short for a dialect is not an input.
    let _ = run(bytes);
});
