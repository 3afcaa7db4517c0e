//! Checks of lines as bytes, whatever their format: endings, NUL bytes, and equal ones.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hasher};

use super::finding::FindingKind;
use super::findings::Findings;

/// Lines that one is compared with. HAProxy writes the second of a pair when the request ends, with
/// those of other requests between.
const RECENT_LINES: u64 = 1000;

/// Lines in pairs, of a hundred, that make them usual.
const USUAL_PERCENT: u64 = 50;

/// Looks at lines one after the other.
#[derive(Debug, Default)]
pub(super) struct LineChecks {
    endings: [Counted; 2],
    recent: RecentLines,
    pairs: Counted,
    is_last_open: bool,
}

/// A count of lines, and the first of them.
#[derive(Debug, Default)]
struct Counted {
    count: u64,
    first_lines: Vec<u64>,
}

impl Counted {
    fn add(&mut self, number: u64, examples_maximum: usize) {
        self.count += 1;
        if self.first_lines.len() < examples_maximum {
            self.first_lines.push(number);
        }
    }
}

impl LineChecks {
    /// Looks at whole lines that come after so many others.
    pub(super) fn check(&mut self, bytes: &[u8], lines_before: u64, findings: &mut Findings) {
        let examples_maximum = findings.examples_maximum();
        for (number, line) in (lines_before + 1..).zip(bytes.split_inclusive(|&byte| byte == b'\n'))
        {
            let content = match line.strip_suffix(b"\n") {
                Some(content) => {
                    let without = content.strip_suffix(b"\r");
                    self.endings[usize::from(without.is_some())].add(number, examples_maximum);
                    without.unwrap_or(content)
                }
                None => {
                    self.is_last_open = true;
                    line
                }
            };
            if content.is_empty() {
                findings.add(FindingKind::EmptyLine, number);
                continue;
            }
            if memchr::memchr(0, content).is_some() {
                findings.add(FindingKind::NulBytes, number);
            }
            if !content.starts_with(b"#") && self.recent.is_second(content, number) {
                self.pairs.add(number, examples_maximum);
            }
        }
    }

    /// Adds what can be told at the end only.
    pub(super) fn finish(self, lines: u64, findings: &mut Findings) {
        let [lf, crlf] = &self.endings;
        if lf.count > 0 && crlf.count > 0 {
            let is_crlf_rarer = crlf.count <= lf.count;
            let rarer = if is_crlf_rarer { crlf } else { lf };
            let kind = FindingKind::MixedLineEndings { is_crlf_rarer };
            findings.add_counted(kind, rarer.count, &rarer.first_lines);
        }
        if self.is_last_open {
            findings.add_for_file(FindingKind::NoFinalNewline);
        }
        if self.pairs.count > 0 {
            let is_usual = self.pairs.count * 2 * 100 >= lines * USUAL_PERCENT;
            let kind = FindingKind::EqualPair { is_usual };
            findings.add_counted(kind, self.pairs.count, &self.pairs.first_lines);
        }
    }
}

/// Hashes of the last lines that are not in a pair yet.
#[derive(Debug, Default)]
struct RecentLines {
    /// The number of the line, by hash.
    single: HashMap<u64, u64>,
    /// Hashes and numbers in the order of the lines.
    order: VecDeque<(u64, u64)>,
}

impl RecentLines {
    /// Tells whether a line equals a recent one; the two are a pair then, and no part of another.
    fn is_second(&mut self, line: &[u8], number: u64) -> bool {
        while let Some(&(hash, before)) = self.order.front()
            && before + RECENT_LINES < number
        {
            self.order.pop_front();
            if self.single.get(&hash) == Some(&before) {
                self.single.remove(&hash);
            }
        }
        let mut hasher = DefaultHasher::new();
        hasher.write(line);
        let hash = hasher.finish();
        if self.single.remove(&hash).is_some() {
            return true;
        }
        self.single.insert(hash, number);
        self.order.push_back((hash, number));
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_in_one_pair_only() {
        let mut recent = RecentLines::default();
        let lines = [b"a", b"b", b"a", b"a", b"b", b"a", b"a"];
        let found: Vec<u64> = (1..)
            .zip(lines)
            .filter(|(number, line)| recent.is_second(*line, *number))
            .map(|(number, _)| number)
            .collect();
        assert_eq!(found, [3, 5, 6]);
    }

    #[test]
    fn pairs_are_told_within_a_thousand_lines_and_memory_is_bounded() {
        for (distance, is_found) in [(1, true), (1000, true), (1001, false)] {
            let mut recent = RecentLines::default();
            assert!(!recent.is_second(b"x", 1));
            for number in 2..=distance {
                assert!(!recent.is_second(number.to_string().as_bytes(), number));
            }
            assert_eq!(recent.is_second(b"x", 1 + distance), is_found, "{distance}");
            assert!(recent.order.len() <= 1001 && recent.single.len() <= 1001);
        }
    }
}
