//! The stage `timestamp`: the time that a line says of itself.

use std::ops::Range;

use jiff::Timestamp as Moment;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{Offset, TimeZone};

use super::work::{Slot, SlotKind, Slots, Work};
use super::{Outcome, Stage};
use crate::config::{Misplaced, TimestampConfig};

const SECOND: i64 = 1_000_000_000;

/// Takes the time out of a field.
#[derive(Debug)]
pub(super) struct Timestamp {
    source: Slot,
    format: Format,
    zone: Offset,
    is_distinct: bool,
    /// The text that was read last: lines that follow each other mostly are of the same second.
    last: Vec<u8>,
    last_time: Option<Written>,
}

/// The way in which times are written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Format {
    Rfc3339,
    /// A number of units since 1970; there are so many of these in a second.
    Unix(i64),
    Strftime(String),
}

/// A time as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Written {
    /// Nanoseconds since 1970.
    time: i64,
    /// The nanoseconds that one of the last digit stands for.
    precision: i64,
}

impl Timestamp {
    pub(super) fn new(config: &TimestampConfig, slots: &mut Slots) -> Result<Self, Misplaced> {
        let format = read_format(config.format.get_ref());
        let format = format.map_err(|message| Misplaced::at(config.format.span(), message))?;
        let zone = match &config.offset {
            None => Offset::UTC,
            Some(text) => read_offset(text.get_ref(), text.span())?,
        };
        let source = slots.slot(SlotKind::Field, config.source.get_ref());
        let (is_distinct, last) = (config.distinct, Vec::new());
        Ok(Self { source, format, zone, is_distinct, last, last_time: None })
    }

    fn read(&mut self, text: &[u8]) -> Option<Written> {
        if self.last != text {
            self.last.clear();
            self.last.extend_from_slice(text);
            self.last_time = str::from_utf8(text).ok().and_then(|text| self.parse(text));
        }
        self.last_time
    }

    fn parse(&self, text: &str) -> Option<Written> {
        let precision = precision(text);
        match &self.format {
            Format::Rfc3339 => {
                let moment: Option<Moment> = text.parse().ok();
                let moment = moment.or_else(|| {
                    let civil: jiff::civil::DateTime = text.parse().ok()?;
                    self.zone.to_timestamp(civil).ok()
                });
                Some(Written { time: nanoseconds(moment?)?, precision })
            }
            Format::Unix(per_second) => unix(text, *per_second),
            Format::Strftime(format) => {
                let parts = BrokenDownTime::parse(format, text).ok()?;
                let moment = match parts.to_timestamp() {
                    Ok(moment) => moment,
                    Err(_) => {
                        let zone = TimeZone::fixed(self.zone);
                        zone.to_timestamp(parts.to_datetime().ok()?).ok()?
                    }
                };
                Some(Written { time: nanoseconds(moment)?, precision })
            }
        }
    }
}

impl Stage for Timestamp {
    fn apply(&mut self, work: &mut Work, outcome: &mut Outcome) {
        for row in work.kept_rows() {
            let Some(text) = work.value(Some(self.source), row) else { continue };
            let Some(Written { time, precision }) = self.read(text) else {
                outcome.bad_times += 1;
                continue;
            };
            let place = if self.is_distinct { place(work, row, precision) } else { 0 };
            work.times[row] = Some(time.saturating_add(place));
        }
    }
}

/// Returns nanoseconds to add to a time. They are the same when the line is read again, so that
/// Loki knows it, and others for another line, so that Loki does not take it for the same.
pub(super) fn place(work: &Work, row: usize, precision: i64) -> i64 {
    let precision = precision as u64;
    // Files begin in the first half, so that the lines of one are in their order for long.
    let start = work.identity.checked_rem(precision / 2).unwrap_or_default();
    (start.wrapping_add(work.offsets[row]) % precision) as i64
}

/// Reads a time with its zone, and returns it in nanoseconds since 1970, with those that one of the
/// last digit stands for.
pub(super) fn rfc3339(text: &str) -> Option<(i64, i64)> {
    let moment: Moment = text.parse().ok()?;
    Some((nanoseconds(moment)?, precision(text)))
}

/// Returns nanoseconds since 1970, which 64 bits hold until 2262.
fn nanoseconds(moment: Moment) -> Option<i64> {
    i64::try_from(moment.as_nanosecond()).ok()
}

/// Reads a number of units since 1970, with or without a fraction.
fn unix(text: &str, per_second: i64) -> Option<Written> {
    let unit = SECOND / per_second;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let mut precision = unit;
    let mut time = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    for digit in fraction.bytes() {
        precision /= 10;
        time = time.checked_add(i64::from(digit - b'0') * precision)?;
    }
    Some(Written { time, precision: precision.max(1) })
}

/// Returns the nanoseconds that the last digit of a fraction of a second stands for; one second
/// where there is none.
fn precision(text: &str) -> i64 {
    // The fraction is what stands behind the last `:` and a point, or a comma.
    let seconds = text.rfind(['.', ',']).map(|index| &text[index + 1..]);
    let digits = seconds.map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    (0..digits.min(9)).fold(SECOND, |precision, _| precision / 10)
}

/// Reads the name of a format, or a format of strftime.
fn read_format(text: &str) -> Result<Format, String> {
    match text {
        "clf" => Ok(Format::Strftime("%d/%b/%Y:%H:%M:%S %z".to_owned())),
        "rfc3339" => Ok(Format::Rfc3339),
        "unix" => Ok(Format::Unix(1)),
        "unix_ms" => Ok(Format::Unix(1_000)),
        "unix_us" => Ok(Format::Unix(1_000_000)),
        "unix_ns" => Ok(Format::Unix(SECOND)),
        _ if text.contains('%') => {
            // Whether strftime knows all of it shows when a time is written that way.
            let zoned = jiff::Zoned::new(Moment::UNIX_EPOCH, TimeZone::UTC);
            match jiff::fmt::strtime::format(text, &zoned) {
                Ok(_) => Ok(Format::Strftime(text.to_owned())),
                Err(error) => Err(format!("'{text}' is no format of times: {error}")),
            }
        }
        _ => Err(format!(
            "unknown format of times '{text}' (expected one of: clf, rfc3339, unix, unix_ms, \
             unix_us, unix_ns, or as strftime has it, such as %Y-%m-%d)"
        )),
    }
}

/// Reads `+02:00`.
fn read_offset(text: &str, span: Range<usize>) -> Result<Offset, Misplaced> {
    let parts = BrokenDownTime::parse("%:z", text).ok();
    parts.and_then(|parts| parts.offset()).ok_or_else(|| {
        Misplaced::at(span, format!("'{text}' is no offset (expected one such as +02:00)"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(format: &str) -> Timestamp {
        Timestamp {
            source: Slots::default().slot(SlotKind::Field, "time"),
            format: read_format(format).unwrap(),
            zone: Offset::UTC,
            is_distinct: true,
            last: Vec::new(),
            last_time: None,
        }
    }

    fn read(format: &str, text: &str) -> Option<(i64, i64)> {
        reader(format).read(text.as_bytes()).map(|written| (written.time, written.precision))
    }

    #[test]
    fn times_are_read_with_their_precision() {
        let time = 1_772_359_200 * SECOND;
        assert_eq!(read("clf", "01/Mar/2026:10:00:00 +0000"), Some((time, SECOND)));
        assert_eq!(read("clf", "01/Mar/2026:12:00:00 +0200"), Some((time, SECOND)));
        assert_eq!(read("rfc3339", "2026-03-01T10:00:00Z"), Some((time, SECOND)));
        let fraction = Some((time + 120_000_000, 1_000_000));
        assert_eq!(read("rfc3339", "2026-03-01T12:00:00.120+02:00"), fraction);
        assert_eq!(read("unix", "1772359200.120"), fraction);
        assert_eq!(read("unix_ms", "1772359200120"), fraction);
        assert_eq!(read("unix_ns", "1772359200000000007"), Some((time + 7, 1)));
        assert_eq!(read("%Y-%m-%d %H:%M:%S", "2026-03-01 10:00:00"), Some((time, SECOND)));
        assert_eq!(read("clf", "yesterday"), None);
        assert_eq!(read("unix", "12e5"), None);
        assert_eq!(read("unix", "99999999999999999999"), None);
    }

    #[test]
    fn unknown_formats_are_refused() {
        assert!(read_format("RFC").unwrap_err().contains("unknown format of times 'RFC'"));
        assert!(read_format("%!").unwrap_err().contains("is no format of times"));
    }
}
