//! Text out of configuration files: bytes with their places, taken out of quotes and escapes.

/// A byte, with its offset in what was pasted.
pub(crate) type PlacedByte = (u8, usize);

/// Bytes, each with its place.
pub(crate) type Placed = Vec<PlacedByte>;

/// Returns bytes with their places.
pub(crate) fn placed(text: &str) -> Placed {
    text.bytes().zip(0..).collect()
}

/// Returns the bytes without blanks and line breaks around them.
pub(crate) fn trim(bytes: &[PlacedByte]) -> &[PlacedByte] {
    let is_blank = |(byte, _): &PlacedByte| byte.is_ascii_whitespace();
    let Some(start) = bytes.iter().position(|byte| !is_blank(byte)) else {
        return &[];
    };
    let end = bytes.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
    &bytes[start..end]
}

/// Takes a word off the front, with the blanks behind it, if it is this one, in any case.
pub(crate) fn strip_word<'a>(bytes: &'a [PlacedByte], word: &str) -> Option<&'a [PlacedByte]> {
    let (front, rest) = bytes.split_at_checked(word.len())?;
    let is_word = front.iter().zip(word.bytes()).all(|((a, _), b)| a.eq_ignore_ascii_case(&b));
    let is_end = rest.first().is_some_and(|(byte, _)| byte.is_ascii_whitespace());
    (is_word && is_end).then(|| trim_start(rest))
}

/// Returns the bytes without the blanks before them.
pub(crate) fn trim_start(bytes: &[PlacedByte]) -> &[PlacedByte] {
    let start = bytes.iter().position(|(byte, _)| !byte.is_ascii_whitespace());
    &bytes[start.unwrap_or(bytes.len())..]
}

/// Returns the length of the string in quotes at the front, its quotes included: a backslash keeps
/// the byte behind it from ending it. `None` where it does not end.
pub(crate) fn quoted_length(bytes: &[PlacedByte]) -> Option<usize> {
    let quote = bytes.first()?.0;
    let mut index = 1;
    while let Some((byte, _)) = bytes.get(index) {
        match byte {
            b'\\' => index += 2,
            byte if *byte == quote => return Some(index + 1),
            _ => index += 1,
        }
    }
    None
}
