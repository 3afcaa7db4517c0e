//! Standard input, read by a thread of its own until it ends.

use std::io;
use std::sync::Arc;
use std::thread;

use bytes::{Buf, BytesMut};
use tokio::sync::mpsc::Sender;

use super::cutter::{Cutter, LineRules, READ_BYTES, Read};
use super::feed::Feed;
use crate::config::{SourceKind, StdinConfig};
use crate::event::{Event, Events};

/// Starts to read.
pub(super) fn start(name: &str, rules: LineRules, events: &Arc<dyn Events>) -> Feed {
    let (sender, feed) = Feed::new(&SourceKind::Stdin(&StdinConfig {}), rules);
    let (name, events) = (name.to_owned(), events.clone());
    // It ends with the process: nothing can wake who waits for a terminal.
    thread::spawn(move || {
        if let Err(error) = read_all(io::stdin().lock(), rules, &sender) {
            let error = format!("standard input cannot be read: {error}");
            events.take(&Event::SourceFailed { source: name, error });
        }
    });
    feed
}

/// Reads lines until the input ends, or nobody takes them any more.
fn read_all(mut input: impl io::Read, rules: LineRules, sender: &Sender<Read>) -> io::Result<()> {
    let mut cutter = Cutter::new("stdin".into(), 0, 0, Some(0));
    let mut waiting = BytesMut::new();
    loop {
        let mut piece = BytesMut::zeroed(READ_BYTES);
        let count = match input.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => result?,
        };
        waiting.extend_from_slice(&piece[..count]);
        let mut bytes = waiting.split().freeze();
        let (read, taken) = cutter.cut(&bytes, rules, count == 0);
        bytes.advance(taken);
        waiting.extend_from_slice(&bytes);
        let is_empty = read.lines.is_empty() && read.dead.is_empty();
        if (!is_empty && sender.blocking_send(read).is_err()) || count == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::newline::Newline;

    #[test]
    fn all_lines_come_out_whatever_the_reads() {
        let rules = LineRules { max_bytes: 1_000, newline: Newline::Byte };
        let (sender, mut feed) = Feed::new(&SourceKind::Stdin(&StdinConfig {}), rules);
        let text: String = (0..100_000).map(|number| format!("line {number}\n")).collect();
        let reader = text.clone();
        let thread = thread::spawn(move || read_all(reader.as_bytes(), rules, &sender).unwrap());
        let mut found = Vec::new();
        while !feed.has_ended() {
            for lines in feed.next().into_iter().flat_map(|read| read.lines) {
                found.extend_from_slice(&lines.bytes);
            }
        }
        thread.join().unwrap();
        assert!(found == text.as_bytes(), "{} of {} bytes", found.len(), text.len());
    }
}
