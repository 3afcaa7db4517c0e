//! The order of the output: chunks are formatted by any thread, and written in turns.

use std::io::Write;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::error::ExtractError;
use crate::input::InputName;
use crate::left_out::{LeftOutLine, LeftOutReason};
use crate::messages::append_message;
use crate::pending::Pending;
use crate::truncation::TruncationCheck;

/// The outputs of a copy.
pub struct Sinks<'a> {
    /// Receives what was extracted.
    pub output: &'a mut (dyn Write + Send),
    /// A message for every line left out, dropped where it cannot be written.
    pub messages: &'a mut (dyn Write + Send),
    /// Every ragged line as it is, where that is wanted.
    pub ragged_lines: Option<&'a mut (dyn Write + Send)>,
}

/// Counts of the lines that went by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// Lines, those left out, comments and header included.
    pub lines: u64,
    /// Lines left out as ragged.
    pub ragged: u64,
    /// Lines left out as longer than the limit.
    pub too_long: u64,
    /// Lines left out as comments.
    pub comments: u64,
}

/// A part of the output that is not yet known to be right.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) output: Pending,
    pub(crate) left_out: Vec<LeftOutLine>,
    /// The ragged lines as they are, if they are wanted.
    pub(crate) ragged_lines: Vec<u8>,
    /// The offset in the input of the first byte that it comes from.
    pub(crate) offset: u64,
    /// The lines of the chunk so far.
    pub(crate) lines: u64,
    /// The comments among them that are not counted yet.
    pub(crate) comments: u64,
}

impl Part {
    /// Returns true if nothing is in it that would be written.
    pub(crate) fn is_empty(&self) -> bool {
        self.output.len() == 0 && self.left_out.is_empty()
    }

    /// Begins the next chunk.
    pub(crate) fn begin(&mut self) {
        self.clear();
        self.lines = 0;
    }

    fn clear(&mut self) {
        self.output.truncate(0);
        self.left_out.clear();
        self.ragged_lines.clear();
        self.comments = 0;
    }
}

/// A writer of parts to the sinks, with its buffers.
pub(crate) struct Writer<'a> {
    pub(crate) sinks: Sinks<'a>,
    pub(crate) counts: LineCounts,
    messages: Vec<u8>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(sinks: Sinks<'a>) -> Self {
        Self { sinks, counts: LineCounts::default(), messages: Vec::new() }
    }

    /// Writes bytes that are a message. Where that cannot be done there is nobody left to tell;
    /// fields still can.
    pub(crate) fn tell(&mut self, message: &[u8]) {
        let _ = self.sinks.messages.write_all(message);
    }

    fn write(
        &mut self,
        part: &Part,
        name: &InputName,
        lines_before: u64,
    ) -> Result<(), ExtractError> {
        self.sinks.output.write_all(part.output.as_bytes()).map_err(ExtractError::output)?;
        self.counts.lines = lines_before + part.lines;
        self.counts.comments += part.comments;
        if part.left_out.is_empty() {
            return Ok(());
        }
        self.messages.clear();
        for line in &part.left_out {
            append_message(line, name, lines_before, &mut self.messages);
            match line.reason {
                LeftOutReason::Ragged(_) | LeftOutReason::Mismatch(_) => self.counts.ragged += 1,
                LeftOutReason::TooLong { .. } => self.counts.too_long += 1,
            }
        }
        let _ = self.sinks.messages.write_all(&self.messages);
        match &mut self.sinks.ragged_lines {
            Some(lines) => lines.write_all(&part.ragged_lines).map_err(ExtractError::ragged_lines),
            None => Ok(()),
        }
    }
}

/// The turns in which the chunks of an input are written.
pub(crate) struct Order<'o, 'a> {
    writing: Mutex<Writing<'o, 'a>>,
    turned: Condvar,
}

/// The writer, and how far it got with an input.
pub(crate) struct Writing<'o, 'a> {
    writer: &'o mut Writer<'a>,
    name: &'o InputName,
    check: Option<&'o TruncationCheck>,
    /// The number of the chunk whose turn it is.
    number: u64,
    /// The lines before that chunk.
    lines_before: u64,
    ended: bool,
    error: Option<ExtractError>,
}

/// Says that nothing more is to be written.
#[derive(Debug)]
pub(crate) struct Ended;

impl<'o, 'a> Order<'o, 'a> {
    /// Begins an input of which this many lines have gone by.
    pub(crate) fn new(
        writer: &'o mut Writer<'a>,
        name: &'o InputName,
        check: Option<&'o TruncationCheck>,
        lines_before: u64,
    ) -> Self {
        let writing =
            Writing { writer, name, check, number: 0, lines_before, ended: false, error: None };
        Self { writing: Mutex::new(writing), turned: Condvar::new() }
    }

    /// Returns the error that ended it, if there was one.
    pub(crate) fn finish(self) -> Result<(), ExtractError> {
        let writing = self.writing.into_inner().unwrap_or_else(PoisonError::into_inner);
        writing.error.map_or(Ok(()), Err)
    }

    /// Returns the turn of the chunk with this number.
    pub(crate) fn turn(&self, number: u64) -> Turn<'_, 'o, 'a> {
        Turn { order: self, number, writing: None }
    }

    fn lock(&self) -> MutexGuard<'_, Writing<'o, 'a>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of a chunk, taken when there is something to write.
pub(crate) struct Turn<'t, 'o, 'a> {
    order: &'t Order<'o, 'a>,
    number: u64,
    writing: Option<MutexGuard<'t, Writing<'o, 'a>>>,
}

impl<'o, 'a> Turn<'_, 'o, 'a> {
    /// Waits until all chunks before this one are written.
    pub(crate) fn take(&mut self) -> Result<&mut Writing<'o, 'a>, Ended> {
        if self.writing.is_none() {
            let (order, number) = (self.order, self.number);
            let is_early =
                |writing: &mut Writing<'_, '_>| !writing.ended && writing.number != number;
            let writing = order.turned.wait_while(order.lock(), is_early);
            self.writing = Some(writing.unwrap_or_else(PoisonError::into_inner));
        }
        match &mut self.writing {
            Some(writing) if !writing.ended => Ok(&mut **writing),
            _ => Err(Ended),
        }
    }

    /// Writes what is left of the chunk, and lets the next one have its turn.
    pub(crate) fn end(mut self, part: &mut Part) -> Result<(), Ended> {
        let writing = self.take()?;
        writing.write(part)?;
        writing.number += 1;
        writing.lines_before += part.lines;
        Ok(())
    }
}

impl Drop for Turn<'_, '_, '_> {
    fn drop(&mut self) {
        // A thread that panics never has its turn; the others are not to wait for it.
        if thread::panicking() {
            self.writing.take();
            self.order.lock().ended = true;
        }
        self.writing.take();
        self.order.turned.notify_all();
    }
}

impl Writing<'_, '_> {
    /// Returns the lines before the chunk.
    pub(crate) fn lines_before(&self) -> u64 {
        self.lines_before
    }

    /// Verifies that a part was read right, writes and empties it.
    pub(crate) fn write(&mut self, part: &mut Part) -> Result<(), Ended> {
        let verified = verify(self.check, part.offset);
        let written = verified.and_then(|()| self.writer.write(part, self.name, self.lines_before));
        part.clear();
        written.map_err(|error| self.end(error))
    }

    /// Ends the input with an error, unless what led to it was not read right.
    pub(crate) fn fail(&mut self, error: ExtractError, offset: u64) -> Ended {
        // The zeros of a truncated map look like an endless line.
        let error = verify(self.check, offset).err().unwrap_or(error);
        self.end(error)
    }

    fn end(&mut self, error: ExtractError) -> Ended {
        self.ended = true;
        self.error = Some(error);
        Ended
    }
}

/// Makes sure that what was read so far is what the input holds.
pub(crate) fn verify(check: Option<&TruncationCheck>, offset: u64) -> Result<(), ExtractError> {
    check
        .map_or(Ok(()), TruncationCheck::verify)
        .map_err(|truncated| ExtractError::truncated(truncated, offset))
}
