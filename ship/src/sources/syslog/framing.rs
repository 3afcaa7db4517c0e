//! Framing: where messages end in a stream of bytes. Senders count octets or end each message with
//! a newline, and do not say which; how a connection begins tells.

use std::fmt;
use std::ops::Range;

/// Cuts a stream into messages.
#[derive(Debug)]
pub(super) struct Framing {
    max_bytes: usize,
    kind: Option<Kind>,
    /// True within a line that is too long.
    is_skipping: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    OctetCounting,
    Newlines,
}

impl Kind {
    /// Finds out the kind of a stream that begins with these bytes, once there are enough of them.
    ///
    /// A message begins with `<`, so digits without ` <` behind them are no count: lines that begin
    /// with a date are lines.
    fn of_stream(bytes: &[u8]) -> Option<Self> {
        let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_counted = match (digits, &bytes[digits..]) {
            (0, []) => return None,
            (0 | MOST_DIGITS.., _) => false,
            (_, [] | [b' ']) => return None,
            (_, behind) => behind.starts_with(b" <"),
        };
        Some(if is_counted { Self::OctetCounting } else { Self::Newlines })
    }
}

/// The digits of which no number of octets has so many.
const MOST_DIGITS: usize = 20;

/// A message, or what stands in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A message, at this place in the bytes.
    Message(Range<usize>),
    /// The beginning of a message that is too long; the rest is skipped.
    TooLong,
}

/// The reason why a stream cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FramingError {
    /// The next message begins without a count.
    NoCount,
    /// A count is more than a message may have.
    TooMany { count: u64, max: usize },
}

impl fmt::Display for FramingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCount => formatter
                .write_str("a message does not begin with its octet count, as others before did"),
            Self::TooMany { count, max } => {
                write!(formatter, "an octet count of {count}, where {max} are allowed")
            }
        }
    }
}

impl Framing {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { max_bytes, kind: None, is_skipping: false }
    }

    /// Takes messages off the front, and returns how many bytes they took.
    pub(super) fn cut(
        &mut self,
        bytes: &[u8],
        frames: &mut Vec<Frame>,
    ) -> Result<usize, FramingError> {
        self.kind = self.kind.or_else(|| Kind::of_stream(bytes));
        match self.kind {
            None => Ok(0),
            Some(Kind::OctetCounting) => self.cut_counted(bytes, frames),
            Some(Kind::Newlines) => Ok(self.cut_lines(bytes, frames)),
        }
    }

    /// Takes what is left when the stream ends.
    pub(super) fn finish(&self, bytes: &[u8], frames: &mut Vec<Frame>) {
        if self.kind != Some(Kind::OctetCounting) && !self.is_skipping && !bytes.is_empty() {
            frames.push(Frame::Message(0..bytes.len()));
        }
    }

    fn cut_counted(&self, bytes: &[u8], frames: &mut Vec<Frame>) -> Result<usize, FramingError> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            // rsyslog writes a newline behind a message now and then.
            if rest[0] == b'\n' {
                at += 1;
                continue;
            }
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return Err(FramingError::NoCount);
            }
            let add = |sum: u64, digit: &u8| {
                sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
            };
            let count = rest[..digits].iter().fold(0, add);
            if count > self.max_bytes as u64 {
                return Err(FramingError::TooMany { count, max: self.max_bytes });
            }
            match rest.get(digits) {
                None => break,
                Some(b' ') => {}
                Some(_) => return Err(FramingError::NoCount),
            }
            let start = at + digits + 1;
            let end = start + count as usize;
            if end > bytes.len() {
                break;
            }
            frames.push(Frame::Message(start..end));
            at = end;
        }
        Ok(at)
    }

    fn cut_lines(&mut self, bytes: &[u8], frames: &mut Vec<Frame>) -> usize {
        let mut at = 0;
        for newline in memchr::memchr_iter(b'\n', bytes) {
            let line = at..newline;
            at = newline + 1;
            if std::mem::take(&mut self.is_skipping) || line.is_empty() {
                continue;
            }
            let is_long = line.len() > self.max_bytes;
            frames.push(if is_long { Frame::TooLong } else { Frame::Message(line) });
        }
        if bytes.len() - at > self.max_bytes || self.is_skipping {
            if !self.is_skipping {
                frames.push(Frame::TooLong);
            }
            self.is_skipping = true;
            return bytes.len();
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts a stream that arrives in pieces; shows messages, and `…` for one that is too long.
    fn cut(stream: &str, piece: usize) -> Result<Vec<String>, FramingError> {
        let mut framing = Framing::new(10);
        let (mut waiting, mut found) = (Vec::new(), Vec::new());
        let mut take = |frames: Vec<Frame>, bytes: &[u8]| {
            found.extend(frames.into_iter().map(|frame| match frame {
                Frame::Message(place) => String::from_utf8_lossy(&bytes[place]).into_owned(),
                Frame::TooLong => "…".to_owned(),
            }));
        };
        for piece in stream.as_bytes().chunks(piece) {
            waiting.extend_from_slice(piece);
            let mut frames = Vec::new();
            let taken = framing.cut(&waiting, &mut frames)?;
            take(frames, &waiting);
            waiting.drain(..taken);
            assert!(waiting.len() <= 10 + MOST_DIGITS + piece.len(), "memory is bounded");
        }
        let mut frames = Vec::new();
        framing.finish(&waiting, &mut frames);
        take(frames, &waiting);
        Ok(found)
    }

    #[test]
    fn either_framing_is_found_out() {
        for piece in 1..30 {
            let counted = cut("5 <1>ab7 <2>c\nde\n4 <3>f", piece).unwrap();
            assert_eq!(counted, ["<1>ab", "<2>c\nde", "<3>f"]);
            let lines = cut("<1>ab\n\n<2>c\n<3>much too long\n<4>d", piece).unwrap();
            assert_eq!(lines, ["<1>ab", "<2>c", "…", "<4>d"]);
        }
    }

    #[test]
    fn digits_at_the_start_of_a_line_are_no_count() {
        for piece in 1..30 {
            let lines = cut("2026-12-01\n12 a\n5x\n", piece).unwrap();
            assert_eq!(lines, ["2026-12-01", "12 a", "5x"]);
            assert_eq!(cut(&format!("{}\n7", "1".repeat(30)), piece).unwrap(), ["…", "7"]);
            assert_eq!(cut("17", piece).unwrap(), ["17"], "the stream ends before it is told");
        }
    }

    #[test]
    fn counts_that_lie_end_the_stream() {
        let lies = ["99999999999 <1>a", "4294967296 <x", "5 <1>abc", "5 <1>ab<2>c", "11 <1>"];
        for lie in lies {
            assert!(cut(lie, 1).is_err(), "{lie}");
        }
        assert_eq!(cut("11 <1>", 9), Err(FramingError::TooMany { count: 11, max: 10 }));
        assert_eq!(cut("9 <1>ab", 3).unwrap(), [""; 0], "what never came is no message");
    }
}
