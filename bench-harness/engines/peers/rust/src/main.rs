//! The protocol of runners (`../../README.md`) for peers in Rust that are too large to be built
//! with the harness: what is asked, and the clock around each pass.

mod arrow_csv;
mod input;

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::time::Instant;

use delimark_runner::model::{Answer, Model};

use self::input::Input;

fn main() -> io::Result<()> {
    let mut input = Input::default();
    let mut stdout = io::stdout().lock();
    for request in io::stdin().lock().lines() {
        let answer = respond(&request?, &mut input);
        writeln!(stdout, "{}", answer.unwrap_or_else(|error| format!("error {error}")))?;
        stdout.flush()?;
    }
    Ok(())
}

fn respond(request: &str, input: &mut Input) -> Result<String, Box<dyn Error>> {
    let (verb, rest) = request.split_once(' ').unwrap_or((request, ""));
    match verb {
        "about" => Ok(format!("{{\"engine\":\"{}\"}}", env!("COMPILER"))),
        "load" => Ok(format!("ok {}", input.load(rest.into())?)),
        "dialect" => input.set_dialect(rest).map(|()| "ok".to_owned()),
        "run" => run(rest, input),
        _ => Err(format!("there is no request '{verb}'").into()),
    }
}

fn run(words: &str, input: &Input) -> Result<String, Box<dyn Error>> {
    let (name, columns) = words.split_once(' ').unwrap_or((words, ""));
    let is_it = |model: &Model| model.name() == name;
    let model = Model::ALL.into_iter().find(is_it).ok_or(format!("there is no model '{name}'"))?;
    let columns = columns.split(',').filter(|column| !column.is_empty()).map(str::parse);
    let columns: Vec<usize> = columns.collect::<Result<_, _>>()?;
    let begin = Instant::now();
    let answer = arrow_csv::pass(model, &columns, input);
    let nanoseconds = begin.elapsed().as_nanos();
    match answer? {
        Answer::Records { records, fields, checksum } => {
            Ok(format!("ok {nanoseconds} {records} {fields} {checksum:x}"))
        }
        Answer::Words(_) => Err("it found no records".into()),
    }
}
