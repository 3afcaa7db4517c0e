//! Tests of configurations: defaults, and refusals with their line.

use super::*;

const PLAIN: &str = "state.folder = \"s\"\n[[source]]\nname = \"a\"\nstdin = {}\n\
                     [[sink]]\nname = \"f\"\nfile.path = \"out\"\n";

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(Path::new("ship.toml"), text).map_err(|error| error.to_string())
}

#[test]
fn what_is_not_written_has_its_default() {
    let config = parse(PLAIN).unwrap();
    assert_eq!(config.queue.max_bytes, 1 << 30);
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:9080");
    assert!(config.server.listen.ip().is_loopback() && config.server.enabled);
    assert_eq!(config.state.checkpoint_milliseconds, 200);
    assert_eq!(config.sources[0].get_ref().max_line_bytes, 262_144);
}

#[test]
fn whatever_is_wrong_is_refused_with_its_line() {
    let refusals = [
        ("x = [", 1, ""),
        ("stat = 1\n", 1, "unknown field `stat`"),
        ("state.folder = \"s\"\nstate.size = 1\n", 2, "unknown field `size`"),
        ("state.folder = 7\n", 1, "invalid type"),
        (&PLAIN.replace("stdin = {}", "stdin.x = 1"), 4, "unknown field `x`"),
        (&PLAIN.replace("stdin = {}\n", ""), 2, "the source 'a' has 0 kinds"),
        (&PLAIN.replace("stdin", "encoding = \"x\"\nstdin"), 4, "encoding 'x': unknown"),
        (&PLAIN.replace("stdin", "encoding = \"iso-2022-jp\"\nstdin"), 4, "not always"),
        (&PLAIN.replace("stdin", "stdout"), 4, "unknown field `stdout`"),
        (&PLAIN.replace("\"a\"", "\"a/b\""), 3, "'a/b' cannot be the name of a source"),
        (&PLAIN.replace("[[sink]]\n", "[[sink]]\nkind = 1\n"), 6, "unknown field `kind`"),
        (&format!("{PLAIN}[[sink]]\nname = \"f\"\nfile.path = \"x\"\n"), 9, "two sinks 'f'"),
        (&format!("{PLAIN}[[stage]]\n"), 8, "the stage has 0 kinds"),
        (&format!("{PLAIN}[[stage]]\njson = {{}}\n"), 9, "missing field `expressions`"),
        (&format!("{PLAIN}[[stage]]\nparse.presets = \"x\"\n"), 9, "unknown field `presets`"),
        (
            &format!("{PLAIN}[[stage]]\nsources = [\"b\"]\nsample.rate = 1.0\n"),
            9,
            "unknown source 'b' (expected one of: a)",
        ),
        (
            &format!("{PLAIN}[[stage]]\nsample.rate = 1.0\nlabeldrop = [\"a\"]\n"),
            8,
            "the stage has 2 kinds",
        ),
        (
            &format!(
                "{PLAIN}[[sink]]\nname = \"l\"\nloki.url = \"h\"\nloki.bearer_token = \"s\"\n"
            ),
            11,
            "a secret does not stand here, but its place does",
        ),
        (&format!("{PLAIN}[telemetry.otlp]\nendpoint = \"x\"\n"), 9, "endpoint 'x': relative URL"),
        (&format!("{PLAIN}[telemetry.otlp]\nendpoint = \"ftp://x\"\n"), 9, "neither http nor"),
        (
            &format!("{PLAIN}[telemetry.otlp]\nendpoint = \"http://x\"\nsample_ratio = nan\n"),
            10,
            "a ratio of NaN is not between 0 and 1",
        ),
        (
            &format!("{PLAIN}[telemetry.otlp]\nendpoint = \"http://x\"\nprotocol = \"udp\"\n"),
            10,
            "unknown variant `udp`",
        ),
        (
            &format!(
                "{PLAIN}[telemetry.otlp]\nendpoint = \"http://x\"\n\
                 headers.\"a b\" = {{ file = \"f\" }}\n"
            ),
            10,
            "'a b' cannot be the name of a header",
        ),
        (&format!("{PLAIN}[privileges]\ngroup = \"adm\"\n"), 8, "missing field `user`"),
        (&format!("{PLAIN}[server]\nlisten = \"here\"\n"), 9, "invalid socket address"),
        (&format!("{PLAIN}[queue]\nmax_bytes = -1\n"), 9, "invalid value"),
        (&format!("{PLAIN}[queue]\nmax_bytes = 9\n"), 9, "a queue of 9 bytes is too small"),
    ];
    for (text, line, expected) in refusals {
        let message = parse(text).unwrap_err();
        let start = format!("ship.toml:{line}:");
        assert!(message.starts_with(&start) && message.contains(expected), "{text}\n{message}");
    }
}

#[test]
fn a_secret_that_stands_there_is_not_repeated() {
    let endpoint = "http://me:s3cret@otlp";
    let message = parse(&format!("{PLAIN}telemetry.otlp.endpoint = \"{endpoint}\"\n"));
    let message = message.unwrap_err();
    assert!(!message.contains("s3cret"), "{message}");
    let sink = "[[sink]]\nname = \"l\"\nloki.url = \"http://l\"\nloki.bearer_token = ";
    let secrets = ["\"s3cret\"", "{ s3cret = \"s3cret\" }", "{ file = [\"s3cret\"] }"];
    for secret in secrets {
        let message = parse(&format!("{PLAIN}{sink}{secret}\n")).unwrap_err();
        assert!(!message.contains("s3cret") && message.contains("its place does"), "{message}");
    }
    for place in ["{ file = \"/a\" }", "{ variable = \"A\" }"] {
        assert!(parse(&format!("{PLAIN}{sink}{place}\n")).is_ok(), "{place}");
    }
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    let error = Config::read(Path::new("/nowhere/ship.toml")).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/ship.toml: the configuration cannot be read"));
    assert_eq!(error.line(), None);
}
