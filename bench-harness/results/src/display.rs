//! Bytes as a person reads them: escaped, long runs counted, and cut where they are too many.

use std::borrow::Cow;
use std::path::Path;

/// The shortest run that is shown as one.
const RUN_BYTES: usize = 12;

/// The longest run that is counted: what an engine writes can be without end.
const RUN_BYTES_MOST: usize = 1 << 26;

/// The number of bytes that are shown; the rest is only counted.
const BYTES_MOST: usize = 96;

/// The number of bytes that are shown before the index to look at.
const BYTES_BEFORE: usize = 24;

/// Shows the bytes around an index: `"ab" "x"*4000 "c"`, with `…` where some are left out.
#[must_use]
pub fn around(bytes: impl Iterator<Item = u8>, length: u64, index: u64) -> String {
    let is_short = length <= BYTES_MOST as u64;
    let start = if is_short { 0 } else { index.saturating_sub(BYTES_BEFORE as u64) };
    let mut bytes = bytes.skip(usize::try_from(start).unwrap_or(usize::MAX)).peekable();
    let mut pieces = Vec::new();
    let mut plain = Vec::new();
    let mut looked_at = 0;
    while looked_at < BYTES_MOST
        && let Some(byte) = bytes.next()
    {
        let mut run = 1;
        while run < RUN_BYTES_MOST && bytes.next_if_eq(&byte).is_some() {
            run += 1;
        }
        if run < RUN_BYTES {
            plain.resize(plain.len() + run, byte);
            looked_at += run;
        } else {
            flush(&mut plain, &mut pieces);
            pieces.push(format!("\"{}\"*{run}", byte.escape_ascii()));
            looked_at += RUN_BYTES;
        }
    }
    flush(&mut plain, &mut pieces);
    if start > 0 {
        pieces.insert(0, "…".to_owned());
    }
    if bytes.peek().is_some() {
        pieces.push("…".to_owned());
    }
    if pieces.is_empty() { "\"\"".to_owned() } else { pieces.join(" ") }
}

/// As [`around`], from the first byte on.
#[must_use]
pub fn bytes(bytes: &[u8]) -> String {
    around(bytes.iter().copied(), bytes.len() as u64, 0)
}

/// Shows text that somebody else wrote: what a terminal would obey, or not show, is escaped.
#[must_use]
pub fn text(text: &str) -> String {
    text.chars().fold(String::new(), |mut shown, letter| {
        match letter {
            '"' | '\'' => shown.push(letter),
            _ => shown.extend(letter.escape_debug()),
        }
        shown
    })
}

/// Shows the name of a file in one line.
#[must_use]
pub fn path(path: &Path) -> String {
    text(&path.to_string_lossy())
}

/// Shows lines that may have words of somebody else in them: of what a terminal would obey, only
/// line breaks and tabs are left. Escapes are those of JSON, so that a document stays one.
#[must_use]
pub fn lines(lines: &str) -> Cow<'_, str> {
    if !lines.contains(is_obeyed) {
        return Cow::Borrowed(lines);
    }
    let mut shown = String::with_capacity(lines.len());
    for letter in lines.chars() {
        if is_obeyed(letter) {
            shown += &format!("\\u{:04x}", u32::from(letter));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Tells whether a terminal acts upon a character, or lets it turn the order of others around.
fn is_obeyed(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(letter, '\u{2066}'..='\u{2069}');
    turns || (letter.is_control() && !matches!(letter, '\n' | '\t'))
}

fn flush(plain: &mut Vec<u8>, pieces: &mut Vec<String>) {
    if !plain.is_empty() {
        pieces.push(format!("\"{}\"", plain.escape_ascii()));
        plain.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::path::Path;

    use super::{around, bytes, lines, path, text};

    #[test]
    fn bytes_are_escaped_and_runs_counted() {
        assert_eq!(bytes(b""), r#""""#);
        assert_eq!(bytes(b"a|b\n\0\xff\""), r#""a|b\n\x00\xff\"""#);
        let long = [&b"ab"[..], &[b'x'; 4000], b"c"].concat();
        assert_eq!(bytes(&long), r#""ab" "x"*4000 "c""#);
    }

    #[test]
    fn text_cannot_move_the_cursor_or_begin_a_line() {
        assert_eq!(text("it's \"é\""), "it's \"é\"");
        assert_eq!(text("\x1b[2J\rok\n\u{202e}\\"), r"\u{1b}[2J\rok\n\u{202e}\\");
    }

    #[test]
    fn lines_break_and_do_nothing_else() {
        assert!(matches!(lines("a\tb\nü\\ ─"), Cow::Borrowed("a\tb\nü\\ ─")));
        assert_eq!(
            lines("\x1b[2J\r\n\u{9b}\u{202e}\u{7f}"),
            "\\u001b[2J\\u000d\n\\u009b\\u202e\\u007f"
        );
        let document = serde_json::json!({ "name": "\u{7f}\u{9b}\u{202e}" });
        let shown = lines(&document.to_string()).into_owned();
        assert_ne!(shown, document.to_string());
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), document);
        assert_eq!(path(Path::new("a\n\x1b.log")), r"a\n\u{1b}.log");
    }

    #[test]
    fn only_the_neighbourhood_is_shown() {
        let all: Vec<u8> = (b'0'..=b'9').cycle().take(300).collect();
        let shown = around(all.iter().copied(), 300, 150);
        assert!(shown.starts_with("… \"6789") && shown.ends_with("\" …"), "{shown}");
        assert_eq!(around(all.iter().copied(), 300, 299), "… \"5678901234567890123456789\"");
    }
}
