//! `delimark completions`: what a shell needs to complete verbs and options.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{Cli, Exit, print};

/// Print the completions of a shell
///
/// Where they have to be put is the shell's business: its manual says so.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  source <(delimark completions bash)
  delimark completions zsh > ~/.zfunc/_delimark
  delimark completions fish > ~/.config/fish/completions/delimark.fish

Exit codes:
  0  they were printed
  2  the command line is wrong, or standard output cannot be written")]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "delimark", &mut script);
    print(&script)?;
    Ok(Exit::Success)
}
