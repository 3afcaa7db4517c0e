//! Sources: where lines come from.

mod cutter;
mod feed;
mod files;
mod stdin;
mod syslog;

use std::io;
use std::path::Path;
use std::sync::Arc;

use self::cutter::LineRules;
pub(crate) use self::cutter::Read;
use self::feed::Feed;
use self::files::Files;
pub(crate) use self::files::{FileState, Lag};
use crate::config::{FilesConfig, Misplaced, SourceConfig, SourceKind, SyslogConfig};
use crate::event::Events;
use crate::newline::Newline;

/// A source that lines are read from.
#[derive(Debug)]
pub(crate) enum Source {
    /// Files, which remember where they were read up to.
    Files(Box<Files>),
    /// What comes by itself, from another thread.
    Feed(Feed),
}

impl Source {
    /// Checks what only the kind itself knows.
    pub(crate) fn check(kind: SourceKind<'_>) -> Result<(), Misplaced> {
        match kind {
            SourceKind::Files(files) => Files::check(files),
            SourceKind::Stdin(_) | SourceKind::Syslog(_) => Ok(()),
        }
    }

    /// Tells whether the patterns of a source name a path, be there such a file or not.
    pub(crate) fn names(config: &FilesConfig, path: &Path) -> Result<bool, Misplaced> {
        Files::names(config, path)
    }

    /// Listens for a moment where others that are held already do not.
    ///
    /// # Errors
    ///
    /// An address or a path cannot be listened at.
    pub(crate) fn try_to_listen(config: &SyslogConfig, held: &[&SyslogConfig]) -> io::Result<()> {
        syslog::try_to_listen(config, held)
    }

    /// Starts a source; files go on from what a checkpoint has of them.
    ///
    /// # Errors
    ///
    /// An address or a path cannot be listened at.
    pub(crate) fn start(
        config: &SourceConfig,
        kind: SourceKind<'_>,
        states: Option<Vec<FileState>>,
        events: &Arc<dyn Events>,
    ) -> io::Result<Self> {
        let name = config.name.get_ref();
        let rules = line_rules(config).map_err(io::Error::other)?;
        Ok(match kind {
            SourceKind::Files(files) => {
                let files = Files::new(files, rules, states);
                Self::Files(Box::new(files.map_err(io::Error::other)?))
            }
            SourceKind::Stdin(_) => Self::Feed(stdin::start(name, rules, events)),
            SourceKind::Syslog(syslog) => Self::Feed(syslog::start(name, syslog, rules, events)?),
        })
    }

    /// Goes on with another configuration, if it can.
    pub(crate) fn reconfigure(
        &mut self,
        config: &SourceConfig,
        kind: SourceKind<'_>,
    ) -> Result<bool, Misplaced> {
        match (self, kind) {
            (Self::Files(own), SourceKind::Files(files)) => {
                own.reconfigure(files, line_rules(config)?)?;
                Ok(true)
            }
            (Self::Feed(own), kind) => Ok(own.is_of(&kind, line_rules(config)?)),
            _ => Ok(false),
        }
    }

    /// Ends a source that nobody names any more; what it has taken in still comes out. Tells
    /// whether there can be any.
    pub(crate) async fn close(&mut self) -> bool {
        match self {
            // It is still in its files.
            Self::Files(_) => false,
            Self::Feed(feed) => {
                feed.close().await;
                true
            }
        }
    }

    /// Returns some lines, if there are any.
    pub(crate) fn next(&mut self, events: &dyn Events) -> Option<Read> {
        match self {
            Self::Files(files) => files.next(events),
            Self::Feed(feed) => feed.next(),
        }
    }

    /// Tells whether it can be read again.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::Files(_))
    }

    /// Tells whether nothing more can come.
    pub(crate) fn has_ended(&self) -> bool {
        match self {
            Self::Files(_) => false,
            Self::Feed(feed) => feed.has_ended(),
        }
    }

    /// Returns where files were read up to.
    pub(crate) fn states(&self) -> Option<Vec<FileState>> {
        match self {
            Self::Files(files) => Some(files.states()),
            Self::Feed(_) => None,
        }
    }

    /// Returns how far files are behind.
    pub(crate) fn lags(&self) -> Vec<Lag> {
        match self {
            Self::Files(files) => files.lags().collect(),
            Self::Feed(_) => Vec::new(),
        }
    }
}

/// Returns what a line of a source is.
fn line_rules(config: &SourceConfig) -> Result<LineRules, Misplaced> {
    let newline = Newline::of(config.encoding()?);
    Ok(LineRules { max_bytes: config.max_line_bytes, newline })
}
