//! Command lines and environments that do not work: each with its message and exit code.

use delimark::{Backend, HIDDEN_BACKENDS_VARIABLE};

use super::{assert_fails, delimark, extract, extract_command, run, stdout_of};

#[test]
fn fields_that_cannot_be() {
    for (fields, message) in [
        ("0", "fields are numbered from 1"),
        ("3-1", "the range 3-1 ends before it starts"),
        ("a", "'a' is neither a field number nor a range"),
        ("", "neither a field number nor a range"),
        ("1,,2", "'' is neither a field number nor a range"),
        ("-", "'-' is neither a field number nor a range"),
        ("99999999", "above the highest number, 16777216"),
    ] {
        let output = extract(&["--fields", fields], b"a|b\n");
        assert_fails(&output, 2, message);
        assert_fails(&output, 2, "--fields <LIST>");
        assert_eq!(output.stdout, b"");
    }
    assert_fails(&extract(&[], b""), 2, "--fields <LIST>");
}

#[test]
fn delimiters_that_cannot_be() {
    for (delimiter, message) in [
        ("", "is not one byte"),
        ("||", "'||' is not one byte"),
        ("§", "'§' is not one byte"),
        (r"\t\t", r"'\t\t' is not one byte"),
        (r"\q", r"'\q' has an unknown escape"),
        (r"\n", r"'\n' belongs to the line ending and cannot be a delimiter"),
        (r"\r", r"'\r' belongs to the line ending and cannot be a delimiter"),
        (r"\x0a", "belongs to the line ending"),
        (r"\x0d", "belongs to the line ending"),
    ] {
        assert_fails(&extract(&["--fields", "1", "--delimiter", delimiter], b""), 2, message);
    }
    let output = extract(&["--fields", "1", "--output-delimiter", r"\q"], b"");
    assert_fails(&output, 2, "has an unknown escape");
}

#[test]
fn numbers_that_cannot_be() {
    let output = extract(&["--fields", "1", "--columns", "0"], b"");
    assert_fails(&output, 2, "at least 1 column");
    let output = extract(&["--fields", "1", "--line-limit", "12 parsecs"], b"");
    assert_fails(&output, 2, "'12 parsecs' is not a size such as");
    let output = extract(&["--fields", "1", "--line-limit", "3GiB"], b"");
    assert_fails(&output, 2, "a line limit is 1 to 1073741824 bytes");
    let output = extract(&["--fields", "1", "--columns", "2", "--ragged", "drop"], b"");
    assert_fails(&output, 2, "unknown policy 'drop' (expected one of: error, report, keep, rest)");
    let output = extract(&["--fields", "1", "--line-ending", "cr"], b"");
    assert_fails(&output, 2, "unknown line ending 'cr' (expected one of: auto, lf)");
}

#[test]
fn fields_that_no_line_can_have() {
    for fields in ["5", "1,4", "2-4", "4-"] {
        for policy in ["report", "error", "rest"] {
            let arguments = ["--fields", fields, "--columns", "3", "--ragged", policy];
            let number = if fields == "5" { 5 } else { 4 };
            let message = format!("field {number} never exists: --columns 3 --ragged {policy}");
            assert_fails(&extract(&arguments, b""), 2, &message);
        }
        let arguments = ["--fields", fields, "--columns", "3", "--ragged", "keep"];
        assert_eq!(extract(&arguments, b"a|b\n").status.code(), Some(0));
    }
    for fields in ["3", "3-", "-3"] {
        let output = extract(&["--fields", fields, "--columns", "3"], b"a|b|c\n");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
}

#[test]
fn backends_that_are_not_there() {
    let output = extract(&["--fields", "1", "--backend", "mmx"], b"");
    assert_fails(&output, 2, "unknown backend 'mmx' (expected one of: scalar");
    let mut command = extract_command(&["--fields", "1"]);
    let output = run(command.env("DELIMARK_BACKEND", "mmx"), b"");
    assert_fails(&output, 2, "unknown backend 'mmx' (expected one of: scalar");
}

/// Asks for every backend there is: this CPU has it and agrees, or lacks it and says so.
#[test]
fn backends_that_this_cpu_lacks() {
    for &backend in Backend::ALL {
        let flag = extract(&["--fields", "1", "--backend", backend.name()], b"a|b\n");
        let mut command = extract_command(&["--fields", "1"]);
        let variable = run(command.env("DELIMARK_BACKEND", backend.name()), b"a|b\n");
        for output in [flag, variable] {
            if backend.is_available() {
                assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b"a\n"[..]));
            } else {
                assert_fails(&output, 2, &format!("backend {backend} needs"));
            }
        }
    }
}

/// Hides every backend: portable code is left, and another one says who hid it.
#[test]
fn backends_that_are_hidden() {
    let names: Vec<&str> = Backend::ALL.iter().map(|backend| backend.name()).collect();
    let hidden = |arguments: &[&str]| {
        let mut command = extract_command(arguments);
        run(command.env(HIDDEN_BACKENDS_VARIABLE, names.join(",")), b"a|b\n")
    };
    assert_eq!(hidden(&["--fields", "1"]).stdout, b"a\n");
    for &backend in Backend::ALL.iter().filter(|&&backend| backend != Backend::Scalar) {
        let output = hidden(&["--fields", "1", "--backend", backend.name()]);
        let expected = format!("backend {backend} is hidden by {HIDDEN_BACKENDS_VARIABLE}");
        assert_fails(&output, 2, &expected);
    }
}

#[test]
fn help_has_an_example_and_the_exit_codes() {
    let output = extract(&["--help"], b"");
    let help = String::from_utf8(output.stdout).expect("help is UTF-8");
    assert_eq!(output.status.code(), Some(0));
    for part in ["Examples:", "delimark extract --fields 1,6,10 access.log", "Exit codes:"] {
        assert!(help.contains(part), "{help}");
    }
    for (verb, example) in [
        ("formats", "delimark formats haproxy-http"),
        ("check", "delimark check --preset haproxy-http"),
    ] {
        let output = run(&mut delimark(&[verb, "--help"]), b"");
        let help = str::from_utf8(stdout_of(&output)).expect("help is UTF-8");
        for part in ["Examples:", example, "Exit codes:"] {
            assert!(help.contains(part), "{help}");
        }
    }
}
