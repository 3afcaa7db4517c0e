//! Values: the bytes that they can hold, which decides how they can be told from their neighbours.

use std::borrow::Cow;

use crate::encoding::Encoding;

/// The bytes that a variable's values are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Digits and a sign.
    Integer,
    /// Digits, a sign and a point.
    Number,
    /// An IP address, the name of a machine, or `unix:`.
    Address,
    /// The name of a part of a configuration, as HAProxy allows them.
    Name,
    /// Letters, digits, `-` and `_`.
    Word,
    /// Anything visible, without blanks.
    Token,
    /// Anything, always in one field.
    Field,
    /// As many bytes as the example has, most of the time, with the same punctuation.
    Shape(Cow<'static, str>),
    /// Anything that the encoding lets through; rarely with blanks.
    Text,
    /// As text, and mostly with blanks.
    Sentence,
    /// Items without blanks, with `, ` or ` : ` between them, as nginx writes of upstream servers.
    List,
    /// Nothing at all, or captured headers: `{first|second}`, as HAProxy writes them.
    Braces,
}

/// The delimiters within a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DelimiterCount {
    /// As many in every value; mostly none.
    Exactly(usize),
    /// None in most values, any number in some.
    Sometimes,
    /// Some in most values.
    Mostly,
    /// As the value itself says, see [`Holds::List`].
    OfList,
    /// As the value itself says, see [`Holds::Braces`].
    OfBraces,
}

impl Holds {
    /// Tells whether a value can have this byte in it.
    pub(crate) fn can_have(&self, byte: u8, encoding: Encoding) -> bool {
        match self {
            Self::Integer => byte.is_ascii_digit() || b"+-".contains(&byte),
            Self::Number => byte.is_ascii_digit() || b"+-.".contains(&byte),
            Self::Address => byte.is_ascii_alphanumeric() || b".:-_%".contains(&byte),
            Self::Name => byte.is_ascii_alphanumeric() || b".:-_<>~".contains(&byte),
            Self::Word => byte.is_ascii_alphanumeric() || b"-_".contains(&byte),
            Self::Token => !byte.is_ascii_whitespace() && !encoding.excludes(byte),
            Self::Shape(example) => {
                // The zone of a time can be on the other side.
                let is_sign = b"+-".contains(&byte) && example.contains(['+', '-']);
                byte.is_ascii_alphanumeric() || is_sign || example.as_bytes().contains(&byte)
            }
            Self::List => (byte.is_ascii_graphic() && byte != b'"') || byte == b' ',
            Self::Field | Self::Text | Self::Sentence | Self::Braces => !encoding.excludes(byte),
        }
    }

    /// Returns how many of this delimiter a value has.
    pub(crate) fn count(&self, delimiter: u8, encoding: Encoding) -> DelimiterCount {
        if let Self::Shape(example) = self {
            let count = example.bytes().filter(|&byte| byte == delimiter).count();
            return DelimiterCount::Exactly(count);
        }
        if *self == Self::Field || !self.can_have(delimiter, encoding) {
            return DelimiterCount::Exactly(0);
        }
        match self {
            Self::List if delimiter == b' ' => DelimiterCount::OfList,
            Self::Braces if delimiter == b' ' => DelimiterCount::OfBraces,
            Self::Braces if delimiter == b'|' => DelimiterCount::Mostly,
            Self::Sentence if delimiter == b' ' => DelimiterCount::Mostly,
            _ => DelimiterCount::Sometimes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_own_bytes() {
        let plain = Encoding::Verbatim;
        assert!(!Holds::Integer.can_have(b':', plain));
        assert!(Holds::Integer.can_have(b'-', plain));
        assert!(Holds::Address.can_have(b':', plain));
        assert!(!Holds::Name.can_have(b'/', plain));
        assert!(Holds::Token.can_have(b'/', plain) && !Holds::Token.can_have(b' ', plain));
        assert!(!Holds::Token.can_have(b'"', Encoding::HexEscapes));
        assert!(Holds::Text.can_have(b'"', plain));
        let time = Holds::Shape("28/Sep/1970:12:00:00 +0600".into());
        assert!(time.can_have(b'-', plain) && !time.can_have(b']', plain));
    }

    #[test]
    fn delimiters_are_counted() {
        let count = |holds: Holds, delimiter| holds.count(delimiter, Encoding::HexEscapes);
        let time = Holds::Shape("28/Sep/1970:12:00:00 +0600".into());
        assert_eq!(count(time.clone(), b' '), DelimiterCount::Exactly(1));
        assert_eq!(count(time, b':'), DelimiterCount::Exactly(3));
        assert_eq!(count(Holds::Text, b'\t'), DelimiterCount::Exactly(0));
        assert_eq!(count(Holds::Text, b'|'), DelimiterCount::Sometimes);
        assert_eq!(count(Holds::Sentence, b' '), DelimiterCount::Mostly);
        assert_eq!(count(Holds::Sentence, b'|'), DelimiterCount::Sometimes);
        assert_eq!(count(Holds::List, b' '), DelimiterCount::OfList);
        assert_eq!(count(Holds::List, b','), DelimiterCount::Sometimes);
    }
}
