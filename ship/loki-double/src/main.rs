//! The program `delimark-loki-double`: the double at an address, until it is ended.
//!
//! It prints its address as one line once it takes requests, so that whoever started it with port 0
//! knows where it is. `POST /double/faults` adds faults to pushes that follow.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::{env, io};

use delimark_loki_double::LokiDouble;

const USAGE: &str = "usage: delimark-loki-double [ADDRESS]

Serves at ADDRESS, such as 127.0.0.1:3100 (by default a free port of 127.0.0.1), and prints its URL.
Ends with 2 if the address is wrong or taken.
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            let _ = io::stderr().write_all(text.as_bytes());
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let mut arguments = env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:0".to_owned());
    if arguments.next().is_some() || address.starts_with('-') {
        return Err(USAGE.to_owned());
    }
    let address: SocketAddr =
        address.parse().map_err(|error| format!("address '{address}': {error}\n{USAGE}"))?;
    let double = LokiDouble::start(address).map_err(|error| format!("{address}: {error}\n"))?;
    let printed = writeln!(io::stdout(), "{}", double.url());
    printed.map_err(|error| format!("cannot print the URL: {error}\n"))?;
    double.wait();
    Ok(())
}
