//! Log formats: the dialect of the lines, their columns, and how these come out of the fields.

use delimark::Dialect;

use crate::column::Column;
use crate::fixed::FixedLayout;
use crate::piece::Piece;

/// A log format: what a server writes, and so what its lines are read by.
///
/// It is made of the server's own format string ([`nginx`](Self::nginx), [`apache`](Self::apache),
/// [`haproxy`](Self::haproxy)), of a [preset](Self::preset)'s name, of a line that names the
/// columns ([`w3c`](Self::w3c)), or of such names ([`delimited`](Self::delimited)).
///
/// # Examples
///
/// ```
/// use delimark::Scanner;
/// use delimark_formats::LogFormat;
///
/// let format = LogFormat::preset("combined")?;
/// let mut scanner = Scanner::new(format.dialect())?;
/// let log = br#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x y""#;
/// let mut batches = scanner.scan(log);
///
/// let (request, agent) = (format.find("request"), format.find("http_user_agent"));
/// let mut places = vec![None; format.columns().len()];
/// while let Some(batch) = batches.next()? {
///     let bytes = batch.as_bytes();
///     for record in batch.records() {
///         format.match_record(bytes, &record, &mut places).expect("the line is in this format");
///         let value = |column: Option<usize>| places[column?].map(|span| &bytes[span.range()]);
///         assert_eq!(value(request), Some(&b"GET / HTTP/1.1"[..]));
///         assert_eq!(value(agent), Some(&b"x y"[..]));
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LogFormat {
    pub(crate) dialect: Dialect,
    pub(crate) columns: Vec<Column>,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) options: Options,
    pub(crate) fixed: Option<FixedLayout>,
}

/// The parts that lines of a format can have besides its pieces.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// Any number of delimiters stands where one does: values are padded.
    pub(crate) has_blank_runs: bool,
    /// The header of syslog can stand before the line.
    pub(crate) has_syslog_header: bool,
    /// Lines can end after this many pieces, and have fields that no piece is for: servers add some
    /// from one version to the next.
    pub(crate) pieces_required: Option<usize>,
    /// Lines that begin with `#` say what the others are, in one of these ways.
    pub(crate) directives: Option<Directives>,
}

/// The logs in which `#Fields:` names the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Directives {
    /// As the W3C's draft has them: blanks or tabs, strings in quotes.
    W3c,
    /// Blanks, no quotes; times in milliseconds.
    Iis,
    /// Tabs, no quotes; times in seconds.
    CloudFront,
}

impl LogFormat {
    /// Returns the dialect by which lines are split into fields.
    ///
    /// It expects no number of columns, since values can have delimiters in them that are known as
    /// such only here. With a quote, lines that end inside quotes are ragged.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Returns the columns, in the order of the line.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns the index of the column with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name() == name)
    }

    /// Returns the places of all columns in usual records, where they are as simple as that.
    #[must_use]
    pub fn fixed_layout(&self) -> Option<&FixedLayout> {
        self.fixed.as_ref()
    }
}
