//! The fields that come out, their order, and the text between them.

use delimark_datasets::{Shape, generate};

use super::{access_log, assert_extracts, cut, extract, stdout_of, text};

#[test]
fn agrees_with_cut_on_generated_logs() {
    for shape in [Shape::Nginx12, Shape::Short, Shape::Wide, Shape::Long, Shape::Utf8] {
        let log = generate(shape, 3_000, 7);
        for fields in ["1,6,10", "1", "12", "2-4", "7-", "-3", "1-3,5,9-"] {
            let output = extract(&["--fields", fields], &log);
            assert!(stdout_of(&output) == cut(fields, &log), "{shape} {fields}");
        }
    }
}

#[test]
fn agrees_with_cut_on_the_lines_of_a_real_log_that_have_the_fields() {
    let log = std::fs::read(access_log()).expect("the fixture is there");
    // Every line of it has at least 12 fields; more do no harm to either.
    let path = access_log();
    for fields in ["1,6,10", "4", "2-5,12"] {
        for access in
            [&["--fields", fields, text(&path)][..], &["--read", "--fields", fields, text(&path)]]
        {
            let output = extract(access, b"");
            assert!(stdout_of(&output) == cut(fields, &log), "{access:?}");
        }
    }
}

#[test]
fn keeps_the_order_asked_for() {
    assert_extracts(&["--fields", "3,1,3"], b"a|b|c\nd|e|f\n", b"c|a|c\nf|d|f\n");
    assert_extracts(&["-f", "2-,1"], b"a|b|c\n", b"b|c|a\n");
    assert_extracts(&["-f2-3,1-2"], b"a|b|c\n", b"b|c|a|b\n");
    assert_extracts(&["--fields", "-2"], b"a|b|c\n", b"a|b\n");
}

#[test]
fn missing_fields_come_out_empty() {
    assert_extracts(&["--fields", "2,1"], b"a\n\nb|c\n", b"|a\n|\nc|b\n");
    assert_extracts(&["--fields", "2-4"], b"a|b\na|b|c|d|e\na\n", b"b||\nb|c|d\n||\n");
    assert_extracts(&["--fields", "2-"], b"a|b\na\n\n", b"b\n\n\n");
    assert_extracts(&["--fields", "1,3-"], b"a|b\n", b"a\n");
    assert_extracts(&["--fields", "5,2-3", "--output-delimiter", "; "], b"a|b\n", b"; b; \n");
}

#[test]
fn other_delimiters() {
    assert_extracts(&["--fields", "2", "--delimiter", r"\t"], b"a|b\tc\n", b"c\n");
    assert_extracts(&["--fields", "2,1", "-d", r"\x1f"], b"a\x1fb\n", b"b\x1fa\n");
    assert_extracts(&["--fields", "2,1", "-d", r"\0"], b"a\0b\n", b"b\0a\n");
    assert_extracts(&["--fields", "1-", "--output-delimiter", ", "], b"a|b|c\n", b"a, b, c\n");
    assert_extracts(&["--fields", "3,1", "--output-delimiter", ""], b"a|b|c\n", b"ca\n");
    let long = "-".repeat(100);
    let expected = format!("a{long}b\n");
    assert_extracts(
        &["--fields", "1-2", "--output-delimiter", &long],
        b"a|b\n",
        expected.as_bytes(),
    );
}

#[test]
fn fields_of_every_length_around_the_copied_stride() {
    let mut log = Vec::new();
    let mut expected = Vec::new();
    for length in (0..=100).chain((0..=100).rev()) {
        let field = vec![b'a' + (length % 26) as u8; length];
        log.extend([&field[..], b"|x|", &field, b"\n"].concat());
        expected.extend([&field[..], b"|", &field, b"\n"].concat());
    }
    assert_extracts(&["--fields", "3,1"], &log, &expected);
    // Without a final newline, the last field ends with the input.
    log.pop();
    assert_extracts(&["--fields", "3,1"], &log, &expected);
}

#[test]
fn any_byte_passes_through() {
    let bytes: Vec<u8> = (0..=255).filter(|byte| !b"|\n".contains(byte)).collect();
    let log = [b"a|", &bytes[..], b"|b\n"].concat();
    assert_extracts(&["--fields", "2", "--line-ending", "lf"], &log, &[&bytes[..], b"\n"].concat());
}

#[test]
fn every_backend_gives_the_same() {
    let log = generate(Shape::Adversarial, 2_000, 3);
    let expected = extract(&["--fields", "3,1-2,5-", "--backend", "scalar"], &log);
    let mut tried = 0;
    for backend in delimark::Backend::available() {
        let output = extract(&["--fields", "3,1-2,5-", "--backend", backend.name()], &log);
        assert!(stdout_of(&output) == stdout_of(&expected), "{backend}");
        tried += 1;
    }
    assert!(tried >= 1);
}
