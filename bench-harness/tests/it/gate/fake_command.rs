//! A whole command for the gate: `COMMAND FAULT [FILE]` writes the first line of the file, or of
//! standard input, and takes some milliseconds. The tests compile it with nothing but the compiler.

use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let fault = arguments.next().expect("the fault is named");
    let input: Box<dyn Read> = match arguments.next() {
        Some(path) => Box::new(std::fs::File::open(path).expect("the data are there")),
        None => Box::new(std::io::stdin()),
    };
    let mut line = String::new();
    BufReader::new(input).read_line(&mut line).expect("the data are text");
    let milliseconds = match fault.as_str() {
        "slow" => 9,
        "sleeping" => 400,
        "hanging" => 600_000,
        _ => 3,
    };
    std::thread::sleep(Duration::from_millis(milliseconds));
    match fault.as_str() {
        "crashing" => std::process::abort(),
        "failing" => {
            eprintln!("as planned");
            std::process::exit(3);
        }
        "silent" => return,
        "endless" => loop {
            println!("{line}");
        },
        "wrong" => line.push('x'),
        "reopening" => {
            std::fs::write("/dev/stdout", line).expect("it can be opened");
            return;
        }
        "fickle" => line.push_str(&std::process::id().to_string()),
        _ => {}
    }
    println!("{}", line.trim_end());
}
