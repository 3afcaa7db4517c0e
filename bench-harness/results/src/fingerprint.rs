//! A fingerprint of a machine, so that results of two are not compared by accident.

use std::fmt::Debug;

use delimark_datasets::Hasher;

/// The number of its hexadecimal digits.
const DIGITS: usize = 12;

/// Hashes what is known of a processor to 12 hexadecimal digits.
#[must_use]
pub fn fingerprint(
    model: Option<&str>,
    vendor: Option<&str>,
    logical_cores: u64,
    features: &[String],
    caches: Option<&dyn Debug>,
) -> String {
    let identity = format!("{model:?}\n{vendor:?}\n{logical_cores}\n{features:?}\n{caches:?}");
    let mut hasher = Hasher::new();
    hasher.update(identity.as_bytes());
    let mut digest = hasher.finish();
    digest.truncate(DIGITS);
    digest
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn every_fact_counts() {
        let unknown = fingerprint(None, None, 2, &[], None);
        assert_eq!(unknown.len(), 12);
        assert_eq!(fingerprint(None, None, 2, &[], None), unknown);
        let features = ["avx2".to_owned()];
        for other in [
            fingerprint(Some("x"), None, 2, &[], None),
            fingerprint(None, Some("x"), 2, &[], None),
            fingerprint(None, None, 4, &[], None),
            fingerprint(None, None, 2, &features, None),
            fingerprint(None, None, 2, &[], Some(&"x")),
        ] {
            assert_ne!(other, unknown);
        }
    }
}
