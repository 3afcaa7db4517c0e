//! A program that speaks the protocol of runners, counts records and fields, and says of itself how
//! fast it was; how it misbehaves is in its file's name. The tests compile it with nothing but the
//! compiler.

use std::hint::black_box;
use std::io::{BufRead, Write};
use std::time::Duration;

/// The duration of a pass, in the program's own words.
const PASS_NS: f64 = 100_000.0;

/// The rounds of a pass in the function that tools look for.
const ROUNDS: f64 = 20_000.0;

struct Runner {
    /// The word before the last hyphen of its name, or all of it.
    fault: String,
    /// The number after it.
    amount: f64,
    backend: String,
    input: Vec<u8>,
    delimiter: u8,
    /// The number of measurements.
    measured: u32,
    noise: u64,
}

fn main() {
    let path = std::env::args().next().expect("a program has a name");
    let name = path.rsplit('/').next().unwrap_or(&path);
    let (fault, amount) = match name.rsplit_once('-') {
        Some((fault, amount)) if amount.parse::<f64>().is_ok() => (fault, amount.parse().unwrap()),
        _ => (name, 1.0),
    };
    if fault == "old" {
        eprintln!("the line is not 'verify N'");
        std::process::exit(2);
    }
    let mut runner = Runner {
        fault: fault.to_owned(),
        amount,
        backend: std::env::args().nth(1).expect("a runner is started with a backend"),
        input: Vec::new(),
        delimiter: 0,
        measured: 0,
        noise: u64::from(std::process::id()),
    };
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("requests are text");
        println!("{}", runner.answer(&line));
        std::io::stdout().flush().expect("somebody listens");
    }
}

impl Runner {
    fn answer(&mut self, request: &str) -> String {
        let words: Vec<&str> = request.split(' ').collect();
        // What ends with its backend is done by the scalar one alone.
        let is_able = self.backend == "scalar";
        match (self.fault.as_str(), words[0]) {
            ("lame", "about") | ("uncountable", "count") if !is_able => std::process::abort(),
            ("refusing", "about") if !is_able => {
                eprintln!("delimark-runner: there is no backend '{}'", self.backend);
                std::process::exit(2);
            }
            ("stubborn", "verify" | "measure") | ("uncounting", "count") => hang(),
            _ => {}
        }
        match words[..] {
            ["about"] => self.about(),
            ["load", path] => {
                self.input = std::fs::read(path).expect("the data are there");
                format!("ok {}", self.input.len())
            }
            ["dialect", delimiter, ..] => {
                self.delimiter = delimiter.parse().expect("a delimiter is a number");
                "ok".to_owned()
            }
            ["run", "count"] => format!("ok {} {}", self.pass_ns(), self.count()),
            ["count", "count"] => {
                delimark_counted_pass((ROUNDS * self.of("busy")) as u64);
                format!("ok 0 {}", self.count())
            }
            ["measure", passes, "count"] => self.measure(passes.parse().expect("a number")),
            _ => format!("error there is no request '{request}'"),
        }
    }

    fn about(&self) -> String {
        let protocol = if self.fault == "future" { 99 } else { 1 };
        let backend = if self.fault == "impostor" { "other" } else { &self.backend };
        format!(r#"{{"engine":"fake","backend":"{backend}","protocol":{protocol}}}"#)
    }

    /// Returns the factor of a fault, or 1.
    fn of(&self, fault: &str) -> f64 {
        if self.fault == fault { self.amount } else { 1.0 }
    }

    fn measure(&mut self, passes: usize) -> String {
        self.measured += 1;
        // The first look is a measurement of its own; those after it have several in a process.
        let is_late = self.measured > 1;
        match self.fault.as_str() {
            "crashing" => std::process::abort(),
            "crashing-later" if is_late => std::process::abort(),
            "hanging" => hang(),
            "hanging-later" if is_late => hang(),
            "garbling" => return "ok, but not as agreed".to_owned(),
            "wrong" => return "ok 1 1 0 0 0 5 5 5".to_owned(),
            "wrong-later" if is_late => self.input.push(b'\n'),
            _ => {}
        }
        let records = self.input.iter().filter(|&&byte| byte == b'\n').count();
        let allocations = match self.fault.as_str() {
            "allocating" => records as f64 * self.amount,
            _ => 0.0,
        };
        let peak = if self.fault == "hoarding" { 1e6 * self.amount } else { 1000.0 };
        let answer = self.count();
        let times: String = (0..passes).map(|_| format!(" {}", self.pass_ns())).collect();
        format!("ok {answer} {} {}{times}", allocations as u64, peak as u64)
    }

    /// Returns a time with a percent of noise, or as much as its name asks for.
    fn pass_ns(&mut self) -> u64 {
        self.noise = self.noise.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        let noise = (self.noise >> 40) as f64 / f64::from(1 << 24);
        let share = if self.fault == "shaky" { self.amount } else { 0.01 };
        (PASS_NS * self.of("slow") * (1.0 + share * noise)) as u64
    }

    fn count(&self) -> String {
        let count = |wanted| self.input.iter().filter(|&&byte| byte == wanted).count();
        let records = count(b'\n') + usize::from(self.fault == "miscounting");
        format!("{records} {} 0", records + count(self.delimiter))
    }
}

fn hang() {
    std::thread::sleep(Duration::from_secs(600));
}

#[inline(never)]
fn delimark_counted_pass(rounds: u64) {
    black_box((0..rounds).for_each(|round| {
        black_box(round);
    }));
}
