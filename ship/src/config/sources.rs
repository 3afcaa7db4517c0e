//! Sources in a configuration: where lines come from.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;

use encoding_rs::Encoding;
use serde::Deserialize;
use toml::Spanned;

use super::error::Misplaced;
use super::only_one;
use crate::newline::is_utf16;

/// A source: a name, labels, and one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// The name, by which stages and checkpoints know it.
    pub name: Spanned<String>,
    /// The labels of all its lines.
    #[serde(default)]
    pub labels: BTreeMap<Spanned<String>, String>,
    /// The most bytes of a line; longer ones are dead letters.
    #[serde(default = "default_max_line_bytes")]
    pub max_line_bytes: usize,
    /// The encoding of its lines, by a name that browsers know; UTF-8 where none is named.
    #[serde(default)]
    pub encoding: Option<Spanned<String>>,
    files: Option<FilesConfig>,
    stdin: Option<StdinConfig>,
    syslog: Option<SyslogConfig>,
}

fn default_max_line_bytes() -> usize {
    256 << 10
}

/// The kind of a source.
#[derive(Clone, Copy, Debug)]
pub enum SourceKind<'a> {
    /// Files that are followed.
    Files(&'a FilesConfig),
    /// Standard input.
    Stdin(&'a StdinConfig),
    /// Messages of syslog, from the network or a socket.
    Syslog(&'a SyslogConfig),
}

impl SourceConfig {
    /// Tells whether it is standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.stdin.is_some()
    }

    /// Returns the encoding of the lines; none where they are UTF-8.
    ///
    /// # Errors
    ///
    /// It is not known, newlines cannot be found in it, or the messages of syslog would have it.
    pub fn encoding(&self) -> Result<Option<&'static Encoding>, Misplaced> {
        let Some(name) = &self.encoding else { return Ok(None) };
        let refuse = |reason: &str| {
            let message = format!("encoding '{}': {reason}", name.get_ref());
            Err(Misplaced::at(name.span(), message))
        };
        match Encoding::for_label(name.get_ref().as_bytes()) {
            None => refuse("unknown (expected one such as latin1, gb18030, shift_jis, utf-16)"),
            Some(encoding) if encoding == encoding_rs::UTF_8 => Ok(None),
            Some(encoding) if !encoding.is_ascii_compatible() && !is_utf16(encoding) => {
                refuse("a newline is not always the same bytes in it")
            }
            Some(_) if self.syslog.is_some() => refuse("messages of syslog are taken as UTF-8"),
            Some(encoding) => Ok(Some(encoding)),
        }
    }

    /// Returns the kind that is given.
    ///
    /// # Errors
    ///
    /// There is none, or more than one.
    pub fn kind(&self, span: Range<usize>) -> Result<SourceKind<'_>, Misplaced> {
        let given = [
            self.files.as_ref().map(SourceKind::Files),
            self.stdin.as_ref().map(SourceKind::Stdin),
            self.syslog.as_ref().map(SourceKind::Syslog),
        ];
        let given = given.into_iter().flatten().collect();
        if let Some(SyslogConfig { udp: None, tcp: None, tls: None, unix: None, .. }) = &self.syslog
        {
            let message = "syslog needs at least one of: udp, tcp, tls, unix";
            return Err(Misplaced::at(span, message));
        }
        let what = format!("the source '{}'", self.name.get_ref());
        only_one(&what, span, &["files", "stdin", "syslog"], given)
    }
}

/// Files that are followed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesConfig {
    /// Patterns of paths: `*`, `?`, `[...]`, and `**` for any folders.
    pub paths: Vec<Spanned<String>>,
    /// Patterns of paths that are left out.
    #[serde(default)]
    pub exclude: Vec<Spanned<String>>,
    /// Where files begin that are there when the source is new. Later ones begin at their first
    /// byte.
    #[serde(default)]
    pub read_from: ReadFrom,
    /// True if links are followed that lead out of the folders of the patterns.
    #[serde(default)]
    pub follow_symlinks: bool,
    /// The time between two looks at a file that has nothing new, in milliseconds.
    #[serde(default = "default_poll_milliseconds")]
    pub poll_milliseconds: u64,
    /// The time between two looks for new files, in milliseconds.
    #[serde(default = "default_scan_milliseconds")]
    pub scan_milliseconds: u64,
    /// The time that a file which was rotated away is still followed after its last new byte, in
    /// milliseconds: servers go on writing until they are told.
    #[serde(default = "default_rotated_wait_milliseconds")]
    pub rotated_wait_milliseconds: u64,
}

fn default_poll_milliseconds() -> u64 {
    50
}

fn default_scan_milliseconds() -> u64 {
    250
}

fn default_rotated_wait_milliseconds() -> u64 {
    60_000
}

/// Where a file begins that is there when the source is new.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum ReadFrom {
    /// At its first byte.
    #[default]
    Beginning,
    /// Behind its last byte: only new lines are read.
    End,
}

/// Standard input.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StdinConfig {}

/// Messages of syslog; one of the four places has to be given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyslogConfig {
    /// The address for datagrams.
    pub udp: Option<SocketAddr>,
    /// The address for connections.
    pub tcp: Option<SocketAddr>,
    /// Connections with TLS.
    pub tls: Option<SyslogTlsConfig>,
    /// The path of a socket for datagrams, which is made.
    pub unix: Option<PathBuf>,
    /// The most connections at a time; more are closed at once.
    #[serde(default = "default_max_connections")]
    pub max_connections: usize,
    /// True if messages have the time that they say of themselves, where they say it with its zone;
    /// else they have the time at which they came.
    #[serde(default)]
    pub use_incoming_timestamp: bool,
    /// The time that a connection may say nothing within a message, in milliseconds.
    #[serde(default = "default_idle_milliseconds")]
    pub idle_milliseconds: u64,
}

impl SyslogConfig {
    /// The fields that messages have.
    pub(crate) const FIELDS: [&str; 7] = [
        "syslog_severity",
        "syslog_facility",
        "syslog_hostname",
        "syslog_app_name",
        "syslog_proc_id",
        "syslog_msg_id",
        "syslog_structured_data",
    ];
}

/// Connections with TLS, as RFC 5425 has them.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SyslogTlsConfig {
    /// The address.
    pub listen: SocketAddr,
    /// The file of the server's certificate, with those of the authorities in between (PEM).
    pub certificate_file: PathBuf,
    /// The file of its private key (PEM).
    pub key_file: PathBuf,
    /// The file of the authorities that the certificates of senders have to be from (PEM). Senders
    /// need none where it is not given.
    pub client_authority_file: Option<PathBuf>,
}

fn default_max_connections() -> usize {
    1_000
}

fn default_idle_milliseconds() -> u64 {
    60_000
}
