//! The guess: which preset the first lines of a log are in.

use std::net::IpAddr;

use delimark::{Backend, RaggedPolicy, Scanner};

use crate::column::{TimestampFormat, ValueType};
use crate::format::LogFormat;
use crate::preset::Preset;

/// The most lines that are looked at.
const LINES_MAXIMUM: usize = 200;

/// The presets that are tried: of two that as many lines are in, the first is taken. Those that no
/// line tells from one that is here are left out.
const TRIED: [&str; 18] = [
    "haproxy-https",
    "haproxy-http",
    "haproxy-tcp",
    "vhost-combined",
    "traefik",
    "ingress-nginx",
    "squid-combined",
    "combined",
    "lighttpd",
    "common",
    "squid",
    "alb",
    "elb",
    "s3",
    "envoy",
    "cloudfront",
    "iis",
    "w3c",
];

/// The presets that the first lines of a log are in.
///
/// # Examples
///
/// ```
/// use delimark_formats::guess;
///
/// let lines = br#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5
/// 10.0.0.1 - - [01/Mar/2026:10:00:01 +0000] "GET /a HTTP/1.1" 404 7
/// "#;
/// let guess = guess(lines);
/// let best = guess.best().expect("these lines are in a known format");
/// assert_eq!(best.preset().name(), "common");
/// assert!(guess.is_certain());
/// assert_eq!(guess.to_string(), "common: 2 of 2 lines are in this format");
/// ```
#[derive(Clone, Debug)]
pub struct Guess {
    lines: usize,
    /// The presets that a line is in, the best first.
    candidates: Vec<Candidate>,
}

/// A preset that lines are in.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    preset: &'static Preset,
    lines: usize,
}

impl Candidate {
    /// Returns the preset.
    #[must_use]
    pub fn preset(&self) -> &'static Preset {
        self.preset
    }

    /// Returns how many lines are in it.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.lines
    }
}

impl Guess {
    /// Returns how many lines were looked at; those that only describe others are not counted.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// Returns every preset that at least one line is in, those of the most lines first.
    #[must_use]
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Returns the preset that the most lines are in, if that is at least half of them.
    #[must_use]
    pub fn best(&self) -> Option<&Candidate> {
        self.candidates.first().filter(|best| best.lines * 2 >= self.lines)
    }

    /// Tells whether every line is in the best preset, and no other has as many.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        let lines = |index: usize| self.candidates.get(index).map_or(0, |found| found.lines);
        self.lines > 0 && lines(0) == self.lines && lines(1) < self.lines
    }
}

impl std::fmt::Display for Guess {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(best) = self.best() else {
            return formatter.write_str("the lines are in no known format");
        };
        let (name, lines) = (best.preset.name(), best.lines);
        write!(formatter, "{name}: {lines} of {} lines are in this format", self.lines)?;
        let others = self.candidates[1..].iter().filter(|other| other.lines == lines);
        let others: Vec<&str> = others.map(|other| other.preset.name()).collect();
        if others.is_empty() { Ok(()) } else { write!(formatter, ", and in {}", others.join(", ")) }
    }
}

/// Guesses the preset of a log from its first lines: from a piece of at most 64 KiB, of which a
/// last line without its end is left out.
///
/// A line is in a preset if the format matches, and numbers, times and addresses look like such.
#[must_use]
pub fn guess(first_lines: &[u8]) -> Guess {
    let bytes = sample(first_lines);
    let mut lines = 0;
    let mut candidates = Vec::new();
    for preset in tried_presets() {
        let (matched, all) = count(preset, bytes);
        lines = lines.max(all);
        if matched > 0 {
            candidates.push(Candidate { preset, lines: matched });
        }
    }
    // The order of those with as many lines stays.
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.lines));
    Guess { lines, candidates }
}

/// Returns the whole lines at the beginning, as far as they are looked at.
fn sample(bytes: &[u8]) -> &[u8] {
    let bytes = &bytes[..bytes.len().min(64 << 10)];
    let ends = memchr::memchr_iter(b'\n', bytes).take(LINES_MAXIMUM);
    // One line without its end is better than none.
    ends.last().map_or(bytes, |newline| &bytes[..=newline])
}

/// Returns how many lines are in a preset, and how many there are that are no directives.
fn count(preset: &'static Preset, bytes: &[u8]) -> (usize, usize) {
    let mut tried = Tried::new(preset);
    let (mut matched, mut lines) = (0, 0);
    let mut is_told = false;
    // Line by line, since a line can change the format of those after it.
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"#") {
            let changed = tried.format.read_directive(line.trim_ascii_end());
            if let Ok(Some(changed)) = changed
                && suits(preset, &changed, bytes)
            {
                tried.scanner = scanner(&changed);
                tried.format = changed;
            }
        } else {
            lines += 1;
            if is_in(&tried.format, &mut tried.scanner, line) {
                matched += 1;
                is_told = is_told || is_told_by(preset, line);
            }
        }
    }
    (if is_told { matched } else { 0 }, lines)
}

/// Tells whether a line that is in a preset can tell it from the others.
fn is_told_by(preset: &Preset, line: &[u8]) -> bool {
    // lighttpd writes the host where others have a '-', and a '-' only where it knows none.
    preset.name() != "lighttpd" || line.split(|byte| *byte == b' ').nth(1) != Some(b"-")
}

/// A preset that lines are tried with.
#[derive(Debug)]
struct Tried {
    preset: &'static Preset,
    format: LogFormat,
    scanner: Scanner,
}

impl Tried {
    fn new(preset: &'static Preset) -> Self {
        let format = preset.format();
        Self { preset, scanner: scanner(&format), format }
    }
}

/// Finds the preset of single lines, such as those that stand in a log of another format.
///
/// # Examples
///
/// ```
/// use delimark_formats::Recognizer;
///
/// let mut recognizer = Recognizer::new();
/// let line = b"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5";
/// let preset = recognizer.recognize(line).expect("it is in a known format");
/// assert_eq!(preset.name(), "common");
/// assert!(recognizer.recognize(b"Server listening on 0.0.0.0 port 22.").is_none());
/// ```
#[derive(Debug)]
pub struct Recognizer {
    /// In the order in which they are tried.
    presets: Vec<Tried>,
}

impl Recognizer {
    /// Makes one that knows every preset that a single line can be in.
    #[must_use]
    pub fn new() -> Self {
        Self { presets: tried_presets().map(Tried::new).collect() }
    }

    /// Returns the first preset that a line is in: one of those that [`guess`] tries, in the same
    /// order, and by the same rules.
    pub fn recognize(&mut self, line: &[u8]) -> Option<&'static Preset> {
        let is_of = |tried: &mut Tried| {
            is_told_by(tried.preset, line) && is_in(&tried.format, &mut tried.scanner, line)
        };
        self.presets.iter_mut().find_map(|tried| is_of(tried).then_some(tried.preset))
    }
}

impl Default for Recognizer {
    fn default() -> Self {
        Self::new()
    }
}

fn tried_presets() -> impl Iterator<Item = &'static Preset> {
    TRIED.into_iter().filter_map(|name| Preset::find(name).ok())
}

fn scanner(format: &LogFormat) -> Scanner {
    let dialect = format.dialect().with_ragged(RaggedPolicy::Report);
    Scanner::with_backend(dialect, Backend::Scalar).expect("every machine has this backend")
}

/// Tells whether columns that a log names are those of the one that writes a preset.
fn suits(preset: &Preset, named: &LogFormat, bytes: &[u8]) -> bool {
    match preset.name() {
        "cloudfront" => named.find("x-edge-location").is_some(),
        "iis" => memchr::memmem::find(bytes, b"Microsoft Internet Information").is_some(),
        _ => named.find("x-edge-location").is_none(),
    }
}

/// Tells whether a line is in a format, and its values are of their columns' types.
fn is_in(format: &LogFormat, scanner: &mut Scanner, line: &[u8]) -> bool {
    let mut batches = scanner.scan(line);
    let Ok(Some(batch)) = batches.next() else {
        return false;
    };
    let Some(record) = batch.record(0) else {
        return false;
    };
    let bytes = batch.as_bytes();
    let mut places = vec![None; format.columns().len()];
    format.match_record(bytes, &record, &mut places).is_ok()
        && format.columns().iter().zip(places).all(|(column, place)| {
            let value = place.map_or(&b"-"[..], |span| &bytes[span.range()]);
            // Servers have not asked for this name for many years.
            let is_unusual = column.name() == "remote_logname" && value != b"-";
            !is_unusual && (column.is_list() || fits(column.value_type(), value))
        })
}

/// Tells whether a value looks like one of a type, or like none at all.
fn fits(value_type: ValueType, value: &[u8]) -> bool {
    if matches!(value, b"" | b"-") {
        return true;
    }
    let digits = value.strip_prefix(b"-").or(value.strip_prefix(b"+")).unwrap_or(value);
    let is_integer = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let is_number = |digits: &[u8]| {
        let point = digits.iter().position(|byte| *byte == b'.');
        point.map_or(is_integer(digits), |point| {
            is_integer(&digits[..point]) && is_integer(&digits[point + 1..])
        })
    };
    match value_type {
        ValueType::Text => true,
        ValueType::Integer | ValueType::Milliseconds | ValueType::Microseconds => {
            is_integer(digits)
        }
        ValueType::Decimal | ValueType::Seconds => is_number(digits),
        ValueType::Address => is_address(value),
        ValueType::Timestamp(written) => match written {
            TimestampFormat::Clf => is_like(value, b"99/Aaa/9999:99:99:99 +9999"),
            TimestampFormat::ClfMilliseconds => is_like(value, b"99/Aaa/9999:99:99:99.999"),
            TimestampFormat::Iso8601 => is_like(value, b"9999-99-99A99:99:99"),
            TimestampFormat::Date => value.len() == 10 && is_like(value, b"9999-99-99"),
            TimestampFormat::TimeOfDay => value.len() == 8 && is_like(value, b"99:99:99"),
            // A year has more seconds than seven digits can count.
            TimestampFormat::EpochSeconds => value.len() >= 9 && is_number(value),
            TimestampFormat::EpochMilliseconds | TimestampFormat::EpochMicroseconds => {
                is_integer(value)
            }
            TimestampFormat::Custom => true,
        },
    }
}

/// Tells whether a value begins as the example does: digits, letters, signs, and what else it has.
fn is_like(value: &[u8], example: &[u8]) -> bool {
    value.len() >= example.len()
        && value.iter().zip(example).all(|(byte, like)| match like {
            b'9' => byte.is_ascii_digit(),
            b'A' | b'a' => byte.is_ascii_alphabetic(),
            b'+' => matches!(byte, b'+' | b'-'),
            _ => byte == like,
        })
}

/// Tells whether a value is an IP address, or a name with a letter in it, which can stand in the
/// place of one.
fn is_address(value: &[u8]) -> bool {
    let is_name = |name: &str| {
        name.contains(|letter: char| letter.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    let text = str::from_utf8(value);
    text.is_ok_and(|text| text.parse::<IpAddr>().is_ok() || text == "unix:" || is_name(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &str, expected: &str) {
        assert_eq!(guess(lines.as_bytes()).to_string(), expected);
    }

    #[test]
    fn every_preset_is_tried_or_reads_as_another() {
        let missing = |name: &&&str| Preset::ALL.iter().all(|preset| preset.name() != **name);
        assert_eq!(TRIED.iter().find(missing), None);
        assert_eq!(Preset::ALL.len(), TRIED.len() + 3);
    }

    #[test]
    fn every_example_is_known() {
        for preset in Preset::ALL {
            let line = format!("{}\n", preset.example());
            let guess = guess(line.as_bytes());
            let expected = match preset.name() {
                "nginx-combined" | "apache-combined" | "varnish" => "combined",
                // It is the line that only says what others are.
                "w3c" => {
                    assert_eq!((guess.lines(), guess.candidates().len()), (0, 0));
                    continue;
                }
                name => name,
            };
            let best = guess.best().map(|best| best.preset().name());
            assert_eq!(best, Some(expected), "{}: {guess:?}", preset.name());
        }
    }

    #[test]
    fn directives_name_the_columns() {
        check("#Fields: date cs-uri-stem\n2026-03-01 /\n", "w3c: 1 of 1 lines are in this format");
        let iis = "#Software: Microsoft Internet Information Services 10.0\n\
                   #Fields: date cs-uri-stem\n2026-03-01 /\n\
                   #Fields: date time\n2026-03-01 10:00:00\n";
        check(iis, "iis: 2 of 2 lines are in this format, and in w3c");
        let cloudfront = "#Version: 1.0\n#Fields: date x-edge-location\n2026-03-01\tFRA\n";
        check(cloudfront, "cloudfront: 1 of 1 lines are in this format");
    }

    #[test]
    fn half_of_the_lines_are_enough() {
        let common = "1.2.3.4 - - [01/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n";
        check(&format!("{common}x\n"), "common: 1 of 2 lines are in this format");
        check(&format!("{common}x\ny\n"), "the lines are in no known format");
        assert!(!guess(format!("{common}x\n").as_bytes()).is_certain());
        assert!(guess(common.as_bytes()).is_certain());
        check("", "the lines are in no known format");
        assert!(!guess(b"").is_certain());
        // A line that is in no format tells nothing of the others.
        let combined = common.replace(" 5\n", " 5 \"-\" \"x\"\n");
        check(
            &format!("{combined}nginx: [alert] x\n"),
            "combined: 1 of 2 lines are in this format",
        );
    }

    #[test]
    fn values_have_to_look_like_their_types() {
        let line = "www.example.com:443 - - [01/Mar/2026:10:00:00 +0000] \"GET /\" 200 5\n";
        check(line, "the lines are in no known format");
        let line = "1.2.3.4 - - [yesterday at 10] \"GET /\" 200 5\n";
        check(line, "the lines are in no known format");
        assert!(fits(ValueType::Address, b"2001:db8::1") && fits(ValueType::Address, b"unix:"));
        assert!(fits(ValueType::Milliseconds, b"+114") && fits(ValueType::Seconds, b"-1"));
        assert!(!fits(ValueType::Seconds, b"1.") && !fits(ValueType::Integer, b"+"));
    }

    #[test]
    fn a_last_line_without_its_end_is_left_out() {
        let common = "1.2.3.4 - - [01/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5";
        assert_eq!(guess(format!("{common}\n1.2.3").as_bytes()).lines(), 1);
        assert_eq!(guess(common.as_bytes()).lines(), 1);
    }
}
