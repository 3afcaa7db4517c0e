//! `delimark-bench demo`: the page that splits a log and measures this project in a browser.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use delimark_harness::checkout;

use super::tell;
use crate::demo::{self, Server};
use crate::exit::Exit;

/// Build the demo page and serve it on this machine
///
/// The page splits a log of any size in the browser, and measures there how fast. It is put
/// together in target/demo from this checkout, with both WebAssembly modules, and served on the
/// loopback interface with the headers that let it use threads. The folder is all there is to it:
/// any host of static files can serve it, too.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark-bench demo
  delimark-bench demo --port 8000
  delimark-bench demo --no-serve --output site

Exit codes:
  0  the page was built; where it is served, this goes on until it is stopped
  2  the page cannot be built, or not be served")]
pub(crate) struct Args {
    /// The port to serve on [default: a free one]
    #[arg(long, value_name = "PORT", conflicts_with = "no_serve")]
    port: Option<u16>,

    /// Build the page and print its folder
    #[arg(long)]
    no_serve: bool,

    /// The folder to build it in [default: target/demo of this checkout]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Exit> {
    let root = checkout::root()
        .context("the page is built from a checkout of Delimark: run this inside of one")?;
    let folder = args.output.clone().unwrap_or_else(|| root.join("target").join("demo"));
    // Before the work: a port that is taken is known at once.
    let server = match args.no_serve {
        true => None,
        false => Some(Server::bind(args.port)?),
    };
    tell(format_args!("building the page; the first time takes minutes"));
    demo::build(&root, &folder)?;
    let mut stdout = io::stdout().lock();
    let Some(server) = server else {
        writeln!(stdout, "{}", folder.display())?;
        return Ok(Exit::Success);
    };
    writeln!(stdout, "{}", server.address())?;
    stdout.flush()?;
    tell(format_args!("this serves {} until it is stopped with Ctrl-C", folder.display()));
    server.serve(&folder)
}
