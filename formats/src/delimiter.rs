//! The delimiter of a format: the byte that stands between the most of its variables.

use crate::template::{Template, TokenKind};

/// Bytes that people take as delimiters, the first ones rather where as many variables are told
/// apart: values have a blank in them more often than a comma, and never a tab.
const USUAL: [u8; 5] = [b'\t', b'|', b';', b',', b' '];

/// Returns the delimiter of a format, of which quotes are known to pair.
pub(crate) fn choose(template: &Template, quote: u8) -> u8 {
    let gaps = gaps(template, quote);
    let count = |byte: u8| gaps.iter().filter(|gap| gap.contains(&byte)).count();
    let mut best = (0, USUAL[0]);
    for byte in USUAL {
        if count(byte) > best.0 {
            best = (count(byte), byte);
        }
    }
    if best.0 == 0 {
        // A format of one variable, or of a delimiter that is less usual.
        let is_candidate =
            |byte: &u8| byte.is_ascii_punctuation() || byte.is_ascii_control() || *byte >= 0x80;
        let others = (0..=u8::MAX).filter(|byte| ![quote, b'\\', b'\n', b'\r'].contains(byte));
        for byte in others.filter(is_candidate) {
            if count(byte) > best.0 {
                best = (count(byte), byte);
            }
        }
    }
    best.1
}

/// Returns the bytes outside of quotes between each two variables.
fn gaps(template: &Template, quote: u8) -> Vec<Vec<u8>> {
    let mut gaps = Vec::new();
    let mut is_inside = false;
    let mut gap = None;
    for token in &template.tokens {
        match (&token.kind, &mut gap) {
            (TokenKind::Variable(_), gap) => gaps.extend(gap.replace(Vec::new())),
            (TokenKind::Byte(byte), _) if *byte == quote => is_inside = !is_inside,
            (TokenKind::Byte(byte), Some(gap)) if !is_inside => gap.push(*byte),
            (TokenKind::Byte(_), _) => {}
        }
    }
    gaps
}
