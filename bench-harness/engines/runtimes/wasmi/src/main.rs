//! `delimark-wasmi MODULE`: holds one of this project's WebAssembly modules under the interpreter
//! wasmi, and answers the protocol of `bench-harness/engines/runtimes/README.md`.

mod module;

use std::env;
use std::fs;
use std::io::{self, BufRead, Read, Write};
use std::process::ExitCode;

use self::module::{Failure, Module};

/// The engine and its version, which Cargo.toml pins.
const ENGINE: &str = "wasmi 2.0.0";

fn main() -> ExitCode {
    let Some(path) = env::args().nth(1) else {
        eprintln!("delimark-wasmi: it takes the path of a module, or --version");
        return ExitCode::from(2);
    };
    if path == "--version" {
        println!("{ENGINE}");
        return ExitCode::SUCCESS;
    }
    let code = match fs::read(&path) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("delimark-wasmi: {path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    match Module::new(&code).map_err(|failure| failure.to_string()).and_then(serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("delimark-wasmi: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Answers requests until there are no more.
fn serve(mut module: Module) -> Result<(), String> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut line = String::new();
    loop {
        line.clear();
        match input.read_line(&mut line) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(format!("standard input: {error}")),
        }
        let said = match answer(&mut module, line.trim_end_matches('\n'), &mut input) {
            Ok(said) => said,
            Err(Failure::Refusal(message)) => format!("error {message}"),
            Err(Failure::Fatal(message)) => return Err(message),
        };
        writeln!(output, "{said}")
            .and_then(|()| output.flush())
            .map_err(|error| format!("standard output: {error}"))?;
    }
}

/// Answers one request.
fn answer(module: &mut Module, line: &str, input: &mut impl Read) -> Result<String, Failure> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    match verb {
        "verify" => {
            let fatal = |error: &dyn std::fmt::Display| Failure::Fatal(error.to_string());
            let length = rest.parse().map_err(|error| fatal(&error))?;
            let mut frame = vec![0; length];
            input.read_exact(&mut frame).map_err(|error| fatal(&error))?;
            module.send(&frame, "delimark_verify")?;
            module.text("answer")
        }
        "load" => Ok(format!("ok {}", module.load(rest)?)),
        "dialect" => {
            module.send(dialect(rest)?.as_bytes(), "delimark_set_dialect")?;
            Ok("ok".to_owned())
        }
        "run" => {
            let (model, columns) = rest.split_once(' ').unwrap_or((rest, ""));
            module.send(format!("{model} {columns}").as_bytes(), "delimark_prepare")?;
            let pass = module.run()?;
            let [records, fields, checksum] = pass.answer;
            Ok(format!("ok {} {records} {fields} {checksum:x}", pass.duration.as_nanos()))
        }
        "about" => {
            let compile_ns = module.compile_time().as_nanos();
            let about = serde_json::json!({
                "engine": ENGINE,
                "backend": module.text("backend")?,
                "compile_ns": u64::try_from(compile_ns).unwrap_or(u64::MAX),
            });
            Ok(about.to_string())
        }
        _ => Err(Failure::Refusal(format!("there is no request '{verb}'"))),
    }
}

/// Turns the words of a request into what the module takes.
fn dialect(words: &str) -> Result<String, Failure> {
    const NAMES: [&str; 7] =
        ["delimiter", "columns", "ragged", "line_ending", "line_limit", "quote", "escape"];
    let words: Vec<&str> = words.split(' ').collect();
    if !matches!(words.len(), 5 | 7) {
        return Err(Failure::Refusal(format!("a dialect has 5 or 7 words, not {}", words.len())));
    }
    let pairs: Vec<String> =
        NAMES.iter().zip(words).map(|(name, word)| format!("{name}={word}")).collect();
    Ok(format!("{}\n", pairs.join(" ")))
}
