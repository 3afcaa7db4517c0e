//! The topics, a file of vectors each.

mod bytes;
mod columns;
mod counts;
mod delimiters;
mod density;
mod edges;
mod fields;
mod free;
mod limits;
mod line_endings;
mod lines;
mod long_lines;
mod newlines;
mod open_quotes;
mod places;
mod quote_edges;
mod quote_escapes;
mod quotes;
mod ragged;
mod ragged_error;
mod ragged_keep;
mod ragged_report;
mod ragged_rest;
mod refused;
mod shapes;
mod shifts;
mod tails;

use super::case::Case;

/// A file of vectors.
pub(super) struct Topic {
    /// The file's name.
    pub(super) name: &'static str,
    /// Its subject.
    pub(super) about: &'static str,
    /// Makes its cases.
    pub(super) cases: fn() -> Vec<Case>,
}

/// Every topic, in the order of the manifest.
pub(super) const ALL: [Topic; 26] = [
    Topic { name: "bytes", about: "Every byte can be data.", cases: bytes::cases },
    Topic {
        name: "lines",
        about: "Where lines end, and that empty ones count.",
        cases: lines::cases,
    },
    Topic {
        name: "fields",
        about: "Where fields end, and that they may be empty.",
        cases: fields::cases,
    },
    Topic {
        name: "delimiters",
        about: "Every legal byte as the delimiter.",
        cases: delimiters::cases,
    },
    Topic {
        name: "line-endings",
        about: "Which carriage returns belong to a terminator.",
        cases: line_endings::cases,
    },
    Topic {
        name: "edges",
        about: "Everything on each side of the edges of words, vectors, blocks, groups and bursts.",
        cases: edges::cases,
    },
    Topic { name: "shifts", about: "The same lines at other offsets.", cases: shifts::cases },
    Topic {
        name: "tails",
        about: "Inputs that do not fill their last block.",
        cases: tails::cases,
    },
    Topic { name: "density", about: "Few and many separators in a block.", cases: density::cases },
    Topic {
        name: "newlines",
        about: "More newlines than small counters hold.",
        cases: newlines::cases,
    },
    Topic { name: "long-lines", about: "Lines longer than buffers.", cases: long_lines::cases },
    Topic {
        name: "shapes",
        about: "Lines of one length and width after another, narrow to wide.",
        cases: shapes::cases,
    },
    Topic { name: "columns", about: "Which records are ragged.", cases: columns::cases },
    Topic {
        name: "ragged-error",
        about: "Stopping at a ragged record.",
        cases: ragged_error::cases,
    },
    Topic {
        name: "ragged-report",
        about: "Leaving ragged records out, and listing them.",
        cases: ragged_report::cases,
    },
    Topic {
        name: "ragged-keep",
        about: "Handing ragged records out as they are.",
        cases: ragged_keep::cases,
    },
    Topic {
        name: "ragged-rest",
        about: "Giving the rest of the line to the last column.",
        cases: ragged_rest::cases,
    },
    Topic { name: "limits", about: "Lines at the limit and over it.", cases: limits::cases },
    Topic { name: "places", about: "Numbers of lines and offsets.", cases: places::cases },
    Topic { name: "counts", about: "Counting alone.", cases: counts::cases },
    Topic { name: "quotes", about: "What quotes hide and lose.", cases: quotes::cases },
    Topic {
        name: "quote-edges",
        about: "Quotes on each side of every edge, and at other offsets.",
        cases: quote_edges::cases,
    },
    Topic {
        name: "quote-escapes",
        about: "Quotes behind backslashes.",
        cases: quote_escapes::cases,
    },
    Topic {
        name: "open-quotes",
        about: "Lines that end inside quotes, under each policy.",
        cases: open_quotes::cases,
    },
    Topic { name: "refused", about: "Dialects that cannot be.", cases: refused::cases },
    Topic {
        name: "free",
        about: "What every implementation decides for itself.",
        cases: free::cases,
    },
];

/// The offsets next to the edges of words, vectors, blocks of 64 bytes, groups of 64 blocks, and
/// bursts of 64 KiB.
const EDGES: [usize; 18] =
    [0, 1, 7, 8, 15, 16, 31, 32, 62, 63, 64, 65, 127, 128, 4095, 4096, 65535, 65536];
