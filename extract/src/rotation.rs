//! The order in time of logs that were rotated.

use std::cmp::Reverse;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::SystemTime;

use crate::input::InputName;

/// Orders inputs by time, the oldest first.
///
/// Files whose names differ in no more than what rotation appends are a log. Its files are ordered
/// by the numbers, the highest first, or the dates in their names, and the one with neither is the
/// newest. Where some have numbers and others dates, or the same, the time of their last change
/// tells. Logs are ordered by that of their oldest file. Standard input comes last.
#[must_use]
pub fn oldest_first(inputs: Vec<InputName>) -> Vec<InputName> {
    let changed = |input: &InputName| match input {
        InputName::File(path) => path.metadata().and_then(|metadata| metadata.modified()).ok(),
        InputName::StandardInput => None,
    };
    order(inputs, changed)
}

/// The mark of a rotation in a file's name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    /// How often it was rotated.
    Number(u64),
    /// The digits of a date, from the year on.
    Date(Vec<u8>),
    /// Seconds since 1970.
    Seconds(u64),
}

/// The files of a log with their marks and the times they were changed last.
type Log = Vec<(InputName, Option<Mark>, Option<SystemTime>)>;

fn order(
    inputs: Vec<InputName>,
    changed: impl Fn(&InputName) -> Option<SystemTime>,
) -> Vec<InputName> {
    let mut logs: Vec<(Option<Vec<u8>>, Log)> = Vec::new();
    for input in inputs {
        let (name, mark) = match &input {
            InputName::File(path) => {
                let (name, mark) = split(path);
                (Some(name), mark)
            }
            InputName::StandardInput => (None, None),
        };
        let time = changed(&input);
        let file = (input, mark, time);
        match logs.iter_mut().find(|(other, _)| *other == name) {
            Some((_, log)) => log.push(file),
            None => logs.push((name, vec![file])),
        }
    }
    for (_, log) in &mut logs {
        order_log(log);
    }
    // What has no time is not there, and said to be when it is opened.
    logs.sort_by_key(|(name, log)| (name.is_none(), log[0].2.is_none(), log[0].2));
    logs.into_iter().flat_map(|(_, log)| log).map(|(input, _, _)| input).collect()
}

fn order_log(log: &mut Log) {
    let marks = || log.iter().filter_map(|(_, mark, _)| mark.as_ref());
    if marks().all(|mark| matches!(mark, Mark::Number(_))) {
        log.sort_by_key(|(_, mark, time)| {
            let number = match mark {
                Some(Mark::Number(number)) => *number,
                _ => 0,
            };
            (mark.is_none(), Reverse(number), *time)
        });
    } else if marks().all(|mark| matches!(mark, Mark::Date(_))) {
        log.sort_by_cached_key(|(_, mark, time)| (mark.is_none(), digits(mark.as_ref()), *time));
    } else if marks().all(|mark| matches!(mark, Mark::Seconds(_))) {
        log.sort_by_key(|(_, mark, time)| {
            let seconds = match mark {
                Some(Mark::Seconds(seconds)) => *seconds,
                _ => 0,
            };
            (mark.is_none(), seconds, *time)
        });
    } else {
        log.sort_by_key(|(_, _, time)| (time.is_none(), *time));
    }
}

fn digits(mark: Option<&Mark>) -> Vec<u8> {
    match mark {
        Some(Mark::Date(digits)) => digits.clone(),
        _ => Vec::new(),
    }
}

/// Splits a path into what all files of a log have in common, and the mark of its rotation.
fn split(path: &Path) -> (Vec<u8>, Option<Mark>) {
    let whole = path.as_os_str().as_bytes();
    let name = path.file_name().map_or(&b""[..], OsStr::as_bytes);
    let folder = &whole[..whole.len() - name.len().min(whole.len())];
    let compressions = [&b".gz"[..], b".zst", b".zstd"];
    let name = compressions.iter().find_map(|end| name.strip_suffix(*end)).unwrap_or(name);
    if let Some((stem, mark)) = split_mark(name) {
        return ([folder, stem].concat(), Some(mark));
    }
    // Some rotate with the mark before the extension: app-2026-03-01.log.
    if let Some(dot) = memchr::memrchr(b'.', name)
        && name[dot + 1..].iter().all(u8::is_ascii_alphabetic)
        && let Some((stem, mark)) = split_mark(&name[..dot])
    {
        return ([folder, stem, &name[dot..]].concat(), Some(mark));
    }
    ([folder, name].concat(), None)
}

/// Splits a mark off the end of a name.
fn split_mark(name: &[u8]) -> Option<(&[u8], Mark)> {
    let is_separator = |byte: u8| matches!(byte, b'-' | b'_' | b'.');
    let is_part = |byte: &u8| byte.is_ascii_digit() || is_separator(*byte) || b"T:".contains(byte);
    let length = name.iter().rev().take_while(|byte| is_part(byte)).count();
    // A date may have separators in it, and others before it: the longest that is one is it.
    let starts = (name.len() - length..name.len()).filter(|&start| is_separator(name[start]));
    let candidates = starts.map(|start| (&name[..start], &name[start + 1..]));
    let mut candidates = candidates
        .filter(|(stem, mark)| !stem.is_empty() && mark.first().is_some_and(u8::is_ascii_digit));
    candidates.find_map(|(stem, mark)| Some((stem, read_mark(mark)?)))
}

fn read_mark(text: &[u8]) -> Option<Mark> {
    let digits: Vec<u8> = text.iter().copied().filter(u8::is_ascii_digit).collect();
    let number = || str::from_utf8(text).ok()?.parse::<u64>().ok();
    let is_plain = digits.len() == text.len();
    match digits.len() {
        1..=5 if is_plain => number().map(Mark::Number),
        10 if is_plain && digits[0] == b'1' => number().map(Mark::Seconds),
        8 | 10 | 12 | 14 if is_date(&digits) => Some(Mark::Date(digits)),
        _ => None,
    }
}

/// Tells whether digits are a year of this century, a month and a day.
fn is_date(digits: &[u8]) -> bool {
    let two = |start: usize| 10 * (digits[start] - b'0') + digits[start + 1] - b'0';
    digits.starts_with(b"20") && (1..=12).contains(&two(4)) && (1..=31).contains(&two(6))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Makes sure of an order, of files whose times are the numbers in brackets.
    fn check(given: &str, expected: &str) {
        let files: Vec<(&str, Option<u64>)> = given
            .split_whitespace()
            .map(|file| match file.split_once('[') {
                Some((name, time)) => (name, time.strip_suffix(']').unwrap().parse().ok()),
                None => (file, Some(0)),
            })
            .collect();
        let inputs = files.iter().map(|(name, _)| InputName::new(Path::new(name))).collect();
        let time = |input: &InputName| {
            let (_, time) =
                *files.iter().find(|(name, _)| *input == InputName::new(Path::new(name)))?;
            Some(SystemTime::UNIX_EPOCH + Duration::from_secs(time?))
        };
        let ordered = order(inputs, time);
        let names: Vec<String> = ordered
            .iter()
            .map(|input| match input {
                InputName::File(path) => path.to_str().unwrap().to_owned(),
                InputName::StandardInput => "-".to_owned(),
            })
            .collect();
        assert_eq!(names.join(" "), expected);
    }

    #[test]
    fn numbers_count_down_to_the_newest() {
        check("a.log a.log.1 a.log.10.gz a.log.2.zst", "a.log.10.gz a.log.2.zst a.log.1 a.log");
        check("/x/a.log.1 /x/a.log a.log", "/x/a.log.1 /x/a.log a.log");
        check("a.1.log a.log a.2.log.gz", "a.2.log.gz a.1.log a.log");
    }

    #[test]
    fn dates_count_up_to_the_newest() {
        check(
            "a.log a.log-20260302 a.log-20251231.gz a.log-20260301.gz",
            "a.log-20251231.gz a.log-20260301.gz a.log-20260302 a.log",
        );
        check("a-2026-03-02.log a-2026-03-01.log.gz", "a-2026-03-01.log.gz a-2026-03-02.log");
        check(
            "a.log a.2026-03-01T10:00 a.2026-03-01T09:00",
            "a.log a.2026-03-01T09:00 a.2026-03-01T10:00",
        );
        check("a-2026030110 a-2026030109", "a-2026030109 a-2026030110");
        check("a.log a.log-1772323200 a.log-1772236800", "a.log-1772236800 a.log-1772323200 a.log");
    }

    #[test]
    fn times_tell_where_names_do_not() {
        check(
            "tuesday.log[2] monday.log[1]",
            "monday.log[1] tuesday.log[2]".replace(['[', ']', '1', '2'], "").as_str(),
        );
        // A log stays together, from its oldest file on.
        check("b.log[9] a.log.1[5] b.log.1[3] a.log[7]", "b.log.1 b.log a.log.1 a.log");
        // Numbers and dates say nothing of each other.
        check("a.log.1[9] a.log-20260301[3] a.log[5]", "a.log-20260301 a.log a.log.1");
        check("a.log.1[2] a.log.1.gz[1]", "a.log.1.gz a.log.1");
    }

    #[test]
    fn what_is_not_there_and_standard_input_come_last() {
        check("- missing[x] a.log[1]", "a.log missing -");
    }

    #[test]
    fn other_numbers_in_names_are_no_marks() {
        for name in
            ["v1.20", "10.0.0.1", "a-123456", "a-20261301", "a-20260001", ".1", "1", "a.log"]
        {
            let (log, mark) = split(Path::new(name));
            let is_mark = matches!(mark, None | Some(Mark::Number(_)));
            assert!(is_mark, "{name}: {mark:?} of {}", log.escape_ascii());
        }
        assert_eq!(split(Path::new(".1")).1, None);
        assert_eq!(split(Path::new("a-123456")).1, None);
    }
}
