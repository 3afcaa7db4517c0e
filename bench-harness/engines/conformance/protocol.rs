//! The common part of the adapters in Rust: the protocol, and the care of a library's user about
//! columns and long lines.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use delimark::RaggedPolicy;
use delimark_runner::case::{self, Request};
use serde::Serialize;

/// An answer of an engine.
#[derive(Default, Serialize)]
pub(crate) struct Answer {
    records: Vec<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<Vec<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offsets: Option<Vec<u64>>,
    ragged: Vec<Ragged>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

#[derive(Serialize)]
struct Ragged {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    found: u64,
}

/// The reason why a case is rejected; empty where the library does not say it in numbers.
#[derive(Default, Serialize)]
pub(crate) struct Failure {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<u64>,
}

/// The place of a record, as the library says it.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) line: u64,
    /// Nothing where the library does not tell.
    pub(crate) offset: Option<u64>,
}

impl Failure {
    /// The library gave up; why, is told on standard error.
    pub(crate) fn of_library(error: &impl ToString) -> Self {
        // Nobody may be listening.
        let _ = writeln!(io::stderr(), "{}", error.to_string());
        Self::default()
    }

    /// A dialect with quotes is refused: both libraries let a newline be quoted and a quote be
    /// doubled, so none of their settings means the same.
    fn of_quotes() -> Self {
        Self { kind: Some("dialect"), ..Self::default() }
    }
}

/// Answers the case on standard input with the records that `scan` adds.
pub(crate) fn serve(
    scan: impl FnOnce(&Request, &[u8], &mut Answer) -> Result<(), Failure>,
) -> io::Result<ExitCode> {
    let mut frame = Vec::new();
    io::stdin().lock().read_to_end(&mut frame)?;
    let (request, input) = case::parse(&frame).ok_or(io::ErrorKind::InvalidInput)?;
    let mut answer = Answer::default();
    answer.error = match request.quote {
        Some(_) => Some(Failure::of_quotes()),
        None => scan(&request, input, &mut answer).err(),
    };
    let mut stdout = io::stdout().lock();
    serde_json::to_writer(&mut stdout, &answer)?;
    stdout.write_all(b"\n")?;
    Ok(ExitCode::from(u8::from(answer.error.is_some())))
}

impl Answer {
    /// Adds a record, unless it is too long, or ragged and the policy says otherwise.
    pub(crate) fn add(
        &mut self,
        request: &Request,
        place: Place,
        fields: &[&[u8]],
    ) -> Result<(), Failure> {
        let Place { line, offset } = place;
        let bytes: usize = fields.iter().map(|field| field.len() + 1).sum();
        if bytes as u64 > request.line_limit.saturating_add(1) {
            let kind = Some("line-too-long");
            return Err(Failure { kind, line: Some(line), offset, ..Failure::default() });
        }
        let found = fields.len() as u64;
        let mut rest = None;
        if let Some(columns) = request.columns
            && found != u64::from(columns)
        {
            match request.ragged {
                RaggedPolicy::Error => {
                    let (found, expected) = (Some(found), Some(u64::from(columns)));
                    let kind = Some("ragged");
                    return Err(Failure { kind, line: Some(line), offset, found, expected });
                }
                RaggedPolicy::Report => {
                    self.ragged.push(Ragged { line, offset, found });
                    return Ok(());
                }
                RaggedPolicy::Keep => {}
                RaggedPolicy::Rest => rest = usize::try_from(columns).ok(),
            }
        }
        self.records.push(match rest {
            Some(columns @ 1..) if fields.len() > columns => {
                let (first, last) = fields.split_at(columns - 1);
                let last = last.join(&request.delimiter);
                first.iter().copied().chain([&last[..]]).map(latin_1).collect()
            }
            _ => fields.iter().copied().map(latin_1).collect(),
        });
        self.lines.get_or_insert_default().push(line);
        if let Some(offset) = offset {
            self.offsets.get_or_insert_default().push(offset);
        }
        Ok(())
    }
}

/// In the protocol a byte is a code point from U+0000 to U+00FF.
fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
