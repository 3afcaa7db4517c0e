//! The generator: what decides the bytes, and what does not.

use delimark_datasets::{Generator, Shape, generate};

use crate::lines;

#[test]
fn bursts_make_no_difference() {
    for shape in Shape::ALL {
        let whole = generate(shape, 500, 7);
        for bytes_at_least in [0, 1, 63, 4096, usize::MAX] {
            let mut generator = Generator::new(shape, 500, 7);
            let mut joined = Vec::new();
            let mut burst = Vec::new();
            while generator.next_chunk(&mut burst, bytes_at_least) {
                assert!(!burst.is_empty(), "{shape}: a burst has a line");
                joined.append(&mut burst);
            }
            assert!(burst.is_empty(), "{shape}: the end appends nothing");
            assert!(joined == whole, "{shape} in bursts of {bytes_at_least} bytes");
        }
    }
}

#[test]
fn a_burst_has_the_bytes_asked_for_and_ends_with_a_line() {
    let mut generator = Generator::new(Shape::Nginx12, 1000, 1);
    let mut out = b"kept".to_vec();
    assert!(generator.next_chunk(&mut out, 10_000));
    assert!((10_000..11_000).contains(&(out.len() - 4)), "{} bytes", out.len());
    assert!(out.starts_with(b"kept") && out.ends_with(b"\n"));
}

#[test]
fn every_shape_has_the_lines_asked_for() {
    for shape in Shape::ALL {
        for count in [1, 2, 17, 1000] {
            let bytes = generate(shape, count, 3);
            assert_eq!(lines(&bytes).count() as u64, count, "{shape}");
            assert_eq!(bytes.ends_with(b"\n"), shape != Shape::Adversarial, "{shape}");
        }
        assert!(generate(shape, 0, 3).is_empty(), "{shape}");
    }
}

#[test]
fn a_longer_dataset_begins_with_the_shorter_one() {
    for shape in Shape::ALL {
        let (short, long) = (generate(shape, 100, 5), generate(shape, 300, 5));
        let shared = if shape == Shape::Adversarial { 99 } else { 100 };
        assert!(lines(&short).take(shared).eq(lines(&long).take(shared)), "{shape}");
    }
}

#[test]
fn seeds_differ() {
    for shape in Shape::ALL {
        assert_ne!(generate(shape, 50, 1), generate(shape, 50, 2), "{shape}");
    }
}
