//! An engine that is right, and the same engine with a known fault: what `verify` has to catch.
//! The tests compile it with nothing but the compiler, so that it is never stale.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::time::Duration;

/// The fault of the engine.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    Talkative,
    DropsTheLastField,
    BlindAtByte63,
    Aborts,
    Panics,
    Hangs,
    PrintsGarbage,
    PrintsNothing,
    AcceptsEverything,
    RejectsEverything,
    ListsNoRaggedLines,
    MiscountsLines,
    RejectsByException,
    RejectsWithAnErrorOnly,
    RejectsWithEmptyLists,
    AcceptsWithAnError,
    Contradicts,
    EscapesTheTerminal,
}

fn fault(name: &str) -> Fault {
    match name {
        "none" => Fault::None,
        "talkative" => Fault::Talkative,
        "drops-the-last-field" => Fault::DropsTheLastField,
        "blind-at-byte-63" => Fault::BlindAtByte63,
        "aborts" => Fault::Aborts,
        "panics" => Fault::Panics,
        "hangs" => Fault::Hangs,
        "prints-garbage" => Fault::PrintsGarbage,
        "prints-nothing" => Fault::PrintsNothing,
        "accepts-everything" => Fault::AcceptsEverything,
        "rejects-everything" => Fault::RejectsEverything,
        "lists-no-ragged-lines" => Fault::ListsNoRaggedLines,
        "miscounts-lines" => Fault::MiscountsLines,
        "rejects-by-exception" => Fault::RejectsByException,
        "rejects-with-an-error-only" => Fault::RejectsWithAnErrorOnly,
        "rejects-with-empty-lists" => Fault::RejectsWithEmptyLists,
        "accepts-with-an-error" => Fault::AcceptsWithAnError,
        "contradicts" => Fault::Contradicts,
        "escapes-the-terminal" => Fault::EscapesTheTerminal,
        _ => panic!("there is no fault {name}"),
    }
}

fn main() {
    let fault = fault(&std::env::args().nth(1).expect("the fault is named"));
    match fault {
        Fault::Aborts => std::process::abort(),
        Fault::Panics => panic!("as planned"),
        Fault::Hangs => std::thread::sleep(Duration::from_secs(3600)),
        Fault::PrintsGarbage => return print!("records: a, b"),
        Fault::PrintsNothing => return,
        // Its input is not read: nobody may wait for that.
        Fault::RejectsEverything => std::process::exit(1),
        Fault::Talkative => eprintln!("{}", "chatter ".repeat(100_000)),
        _ => {}
    }
    let mut frame = Vec::new();
    std::io::stdin().read_to_end(&mut frame).expect("standard input can be read");
    let (mut answer, accepts) = answer(fault, &frame);
    match fault {
        Fault::RejectsByException if !accepts => {
            eprintln!("Traceback:\n  line 1\nValueError: as planned");
            answer.clear();
        }
        Fault::RejectsWithAnErrorOnly if !accepts => answer = r#"{"error":{}}"#.to_owned(),
        Fault::RejectsWithEmptyLists if !accepts => {
            answer = r#"{"records":[],"lines":[],"ragged":[],"error":{}}"#.to_owned();
        }
        Fault::AcceptsWithAnError => answer.insert_str(1, r#""error":{},"#),
        Fault::Contradicts => answer.insert_str(1, r#""inconsistencies":["itself"],"#),
        Fault::EscapesTheTerminal => {
            eprintln!("\u{1b}[2J\rok 1");
            answer = r#"{"error":{"kind":"\u001b[2J\nok 2"}}"#.to_owned();
        }
        _ => {}
    }
    std::io::stdout().write_all(answer.as_bytes()).expect("standard output can be written");
    if (!accepts && fault != Fault::AcceptsEverything) || fault == Fault::EscapesTheTerminal {
        std::process::exit(1);
    }
}

/// Takes the input apart as plainly as can be.
fn answer(fault: Fault, frame: &[u8]) -> (String, bool) {
    let end = frame.iter().position(|&byte| byte == b'\n').expect("the frame has a header");
    let header = std::str::from_utf8(&frame[..end]).expect("the header is text");
    let words: HashMap<_, _> = header.split(' ').filter_map(|word| word.split_once('=')).collect();
    let input = &frame[end + 1..];
    let number = |name: &str| words[name].parse::<usize>().expect("it is a number");
    let columns = (words["columns"] != "any").then(|| number("columns"));
    let (delimiter, limit) = (number("delimiter") as u8, number("line_limit"));

    let (mut records, mut lines, mut ragged) = (Vec::new(), Vec::new(), Vec::new());
    let mut accepts = !matches!(delimiter, b'\n' | b'\r') && columns != Some(0) && limit > 0;
    let mut offset = 0;
    for (index, line) in input.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let mut fields = fields(fault, line, offset, delimiter);
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        if content.len() > limit {
            accepts = false;
        }
        if columns.is_some_and(|columns| columns != fields.len()) {
            match words["ragged"] {
                "report" => {
                    let (line, found) = (index + 1, fields.len());
                    ragged
                        .push(format!("{{\"line\":{line},\"offset\":{offset},\"found\":{found}}}"));
                    offset += content.len() + 1;
                    continue;
                }
                policy => accepts = accepts && policy != "error",
            }
        }
        if !accepts {
            break;
        }
        offset += line.len();
        if fault == Fault::DropsTheLastField {
            fields.pop();
        }
        records.push(format!("[{}]", fields.join(",")));
        let number = index + 1 + usize::from(fault == Fault::MiscountsLines && index > 0);
        lines.push(number.to_string());
    }
    let ragged = match fault {
        Fault::ListsNoRaggedLines => String::new(),
        _ => format!(",\"ragged\":[{}]", ragged.join(",")),
    };
    let (records, lines) = (records.join(","), lines.join(","));
    (format!("{{\"records\":[{records}],\"lines\":[{lines}]{ragged}}}\n"), accepts)
}

/// Returns the fields of a line, as strings of JSON.
fn fields(fault: Fault, line: &[u8], offset: usize, delimiter: u8) -> Vec<String> {
    let content = line.strip_suffix(b"\r\n").or_else(|| line.strip_suffix(b"\n")).unwrap_or(line);
    let mut fields = vec![String::new()];
    for (place, &byte) in content.iter().enumerate() {
        let is_seen = fault != Fault::BlindAtByte63 || (offset + place) % 64 != 63;
        match fields.last_mut() {
            Some(field) if byte != delimiter || !is_seen => {
                field.push_str(&format!("\\u{byte:04x}"));
            }
            _ => fields.push(String::new()),
        }
    }
    fields.into_iter().map(|field| format!("\"{field}\"")).collect()
}
