//! `delimark ship`: follows logs, and carries their lines to Loki and to files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use delimark_ship::{Event, Events};

use crate::{Exit, print, tell};

/// Follow logs, and carry their lines to Loki and to files without losing one
///
/// A configuration says where lines come from, what is found in them, and where they go. Files are
/// followed across rotations; what was read waits in queues on disk, and where it was read up to is
/// in a checkpoint, so that neither a crash nor a receiver that is away loses a line. SIGHUP, or a
/// change of the file, brings a new configuration into force if it is right; SIGTERM writes what
/// waits and ends.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The configuration
    #[arg(long, value_name = "FILE", required = true)]
    config: PathBuf,

    /// Check the configuration, say what it would do, and do nothing
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  delimark ship --config ship.toml
  delimark ship --config ship.toml --check

A configuration:
  state.folder = \"/var/lib/delimark\"

  [[source]]
  name = \"nginx\"
  labels = { job = \"nginx\" }
  files.paths = [\"/var/log/nginx/*.log\"]

  [[stage]]
  parse.preset = \"combined\"

  [[stage]]
  timestamp = { source = \"time_local\", format = \"clf\" }

  [[stage]]
  labels = { status = \"\" }

  [[sink]]
  name = \"copy\"
  file.path = \"/var/log/copy.jsonl\"

Exit codes:
  0  it was told to stop, standard input has ended, or the configuration is right
  2  the configuration is wrong, or the machine does not allow it";

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    if args.check {
        let text = read(&args.config)?;
        print(delimark_ship::check(&args.config, &text)?.as_bytes())?;
        return Ok(Exit::Success);
    }
    delimark_ship::run(&args.config, Arc::new(Told))?;
    Ok(Exit::Success)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path)
        .with_context(|| format!("{}: the configuration cannot be read", path.display()))
}

/// Prints events, a line each.
struct Told;

impl Events for Told {
    fn take(&self, event: &Event) {
        tell(format_args!("{event}"));
    }
}
