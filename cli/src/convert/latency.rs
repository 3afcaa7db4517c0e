//! The conditions under which `--latency` can hold.

use anyhow::bail;
use delimark_pipeline::{IpcKind, Output, OutputFormat};

use super::opened::Opened;
use super::options::Args;

/// Refuses a latency that would not hold: of files, which nobody sees before they are whole, and of
/// pipes that are compressed, whose compressor decides when lines come out.
pub(super) fn check(
    args: &Args,
    format: &OutputFormat,
    output: &Output,
    inputs: &[Opened<'_>],
) -> anyhow::Result<()> {
    if args.latency.is_none() {
        return Ok(());
    }
    let is_format_read_early = match format {
        OutputFormat::Ipc(kind) => *kind == IpcKind::Stream,
        OutputFormat::Text(_) => true,
        OutputFormat::Parquet(_) => false,
    };
    let is_place_read_early = match output {
        Output::Standard => true,
        Output::File(path) => path.exists() && !path.is_file(),
        _ => false,
    };
    if !is_format_read_early {
        bail!(
            "--latency: nobody can read a part of such a file; --to says arrow-stream, csv or \
             jsonl"
        );
    }
    if !is_place_read_early {
        bail!(
            "--latency: a file has its name when it is whole; the output is to be -, or a pipe \
             that is there"
        );
    }
    let compressed = inputs.iter().find(|input| input.is_stream && input.deadline.is_none());
    if let Some(input) = compressed {
        bail!(
            "{}: --latency does not hold for what comes compressed through a pipe; decompress it \
             there, as with zcat",
            input.name
        );
    }
    Ok(())
}
