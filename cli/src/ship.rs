//! `delimark ship`: follows logs, and carries their lines to Loki and to files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};
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
    #[arg(long, value_name = "FILE", required_unless_present = "from_promtail")]
    config: Option<PathBuf>,

    /// Check the configuration, say what it would do, and do nothing
    #[arg(long)]
    check: bool,

    /// Print what a configuration of Promtail is here, and what it cannot be
    #[arg(long, value_name = "FILE", conflicts_with_all = ["config", "check"])]
    from_promtail: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  delimark ship --config ship.toml
  delimark ship --config ship.toml --check
  delimark ship --from-promtail promtail.yaml > ship.toml

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
  1  not all of a configuration of Promtail could be translated
  2  the configuration is wrong, or the machine does not allow it";

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    if let Some(path) = &args.from_promtail {
        return translate(path);
    }
    let Some(config) = &args.config else { unreachable!("clap asks for it") };
    if args.check {
        let text = read(config)?;
        print(delimark_ship::check(config, &text)?.as_bytes())?;
        return Ok(Exit::Success);
    }
    delimark_ship::run(config, Arc::new(Told))?;
    Ok(Exit::Success)
}

/// Prints the translation of a configuration of Promtail, and tells what is not in it.
fn translate(path: &Path) -> anyhow::Result<Exit> {
    let translation = delimark_ship::from_promtail(&read(path)?)
        .map_err(|error| anyhow!("{}: {error}", path.display()))?;
    print(translation.toml.as_bytes())?;
    for omission in &translation.omissions {
        tell(format_args!("{}: not translated: {omission}", path.display()));
    }
    Ok(if translation.omissions.is_empty() { Exit::Success } else { Exit::Failure })
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
