//! The names of the shapes.

use std::collections::HashSet;

use delimark_datasets::Shape;

#[test]
fn names_parse_back_and_differ() {
    for shape in Shape::ALL {
        assert_eq!(shape.name().parse(), Ok(shape));
        assert_eq!(shape.to_string(), shape.name());
        assert!(!shape.description().is_empty());
    }
    assert_eq!(Shape::ALL.iter().collect::<HashSet<_>>().len(), Shape::ALL.len());
}

#[test]
fn an_unknown_name_is_told_what_there_is() {
    let error = "nginx13".parse::<Shape>().expect_err("there is no such shape");
    assert_eq!(
        error.to_string(),
        "unknown shape 'nginx13' (expected one of: nginx12, short, wide, long, crlf, utf8, ragged, \
         adversarial, combined, haproxy)"
    );
}

#[test]
fn names_are_padded_in_tables() {
    assert_eq!(format!("{:>9}", Shape::Wide), "     wide");
}
