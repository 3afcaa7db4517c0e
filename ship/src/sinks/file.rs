//! The sink that appends to a file: lines alone, or objects with all that is known of them.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::config::{FileSinkConfig, LineShape};
use crate::entry::Entry;
use crate::event::{Event, Events};
use crate::metrics::Metrics;
use crate::queue::{QueueReader, QueuedBatch};
use crate::sinks::json::JsonWriter;
use crate::whole_lines::cut_torn_line;

/// The bytes of entries that are read at once.
const BATCH_BYTES: usize = 1 << 20;

/// The bytes after which the file is synced and entries are acknowledged, if more wait.
const SYNC_BYTES: usize = 8 << 20;

/// The time between two tries to write.
const RETRY: Duration = Duration::from_secs(1);

/// Appends entries to a file.
pub(crate) struct FileSink {
    name: String,
    config: FileSinkConfig,
    file: Option<File>,
    text: Vec<u8>,
    json: JsonWriter,
    /// What was read and is not acknowledged; it is written again after a failure.
    pending: Vec<QueuedBatch>,
    /// True if all that is pending is in the file.
    is_written: bool,
    metrics: Arc<Metrics>,
    events: Arc<dyn Events>,
}

impl FileSink {
    pub(crate) fn new(
        name: &str,
        config: &FileSinkConfig,
        metrics: &Arc<Metrics>,
        events: &Arc<dyn Events>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            config: config.clone(),
            file: None,
            text: Vec::new(),
            json: JsonWriter::default(),
            pending: Vec::new(),
            is_written: false,
            metrics: metrics.clone(),
            events: events.clone(),
        }
    }

    /// Writes entries until it is told to stop, and then those that still wait.
    pub(crate) async fn run(mut self, mut reader: QueueReader, mut stop: watch::Receiver<bool>) {
        let mut is_told = false;
        loop {
            let is_stopping = *stop.borrow_and_update();
            match tokio::task::block_in_place(|| self.write_waiting(&mut reader)) {
                Ok(true) => is_told = false,
                Ok(false) if is_stopping => return,
                Ok(false) => {
                    is_told = false;
                    tokio::select! {
                        () = reader.wait(1) => {}
                        _ = stop.changed() => {}
                    }
                }
                Err(error) => {
                    // It is opened again, since a file that failed once may have lost what it had.
                    self.file = None;
                    if !is_told {
                        let what = format!("sink '{}': {}", self.name, self.config.path.display());
                        let error = error.to_string();
                        self.events.take(&Event::NotWritten { what, error });
                        is_told = true;
                    }
                    if is_stopping {
                        return;
                    }
                    tokio::select! {
                        () = tokio::time::sleep(RETRY) => {}
                        _ = stop.changed() => {}
                    }
                }
            }
        }
    }

    /// Writes what waits, up to some megabytes, and acknowledges it; tells whether there was any.
    fn write_waiting(&mut self, reader: &mut QueueReader) -> io::Result<bool> {
        if self.pending.is_empty() {
            let mut bytes = 0;
            while bytes < SYNC_BYTES {
                let batch = reader.next(BATCH_BYTES).map_err(io::Error::other)?;
                let Some(batch) = batch else { break };
                bytes += batch.entries.iter().map(|entry| entry.line.len()).sum::<usize>();
                self.pending.push(batch);
            }
        }
        let Some(last) = self.pending.last() else { return Ok(false) };
        let position = last.position;
        if !self.is_written {
            self.write_pending()?;
            self.is_written = true;
        }
        reader.ack(position).map_err(io::Error::other)?;
        let entries = self.pending.iter().map(|batch| batch.entries.len() as u64).sum();
        self.metrics.count_written(&self.name, entries);
        self.pending.clear();
        self.is_written = false;
        Ok(true)
    }

    fn write_pending(&mut self) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        let mut written = Ok(());
        for batch in &pending {
            written = written.and_then(|()| self.write(&batch.entries));
        }
        self.pending = pending;
        written?;
        self.file.as_ref().map_or(Ok(()), File::sync_data)
    }

    fn write(&mut self, entries: &[Entry]) -> io::Result<()> {
        self.text.clear();
        for entry in entries {
            match self.config.shape {
                LineShape::Raw => self.text.extend_from_slice(&entry.line),
                LineShape::Json => self.json.write(entry, &mut self.text)?,
                LineShape::Fields => self.json.write_fields(entry, &mut self.text)?,
            }
            self.text.push(b'\n');
        }
        if !self.is_in_place() {
            // What was written to it under its former name is acknowledged, too.
            self.file.as_ref().map_or(Ok(()), File::sync_data)?;
            self.file = Some(open(&self.config.path)?);
        }
        let file = self.file.as_mut().expect("it was opened");
        file.write_all(&self.text)
    }

    /// Tells whether the file that is open is the one that has the name: it may have been rotated
    /// away.
    fn is_in_place(&self) -> bool {
        let Some(own) = self.file.as_ref().and_then(|file| file.metadata().ok()) else {
            return false;
        };
        let place = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
        fs::metadata(&self.config.path).is_ok_and(|there| place(&there) == place(&own))
    }
}

/// Opens a file to append to, without the part of a line that a process left which was killed: its
/// entry was not acknowledged, and comes again.
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::options().create(true).read(true).append(true).open(path)?;
    if !file.metadata()?.is_file() {
        return Ok(file);
    }
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let message = "another process is writing it at this moment";
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, message));
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    cut_torn_line(&mut file)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_line_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/out");
        assert_eq!(open(&path).unwrap().metadata().unwrap().len(), 0);
        fs::write(&path, "one\ntwo\nthr").unwrap();
        let file = open(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\ntwo\n");
        let error = open(&path).unwrap_err();
        assert!(error.to_string().contains("another process is writing it"), "{error}");
        drop(file);
        fs::write(&path, "a".repeat(200_000)).unwrap();
        open(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
    }
}
