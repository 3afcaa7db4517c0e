//! Outputs of results: standard output, a device or pipe, or a file that is there when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use delimark_extract::Waiting;
use delimark_extract::escape::Printable;
use delimark_query::WriteError;
use tempfile::NamedTempFile;

use crate::{check_output, standard_output_error};

/// The mode of new files, less what the process masks.
const FILE_MODE: u32 = 0o666;

/// An output that is being written.
pub(super) enum Output {
    Standard(BufWriter<Waiting<io::Stdout>>),
    /// A device or a pipe, in whose place no file can be put.
    Stream(BufWriter<File>),
    File {
        writer: BufWriter<NamedTempFile>,
        path: PathBuf,
    },
}

impl Output {
    /// Opens the place of a result. A file takes one.
    pub(super) fn open(path: Option<&Path>, is_used: &mut bool) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            check_output()?;
            return Ok(Self::Standard(BufWriter::new(Waiting::new(io::stdout()))));
        };
        if std::mem::replace(is_used, true) {
            bail!("{}: a file takes the rows of one statement", shown(path));
        }
        // A link stays one: the file that it leads to is written.
        let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            let file = File::options().write(true).open(path);
            let file = file.with_context(|| format!("{} cannot be written", shown(path)))?;
            return Ok(Self::Stream(BufWriter::new(file)));
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let file = tempfile::Builder::new()
            .prefix(".delimark-unfinished-")
            .permissions(fs::Permissions::from_mode(FILE_MODE))
            .tempfile_in(folder);
        let file = file.with_context(|| format!("{} cannot be written", shown(path)))?;
        Ok(Self::File { writer: BufWriter::new(file), path: path.to_owned() })
    }

    /// Hands all of it on, and gives a file its name.
    pub(super) fn publish(self) -> io::Result<()> {
        match self {
            Self::Standard(mut writer) => writer.flush(),
            Self::Stream(mut writer) => writer.flush(),
            Self::File { writer, path } => {
                let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.persist(path).map(drop).map_err(|error| error.error)
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(writer) => writer.write(bytes),
            Self::Stream(writer) => writer.write(bytes),
            Self::File { writer, .. } => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(writer) => writer.flush(),
            Self::Stream(writer) => writer.flush(),
            Self::File { writer, .. } => writer.flush(),
        }
    }
}

/// Says where rows could not be written.
pub(super) fn explain(error: WriteError, path: Option<&Path>) -> anyhow::Error {
    match (error, path) {
        (WriteError::Result(error), _) => error.into(),
        (WriteError::Output(error), Some(path)) if path != Path::new("-") => {
            anyhow::Error::new(error).context(format!("{} cannot be written", shown(path)))
        }
        (WriteError::Output(error), _) => standard_output_error(error),
    }
}

fn shown(path: &Path) -> String {
    Printable(path.as_os_str().as_bytes()).to_string()
}
