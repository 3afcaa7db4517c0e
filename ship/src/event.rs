//! Events: what happens on the way that somebody may want to be told of at once.

use std::fmt;

use serde::Serialize;

/// An event. It serializes as an object whose `event` says which one it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// A file is followed.
    Followed {
        /// Its path.
        path: String,
        /// The offset of the first byte that is read.
        offset: u64,
    },
    /// A file is followed from where an earlier run has read up to.
    Resumed {
        /// Its path.
        path: String,
        /// The offset of the first byte that is read.
        offset: u64,
    },
    /// A file was truncated, and begins again.
    Truncated {
        /// Its path.
        path: String,
        /// The offset that it had been read up to.
        offset: u64,
        /// The copy of its former bytes, in which the rest is read.
        copy: Option<String>,
    },
    /// A file that an earlier run has read is not there any more.
    Gone {
        /// Its path then.
        path: String,
        /// The offset that it had been read up to.
        offset: u64,
    },
    /// A file cannot be read.
    Unreadable {
        /// Its path.
        path: String,
        /// The reason.
        error: String,
    },
    /// A source cannot go on.
    SourceFailed {
        /// Its name.
        source: String,
        /// The reason.
        error: String,
    },
    /// A sender was refused or cut off.
    SenderRefused {
        /// The source.
        source: String,
        /// The address of the sender.
        sender: String,
        /// The reason.
        reason: String,
        /// The others that were refused since the one that was told before.
        others: u64,
    },
    /// A queue is full: sources wait.
    QueueFull {
        /// The sink whose queue it is.
        sink: String,
        /// The bytes in it.
        reason: String,
    },
    /// Entries are in no queue when the agent stops. Those of files are read again.
    NotQueued {
        /// The number of entries.
        entries: usize,
        /// The sinks whose queues were full.
        sinks: String,
    },
    /// Dead letters are not kept when the agent stops. Those of files are read again.
    LettersNotKept {
        /// Their number.
        letters: usize,
    },
    /// No file is there that the patterns of a source name.
    NothingFound {
        /// The patterns.
        paths: String,
    },
    /// Something of the agent's own cannot be written; it is tried again.
    NotWritten {
        /// The thing: a queue, the checkpoint, a sink.
        what: String,
        /// The reason.
        error: String,
    },
    /// A sink was ended before it had written everything; the rest stays in its queue.
    SinkCut {
        /// The sink.
        sink: String,
        /// The reason; it reads on behind the sink's name.
        reason: String,
    },
    /// Something that could not be written can be again.
    WrittenAgain {
        /// The thing.
        what: String,
    },
    /// A new configuration is in force.
    Reloaded {
        /// The sources, stages and sinks that it has.
        summary: String,
    },
    /// A new configuration was refused; the former one is still in force.
    ReloadRefused {
        /// The reason, with the line.
        error: String,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Followed { path, offset } => {
                write!(formatter, "{path}: followed from byte {offset}")
            }
            Self::Resumed { path, offset } => {
                write!(formatter, "{path}: followed again, from byte {offset}")
            }
            Self::Truncated { path, offset, copy } => {
                write!(formatter, "{path}: truncated after byte {offset} was read; ")?;
                match copy {
                    Some(copy) => write!(formatter, "the rest is read in its copy {copy}"),
                    None => formatter.write_str("no copy of it was found"),
                }
            }
            Self::Gone { path, offset } => write!(
                formatter,
                "{path}: not there any more; it had been read up to byte {offset}"
            ),
            Self::Unreadable { path, error } => {
                write!(formatter, "{path}: cannot be read: {error}; tried again")
            }
            Self::SourceFailed { source, error } => {
                write!(formatter, "source '{source}': {error}")
            }
            Self::SenderRefused { source, sender, reason, others } => {
                write!(formatter, "source '{source}': {sender}: {reason}")?;
                match others {
                    0 => Ok(()),
                    _ => write!(formatter, "; {others} more were refused within a second"),
                }
            }
            Self::QueueFull { sink, reason } => {
                write!(formatter, "sink '{sink}': {reason}; sources wait for room")
            }
            Self::NotQueued { entries, sinks } => write!(
                formatter,
                "{entries} entries had no room in the queue of {sinks}; files are read again"
            ),
            Self::LettersNotKept { letters } => write!(
                formatter,
                "{letters} dead letters were not kept; lines of files are read again, others are \
                 lost"
            ),
            Self::NothingFound { paths } => {
                write!(
                    formatter,
                    "no file is there, or may be looked at: {paths}; looked for again"
                )
            }
            Self::NotWritten { what, error } => {
                write!(formatter, "{what} cannot be written: {error}; tried again")
            }
            Self::SinkCut { sink, reason } => {
                write!(formatter, "sink '{sink}' {reason}; the rest stays in its queue")
            }
            Self::WrittenAgain { what } => write!(formatter, "{what} is written again"),
            Self::Reloaded { summary } => write!(formatter, "new configuration: {summary}"),
            Self::ReloadRefused { error } => {
                write!(formatter, "{error}; the former configuration stays in force")
            }
        }
    }
}

/// Takes events, from any thread.
pub trait Events: Send + Sync {
    /// Takes one.
    fn take(&self, event: &Event);
}

/// Takes no notice of any.
impl Events for () {
    fn take(&self, _: &Event) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_that_was_ended_is_not_said_to_be_tried_again() {
        let (sink, reason) = ("loki".to_owned(), "did not end within 10 s".to_owned());
        let text = Event::SinkCut { sink, reason }.to_string();
        assert_eq!(text, "sink 'loki' did not end within 10 s; the rest stays in its queue");
    }
}
