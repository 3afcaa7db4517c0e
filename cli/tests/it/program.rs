//! Parts that all verbs share, and the verbs that are for the shell: completions and the manual.

use std::{fs, io};

use super::{assert_fails, delimark, run, stderr_of, stdout_of, text};

#[test]
fn usage_errors_are_2_and_help_is_0() {
    for arguments in [&[][..], &["unheard-of"], &["extract"], &["extract", "--unheard-of"]] {
        let output = run(&mut delimark(arguments), b"");
        assert_fails(&output, 2, "Usage: delimark");
        assert_eq!(output.stdout, b"");
    }
    for verb in ["extract", "formats", "check", "completions", "man"] {
        let output = run(&mut delimark(&[verb, "--help"]), b"");
        let help = str::from_utf8(stdout_of(&output)).unwrap();
        for part in ["Examples:\n", &format!("  delimark {verb} "), "Exit codes:\n  0  "] {
            assert!(help.contains(part), "{help}");
        }
    }
}

#[test]
fn usage_errors_do_nothing_to_a_terminal() {
    for arguments in [["check", "--\u{1b}[2J\rx"], ["formats", "\u{9b}2J\rx"], ["\rx", "y"]] {
        let output = run(&mut delimark(&arguments), b"");
        assert_fails(&output, 2, r"\rx");
        let stderr = stderr_of(&output);
        assert!(!stderr.contains(|c: char| c.is_control() && c != '\n'), "{stderr:?}");
    }
}

#[test]
fn version_is_the_workspaces() {
    let output = run(&mut delimark(&["--version"]), b"");
    let expected = concat!("delimark ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(stdout_of(&output), expected.as_bytes());
}

#[test]
fn completions_know_verbs_and_options() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&mut delimark(&["completions", shell]), b"");
        let script = str::from_utf8(stdout_of(&output)).unwrap();
        for word in ["extract", "completions", "ragged-output"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
    assert_fails(&run(&mut delimark(&["completions", "tcsh"]), b""), 2, "'tcsh'");
}

#[test]
fn bash_completes_with_them() {
    let script = run(&mut delimark(&["completions", "bash"]), b"");
    let mut bash = std::process::Command::new("bash");
    let ask = "COMP_WORDS=(delimark ext) COMP_CWORD=1; _delimark delimark ext delimark; \
               echo ${COMPREPLY[*]}";
    bash.args(["--norc", "-c", &format!("{}\n{ask}", str::from_utf8(&script.stdout).unwrap())]);
    assert_eq!(str::from_utf8(&bash.output().unwrap().stdout).unwrap().trim(), "extract");
}

#[test]
fn the_manual_has_a_page_for_each_verb() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("made/for/it");
    assert_eq!(stdout_of(&run(&mut delimark(&["man", text(&pages)]), b"")), b"");
    let page = |name: &str| fs::read_to_string(pages.join(name)).unwrap();
    for verb in ["extract", "formats", "check", "completions", "man"] {
        assert!(page("delimark.1").contains(&format!("delimark\\-{verb}(1)")), "{verb}");
        assert!(page(&format!("delimark-{verb}.1")).contains("Exit codes:"), "{verb}");
    }
    assert!(page("delimark-extract.1").contains("\\-\\-ragged\\-output"));

    let blocked = pages.join("delimark.1/below");
    let output = run(&mut delimark(&["man", text(&blocked)]), b"");
    assert_fails(&output, 2, "delimark: cannot write to ");
}

#[test]
fn a_closed_pipe_is_a_quiet_exit() {
    for arguments in [&["--help"][..], &["completions", "bash"]] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = delimark(arguments).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), stderr_of(&output)), (Some(0), ""));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_output_that_cannot_be_written_is_named() {
    for arguments in [&["--help"][..], &["--version"], &["completions", "bash"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = delimark(arguments).stdout(full).output().unwrap();
        let message = "delimark: standard output cannot be written: No space left on device";
        assert_fails(&output, 2, message);
    }
}
