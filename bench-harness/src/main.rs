//! The program `delimark-bench`, nothing but an entry: all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    delimark_bench::main()
}
