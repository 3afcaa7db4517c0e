//! Choosing a backend, and the proof that those this machine has were really run.

use delimark::{Backend, Dialect, Scanner};

/// Names the backends that have to be available, separated by commas; set where that is known.
const EXPECTED_VARIABLE: &str = "DELIMARK_EXPECT_BACKENDS";

#[test]
fn the_expected_backends_run() {
    let expected = std::env::var(EXPECTED_VARIABLE).unwrap_or_else(|_| "scalar".to_owned());
    for name in expected.split(',') {
        let backend: Backend = name.parse().unwrap();
        assert!(
            Backend::available().any(|available| available == backend),
            "{backend} cannot run here"
        );
    }
}

#[test]
fn names_are_read_back() {
    for &backend in Backend::ALL {
        assert_eq!(backend.name().parse(), Ok(backend));
        assert_eq!(backend.to_string(), backend.name());
    }
}

#[test]
fn an_unknown_name_is_refused_with_those_there_are() {
    let error = "sse9".parse::<Backend>().unwrap_err().to_string();
    let names: Vec<&str> = Backend::ALL.iter().map(|backend| backend.name()).collect();
    assert_eq!(error, format!("unknown backend 'sse9' (expected one of: {})", names.join(", ")));
}

#[test]
fn a_backend_that_cannot_run_here_says_what_is_missing() {
    let dialect = Dialect::new(b'|').unwrap();
    for &backend in Backend::ALL {
        match Scanner::with_backend(dialect, backend) {
            Ok(scanner) => assert_eq!(scanner.backend(), backend),
            Err(error) => {
                assert!(!backend.is_available());
                let error = error.to_string();
                assert!(error.starts_with(&format!("backend {backend} needs ")), "{error}");
            }
        }
    }
}

#[test]
fn the_best_backend_is_available() {
    assert!(Backend::best().is_available());
}
