//! Messages of syslog, by RFC 5424 and RFC 3164, and as programs really write them.

use std::ops::Range;

use jiff::Timestamp;

/// The names of severities, by their numbers.
pub(super) const SEVERITIES: [&str; 8] =
    ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/// The names of facilities, by their numbers.
pub(super) const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7",
];

/// The priority of a message that names none: a notice of a user's program.
const DEFAULT_PRIORITY: u8 = 13;

/// The length of `Mmm dd hh:mm:ss`.
const BSD_TIME_BYTES: usize = 15;

/// A message, by its places in the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) severity: usize,
    pub(super) facility: usize,
    /// The time in nanoseconds since 1970, if it is written with its zone.
    pub(super) time: Option<i64>,
    pub(super) hostname: Option<Range<usize>>,
    pub(super) app_name: Option<Range<usize>>,
    pub(super) process_id: Option<Range<usize>>,
    pub(super) message_id: Option<Range<usize>>,
    pub(super) structured_data: Option<Range<usize>>,
    /// The text.
    pub(super) text: Range<usize>,
}

impl Message {
    /// Reads a message; whatever cannot be read is its text.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let end = bytes.len() - bytes.iter().rev().take_while(|byte| is_filler(**byte)).count();
        let bytes = &bytes[..end];
        let (priority, start) = read_priority(bytes).unwrap_or((DEFAULT_PRIORITY, 0));
        let own = Self {
            severity: usize::from(priority % 8),
            facility: usize::from(priority / 8),
            text: start..end,
            ..Self::default()
        };
        let words = Words { bytes, at: start };
        if bytes[start..].starts_with(b"1 ") {
            return own.clone().read_5424(words).unwrap_or(own);
        }
        own.read_3164(words)
    }

    /// Reads `1 TIME HOST APP PROCID MSGID [SD] text`.
    fn read_5424(mut self, mut words: Words<'_>) -> Option<Self> {
        words.next()?;
        let time = words.next()?;
        self.time = read_time(&words.bytes[time]);
        self.hostname = words.next_known()?;
        self.app_name = words.next_known()?;
        self.process_id = words.next_known()?;
        self.message_id = words.next_known()?;
        let data = words.structured_data()?;
        self.structured_data = (&words.bytes[data.clone()] != b"-").then_some(data);
        let mut start = words.at;
        if words.bytes[start..].starts_with(b" ") {
            start += 1;
        }
        // The text says in this way that it is UTF-8.
        if words.bytes[start..].starts_with(b"\xef\xbb\xbf") {
            start += 3;
        }
        self.text = start..words.bytes.len();
        Some(self)
    }

    /// Reads `Mmm dd hh:mm:ss host tag[pid]: text`, of which everything can be missing.
    fn read_3164(mut self, mut words: Words<'_>) -> Self {
        let rest = &words.bytes[words.at..];
        if is_bsd_time(rest) {
            words.at += BSD_TIME_BYTES + 1;
        } else {
            // rsyslog can be told to write this instead.
            let mut ahead = words.clone();
            let time = ahead.next().and_then(|time| read_time(&words.bytes[time]));
            if time.is_none() {
                return self.read_tag(words);
            }
            (self.time, words) = (time, ahead);
        }
        // On a local socket there is no name of a host: what has a colon is the tag.
        let mut ahead = words.clone();
        if let Some(name) = ahead.next()
            && !words.bytes[name.clone()].iter().any(|byte| matches!(byte, b'[' | b']'))
            && !words.bytes[name.clone()].ends_with(b":")
            && ahead.at < words.bytes.len()
        {
            self.hostname = Some(name);
            words = ahead;
        }
        self.read_tag(words)
    }

    fn read_tag(mut self, words: Words<'_>) -> Self {
        self.text = words.at.min(words.bytes.len())..words.bytes.len();
        let rest = &words.bytes[self.text.clone()];
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./".contains(byte);
        let length = rest.iter().take_while(|byte| is_of_name(byte)).count();
        // RFC 3164 allows 32; names of real programs are longer.
        if length == 0 || length > 64 {
            return self;
        }
        let start = self.text.start;
        let (mut end, mut process_id) = (length, None);
        if rest.get(end) == Some(&b'[') {
            let Some(close) = memchr::memchr(b']', &rest[end..]) else { return self };
            process_id = Some(start + end + 1..start + end + close);
            end += close + 1;
        }
        if rest.get(end) != Some(&b':') || is_cef(rest) {
            return self;
        }
        end += 1;
        if rest.get(end) == Some(&b' ') {
            end += 1;
        }
        self.app_name = Some(start..start + length);
        self.process_id = process_id;
        self.text = start + end..words.bytes.len();
        self
    }
}

/// Tells whether a text is an event of CEF, whose beginning looks like the name of a program.
fn is_cef(text: &[u8]) -> bool {
    text.strip_prefix(b"CEF:").is_some_and(|rest| {
        // Some write a blank there, and so does whatever takes CEF for the name of a program.
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        digits > 0 && rest.get(digits) == Some(&b'|')
    })
}

/// Tells whether a byte is one that senders put behind a message.
fn is_filler(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | 0)
}

/// Reads `<13>`, and returns where the rest begins.
fn read_priority(bytes: &[u8]) -> Option<(u8, usize)> {
    let rest = bytes.strip_prefix(b"<")?;
    let end = rest.iter().take(4).position(|byte| *byte == b'>')?;
    let number: u8 = str::from_utf8(&rest[..end]).ok()?.parse().ok()?;
    (usize::from(number / 8) < FACILITIES.len()).then_some((number, end + 2))
}

fn read_time(text: &[u8]) -> Option<i64> {
    let time: Timestamp = str::from_utf8(text).ok()?.parse().ok()?;
    i64::try_from(time.as_nanosecond()).ok()
}

/// Tells whether bytes begin with `Mmm dd hh:mm:ss `.
fn is_bsd_time(bytes: &[u8]) -> bool {
    let Some((time, [b' ', ..])) = bytes.split_at_checked(BSD_TIME_BYTES) else { return false };
    let shape = b"Aaa dd dd:dd:dd";
    time.iter().zip(shape).all(|(byte, expected)| match expected {
        b'A' => byte.is_ascii_uppercase(),
        b'a' => byte.is_ascii_lowercase(),
        b'd' => byte.is_ascii_digit() || *byte == b' ',
        other => byte == other,
    })
}

/// The words of a message that are not read yet.
#[derive(Clone)]
struct Words<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Words<'_> {
    /// Takes a word and the blank behind it.
    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b' ', rest).unwrap_or(rest.len());
        let word = self.at..self.at + length;
        self.at = (word.end + 1).min(self.bytes.len());
        (length > 0).then_some(word)
    }

    /// Takes a word, which is `-` where it is not known.
    fn next_known(&mut self) -> Option<Option<Range<usize>>> {
        let word = self.next()?;
        Some((&self.bytes[word.clone()] != b"-").then_some(word))
    }

    /// Takes `-`, or elements in brackets, whose values can have brackets in quotes.
    fn structured_data(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        if self.bytes.get(start) == Some(&b'-') {
            self.at += 1;
            return Some(start..self.at);
        }
        while self.bytes.get(self.at) == Some(&b'[') {
            let mut is_quoted = false;
            loop {
                self.at += 1;
                match self.bytes.get(self.at)? {
                    b'\\' if is_quoted => self.at += 1,
                    b'"' => is_quoted = !is_quoted,
                    b']' if !is_quoted => break,
                    _ => {}
                }
            }
            self.at += 1;
        }
        (self.at > start).then_some(start..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows `severity facility host app pid id data time text`.
    fn shown(text: &str) -> String {
        let message = Message::read(text.as_bytes());
        let show = |place: &Option<Range<usize>>| match place {
            Some(place) => text[place.clone()].to_owned(),
            None => "-".to_owned(),
        };
        format!(
            "{} {} {} {} {} {} {} {} |{}|",
            SEVERITIES[message.severity],
            FACILITIES[message.facility],
            show(&message.hostname),
            show(&message.app_name),
            show(&message.process_id),
            show(&message.message_id),
            show(&message.structured_data),
            message.time.map_or("-".to_owned(), |time| (time / 1_000_000_000).to_string()),
            &text[message.text]
        )
    }

    #[test]
    fn messages_of_rfc_5424_are_read() {
        for (text, expected) in [
            (
                r#"<165>1 2026-03-01T10:00:00.003Z host app 7 ID [a@1 k="v]\"]"][b] text here"#,
                r#"notice local4 host app 7 ID [a@1 k="v]\"]"][b] 1772359200 |text here|"#,
            ),
            (
                "<34>1 2026-03-01T12:00:00+02:00 - su - - - \u{feff}bom\n",
                "crit auth - su - - - 1772359200 |bom|",
            ),
            ("<34>1 - - - - - -", "crit auth - - - - - - ||"),
            ("<34>1 - h a p i [never closed", "crit auth - - - - - - |1 - h a p i [never closed|"),
            ("<34>1 ", "crit auth - - - - - - |1 |"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn messages_of_rfc_3164_are_read() {
        for (text, expected) in [
            (
                "<34>Oct 11 22:14:15 mymachine su: 'su root' failed",
                "crit auth mymachine su - - - - |'su root' failed|",
            ),
            ("<13>Dec  1 03:00:00 user[42]: text", "notice user - user 42 - - - |text|"),
            ("<13>Dec  1 03:00:00 host nginx: a\0\n", "notice user host nginx - - - - |a|"),
            (
                "<190>Mar  1 10:00:00 web haproxy[9]: 10.0.0.1:5 [x]",
                "info local7 web haproxy 9 - - - |10.0.0.1:5 [x]|",
            ),
            (
                "<13>2026-03-01T10:00:00+00:00 host app: text",
                "notice user host app - - - 1772359200 |text|",
            ),
            ("<13>app: text", "notice user - app - - - - |text|"),
            (
                "<13>Mar  1 10:00:00 fw CEF:0|a|b|c|d|e|5|src=::1",
                "notice user fw - - - - - |CEF:0|a|b|c|d|e|5|src=::1|",
            ),
            ("<13>CEF:0|a", "notice user - - - - - - |CEF:0|a|"),
            ("<13>CEF: 0|a", "notice user - - - - - - |CEF: 0|a|"),
            ("<13>CEF: text", "notice user - CEF - - - - |text|"),
            ("no priority at all", "notice user - - - - - - |no priority at all|"),
            ("<999>x", "notice user - - - - - - |<999>x|"),
            ("<13>", "notice user - - - - - - ||"),
            ("", "notice user - - - - - - ||"),
            ("<13>Dec  1 03:00:00 ", "notice user - - - - - - ||"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
