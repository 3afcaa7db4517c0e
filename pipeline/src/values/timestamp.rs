//! Points in time, in microseconds since 1970 began.

use std::ops::RangeInclusive;

use delimark_formats::TimestampFormat;

use super::decimal::parse_decimal;
use super::digits::two;
use super::integer::parse_integer;
use super::{Value, ValueError};

const MICROSECONDS: i64 = 1_000_000;
const MINUTE: i64 = 60 * MICROSECONDS;
const DAY: i64 = 24 * 60 * MINUTE;

/// Reads the times of one column.
///
/// Lines that follow each other are mostly of the same minute, and what says the minute is then the
/// same, byte for byte: only the seconds are read.
#[derive(Clone, Debug)]
pub(crate) struct TimestampParser {
    format: TimestampFormat,
    /// The last value that was read in full, or the first of 1970: whatever is like it is a time.
    template: [u8; TEMPLATE_BYTES],
    /// The time of the template's minute.
    minute: i64,
}

/// The bytes of a time in the common log format: `01/Mar/2026:10:00:00 +0000`.
const CLF_BYTES: usize = 26;

/// The bytes of a time by ISO 8601 with a zone: `2026-03-01T10:00:00+00:00`.
const ISO_BYTES: usize = 25;

const TEMPLATE_BYTES: usize = CLF_BYTES;

impl TimestampParser {
    pub(crate) fn new(format: TimestampFormat) -> Self {
        let mut template = [0; TEMPLATE_BYTES];
        match format {
            TimestampFormat::Clf => template = *b"01/Jan/1970:00:00:00 +0000",
            TimestampFormat::Iso8601 => {
                template[..ISO_BYTES].copy_from_slice(b"1970-01-01T00:00:00+00:00");
            }
            _ => {}
        }
        Self { format, template, minute: 0 }
    }

    /// Reads a point in time by the template, and tells whether it is of the same minute. If not,
    /// what is returned has no meaning.
    #[inline(always)]
    pub(crate) fn usual<const HAS_ROOM: bool>(&self, value: Value<'_, HAS_ROOM>) -> (i64, bool) {
        match self.format {
            TimestampFormat::Clf => self.by_template::<CLF_BYTES, 18, _>(value),
            TimestampFormat::Iso8601 => self.by_template::<ISO_BYTES, 17, _>(value),
            _ => (0, false),
        }
    }

    /// Reads a time of `BYTES` bytes whose seconds are two digits after `SECONDS` bytes.
    #[inline(always)]
    fn by_template<const BYTES: usize, const SECONDS: usize, const HAS_ROOM: bool>(
        &self,
        value: Value<'_, HAS_ROOM>,
    ) -> (i64, bool) {
        let Some(bytes) = value.with_before::<BYTES>(0) else {
            return (0, false);
        };
        let template = self.template.first_chunk::<BYTES>().expect("a template has this many");
        let is_same = (value.len() == BYTES)
            & (bytes[..SECONDS] == template[..SECONDS])
            & (bytes[SECONDS + 2..] == template[SECONDS + 2..]);
        let [tens, ones] = [bytes[SECONDS], bytes[SECONDS + 1]].map(|byte| byte.wrapping_sub(b'0'));
        let seconds = i64::from(tens) * 10 + i64::from(ones);
        (self.minute + seconds * MICROSECONDS, is_same & (tens < 6) & (ones < 10))
    }

    /// Reads a point in time; one without a zone as if its clock showed UTC.
    pub(crate) fn parse(&mut self, bytes: &[u8]) -> Result<i64, ValueError> {
        let (time, is_usual) = self.usual(Value::of(bytes));
        if is_usual {
            return Ok(time);
        }
        let time = parse(self.format, bytes)?;
        match (self.format, bytes.len()) {
            (TimestampFormat::Clf, CLF_BYTES) => self.set_template(bytes, 18, time),
            (TimestampFormat::Iso8601, ISO_BYTES) => self.set_template(bytes, 17, time),
            _ => {}
        }
        Ok(time)
    }

    fn set_template(&mut self, bytes: &[u8], seconds_start: usize, time: i64) {
        if let Some(seconds) = two([bytes[seconds_start], bytes[seconds_start + 1]]) {
            self.template[..bytes.len()].copy_from_slice(bytes);
            self.minute = time - i64::from(seconds) * MICROSECONDS;
        }
    }
}

/// The times whose years have four digits: what readers of CSV, and most of Parquet, know.
const YEARS: RangeInclusive<i64> =
    -62_167_219_200 * MICROSECONDS..=253_402_300_800 * MICROSECONDS - 1;

fn parse(format: TimestampFormat, bytes: &[u8]) -> Result<i64, ValueError> {
    let time = parse_any(format, bytes)?;
    if YEARS.contains(&time) { Ok(time) } else { Err(ValueError::OutOfYears) }
}

fn parse_any(format: TimestampFormat, bytes: &[u8]) -> Result<i64, ValueError> {
    let scaled = |scale: u8, unit: i64| match parse_decimal(bytes, scale) {
        Ok(number) => number.checked_mul(unit).ok_or(ValueError::OutOfYears),
        Err(ValueError::NotNumber) => Err(ValueError::NotTime),
        Err(error) => Err(error),
    };
    let text = Text(bytes);
    match format {
        TimestampFormat::Clf => text.clf(true),
        TimestampFormat::ClfMilliseconds => text.clf(false),
        TimestampFormat::Iso8601 => text.iso(),
        TimestampFormat::EpochSeconds => scaled(6, 1),
        TimestampFormat::EpochMilliseconds => scaled(3, 1),
        TimestampFormat::EpochMicroseconds => parse_integer(bytes).map_err(|_| ValueError::NotTime),
        TimestampFormat::Date => text.date().map(|days| i64::from(days) * DAY),
        TimestampFormat::TimeOfDay => text.time_of_day(),
        TimestampFormat::Custom => Err(ValueError::NotTime),
    }
}

/// Reads `2026-03-01` as days since 1970 began.
pub(crate) fn parse_date(bytes: &[u8]) -> Result<i32, ValueError> {
    Text(bytes).date()
}

/// A time as it is written.
struct Text<'a>(&'a [u8]);

impl Text<'_> {
    /// Reads `01/Mar/2026:10:00:00 +0000`; without a zone `01/Mar/2026:10:00:00.035`.
    fn clf(&self, has_zone: bool) -> Result<i64, ValueError> {
        let (date, rest) = self.0.split_at_checked(12).ok_or(ValueError::NotTime)?;
        let [d1, d2, b'/', m1, m2, m3, b'/', year @ .., b':'] = date else {
            return Err(ValueError::NotTime);
        };
        let month = month([*m1, *m2, *m3]).ok_or(ValueError::NotTime)?;
        let (time, rest) = rest.split_at_checked(8).ok_or(ValueError::NotTime)?;
        let days = days(year, month, [*d1, *d2])?;
        let (fraction, zone) = split_fraction(rest)?;
        let zone = match (has_zone, zone) {
            (true, [b' ', zone @ ..]) => zone_offset(zone)?,
            (false, []) => 0,
            _ => return Err(ValueError::NotTime),
        };
        Ok(i64::from(days) * DAY + clock(time)? + fraction - zone)
    }

    /// Reads `2026-03-01T10:00:00.000+00:00`.
    fn iso(&self) -> Result<i64, ValueError> {
        let (date, rest) = self.0.split_at_checked(10).ok_or(ValueError::NotTime)?;
        let [b'T' | b't' | b' ', rest @ ..] = rest else {
            return Err(ValueError::NotTime);
        };
        let (time, rest) = rest.split_at_checked(8).ok_or(ValueError::NotTime)?;
        let (fraction, zone) = split_fraction(rest)?;
        let days = Text(date).date()?;
        let zone = match zone {
            b"Z" | b"z" => 0,
            zone => zone_offset(zone)?,
        };
        Ok(i64::from(days) * DAY + clock(time)? + fraction - zone)
    }

    fn date(&self) -> Result<i32, ValueError> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', day @ ..] = self.0 else {
            return Err(ValueError::NotTime);
        };
        let month = two([*m1, *m2]).ok_or(ValueError::NotTime)?;
        let day = day.try_into().map_err(|_| ValueError::NotTime)?;
        days(&[*y1, *y2, *y3, *y4], month, day)
    }

    fn time_of_day(&self) -> Result<i64, ValueError> {
        let (time, rest) = self.0.split_at_checked(8).ok_or(ValueError::NotTime)?;
        let (fraction, rest) = split_fraction(rest)?;
        if rest.is_empty() { Ok(clock(time)? + fraction) } else { Err(ValueError::NotTime) }
    }
}

/// Reads `10:00:00`.
fn clock(bytes: &[u8]) -> Result<i64, ValueError> {
    let &[h1, h2, b':', m1, m2, b':', s1, s2] = bytes else {
        return Err(ValueError::NotTime);
    };
    let number = |digits| two(digits).ok_or(ValueError::NotTime);
    let (hours, minutes, seconds) = (number([h1, h2])?, number([m1, m2])?, number([s1, s2])?);
    if hours > 23 || minutes > 59 || seconds > 59 {
        return Err(ValueError::NoSuchTime);
    }
    let minutes = i64::from(hours) * 60 + i64::from(minutes);
    Ok(minutes * MINUTE + i64::from(seconds) * MICROSECONDS)
}

/// Takes `.123`, of up to six digits and zeros behind them, off the front, as microseconds.
fn split_fraction(bytes: &[u8]) -> Result<(i64, &[u8]), ValueError> {
    let [b'.' | b',', rest @ ..] = bytes else {
        return Ok((0, bytes));
    };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at(count);
    if digits.is_empty() {
        return Err(ValueError::NotTime);
    }
    // A clock's nanoseconds are not cut without a word: the column counts microseconds.
    let (counted, rest_of_digits) = digits.split_at(digits.len().min(6));
    if rest_of_digits.iter().any(|digit| *digit != b'0') {
        return Err(ValueError::TooPrecise { scale: 6 });
    }
    let digits = counted.iter().chain(std::iter::repeat(&b'0')).take(6);
    let fraction = digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Ok((fraction, rest))
}

/// Reads `+0100` or `+01:00`.
fn zone_offset(bytes: &[u8]) -> Result<i64, ValueError> {
    let (sign, digits) = match bytes {
        [sign @ (b'+' | b'-'), h1, h2, m1, m2] | [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            (*sign, [[*h1, *h2], [*m1, *m2]])
        }
        _ => return Err(ValueError::NotTime),
    };
    let [Some(hours), Some(minutes)] = digits.map(two) else {
        return Err(ValueError::NotTime);
    };
    if hours > 23 || minutes > 59 {
        return Err(ValueError::NoSuchTime);
    }
    let offset = (i64::from(hours) * 60 + i64::from(minutes)) * MINUTE;
    Ok(if sign == b'-' { -offset } else { offset })
}

fn month(name: [u8; 3]) -> Option<u8> {
    const NAMES: [&[u8; 3]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    NAMES.iter().zip(1..).find(|(month, _)| **month == &name).map(|(_, number)| number)
}

/// Returns the days from 1970 on to a date of the Gregorian calendar.
fn days(year: &[u8], month: u8, day: [u8; 2]) -> Result<i32, ValueError> {
    let &[y1, y2, y3, y4] = year else {
        return Err(ValueError::NotTime);
    };
    let (Some(century), Some(of_century), Some(day)) = (two([y1, y2]), two([y3, y4]), two(day))
    else {
        return Err(ValueError::NotTime);
    };
    let year = i32::from(century) * 100 + i32::from(of_century);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return Err(ValueError::NoSuchTime),
    };
    if day == 0 || day > length {
        return Err(ValueError::NoSuchTime);
    }
    // Years from March on, so that the day of the leap year is their last.
    let (year, month) =
        if month > 2 { (year, i32::from(month) - 3) } else { (year - 1, i32::from(month) + 9) };
    let before_month = (153 * month + 2) / 5;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719,468 days lie between the first of March of the year 0 and 1970.
    Ok(year * 365 + leap_days + before_month + i32::from(day) - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::{Timestamp, ToSpan};

    use super::*;

    fn times(format: TimestampFormat, texts: &[&str]) -> Vec<Result<i64, ValueError>> {
        let mut parser = TimestampParser::new(format);
        texts.iter().map(|text| parser.parse(text.as_bytes())).collect()
    }

    fn time(format: TimestampFormat, text: &str) -> Result<i64, ValueError> {
        // The second time by the template, if there is one.
        let [first, second]: [_; 2] = times(format, &[text, text]).try_into().unwrap();
        assert_eq!(first, second, "{text}");
        first
    }

    fn instant(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    #[test]
    fn every_day_of_the_calendar_is_found() {
        let mut day = date(1600, 1, 1);
        let epoch = date(1970, 1, 1);
        while day < date(2405, 1, 1) {
            let text = day.to_string();
            let days = (day - epoch).get_days();
            assert_eq!(parse_date(text.as_bytes()), Ok(days), "{text}");
            let clf = day.strftime("%d/%b/%Y:23:59:59 +0000").to_string();
            let last = i64::from(days) * DAY + DAY - MICROSECONDS;
            assert_eq!(time(TimestampFormat::Clf, &clf), Ok(last), "{clf}");
            day = day.saturating_add(1.day());
        }
    }

    #[test]
    fn zones_and_fractions_count() {
        let clf = |text| time(TimestampFormat::Clf, text);
        assert_eq!(clf("01/Mar/2026:10:00:07 +0000"), Ok(instant("2026-03-01T10:00:07Z")));
        assert_eq!(clf("01/Mar/2026:10:00:07 -0730"), Ok(instant("2026-03-01T17:30:07Z")));
        let haproxy = |text| time(TimestampFormat::ClfMilliseconds, text);
        assert_eq!(haproxy("01/Mar/2026:10:00:07.035"), Ok(instant("2026-03-01T10:00:07.035Z")));
        let iso = |text| time(TimestampFormat::Iso8601, text);
        for text in [
            "2026-03-01T10:00:07+00:00",
            "2026-03-01T10:00:07+02:00",
            "2026-03-01T10:00:07Z",
            "2026-03-01T10:00:07.1Z",
            "2026-03-01T10:00:07.123456-11:15",
        ] {
            assert_eq!(iso(text), Ok(instant(text)), "{text}");
        }
        assert_eq!(iso("2026-03-01T10:00:07.123456000Z"), iso("2026-03-01T10:00:07.123456Z"));
        let too_precise = Err(ValueError::TooPrecise { scale: 6 });
        assert_eq!(iso("2026-03-01T10:00:07.123456789Z"), too_precise);
        assert_eq!(iso("2026-03-01T10:00:07.0000001+01:00"), too_precise);
    }

    #[test]
    fn numbers_are_times_too() {
        let at = instant("2026-03-01T10:00:07.123Z");
        assert_eq!(time(TimestampFormat::EpochSeconds, "1772359207.123"), Ok(at));
        assert_eq!(time(TimestampFormat::EpochMilliseconds, "1772359207123"), Ok(at));
        assert_eq!(time(TimestampFormat::EpochMicroseconds, "1772359207123000"), Ok(at));
        assert_eq!(time(TimestampFormat::EpochSeconds, "soon"), Err(ValueError::NotTime));
        let day = |text| time(TimestampFormat::TimeOfDay, text);
        assert_eq!(day("10:00:07"), Ok(10 * 60 * MINUTE + 7 * MICROSECONDS));
        assert_eq!(day("10:00"), Err(ValueError::NotTime));
    }

    #[test]
    fn years_have_four_digits() {
        let iso = |text| time(TimestampFormat::Iso8601, text);
        assert_eq!(iso("0000-01-01T00:00:00Z"), Ok(*YEARS.start()));
        assert_eq!(iso("9999-12-31T23:59:59.999999Z"), Ok(*YEARS.end()));
        let clf = |text| time(TimestampFormat::Clf, text);
        let epoch = |text| time(TimestampFormat::EpochSeconds, text);
        for found in [
            iso("9999-12-31T23:59:59-05:00"),
            iso("0000-01-01T00:00:00+01:00"),
            clf("31/Dec/9999:23:59:59 -0100"),
            epoch("253402300800"),
            epoch("-62167219201"),
            time(TimestampFormat::EpochMilliseconds, "253402300800000"),
        ] {
            assert_eq!(found, Err(ValueError::OutOfYears));
        }
    }

    #[test]
    fn only_the_seconds_may_change_within_a_template() {
        let texts = [
            "01/Mar/2026:10:00:07 +0000",
            "01/Mar/2026:10:00:59 +0000",
            "01/Mar/2026:10:00:60 +0000",
            "01/Mar/2026:10:00:0x +0000",
            "01/Mar/2026:10:01:00 +0000",
            "01/Mar/2026:10:01:00 +0001",
            "01/Mar/2026:10:00:08 +0000",
        ];
        let of_day = |text: &str| Ok(instant(&format!("2026-03-01T{text}Z")));
        let expected = [
            of_day("10:00:07"),
            of_day("10:00:59"),
            Err(ValueError::NoSuchTime),
            Err(ValueError::NotTime),
            of_day("10:01:00"),
            of_day("10:00:00"),
            of_day("10:00:08"),
        ];
        assert_eq!(times(TimestampFormat::Clf, &texts), expected);
    }

    #[test]
    fn no_time_is_read_by_an_empty_template() {
        for (format, length, seconds) in
            [(TimestampFormat::Clf, CLF_BYTES, 18), (TimestampFormat::Iso8601, ISO_BYTES, 17)]
        {
            let mut bytes = vec![0; length];
            bytes[seconds..seconds + 2].copy_from_slice(b"07");
            let found = TimestampParser::new(format).parse(&bytes);
            assert_eq!(found, Err(ValueError::NotTime), "{format:?}");
        }
    }

    #[test]
    fn what_does_not_exist_is_told() {
        for text in ["30/Feb/2026:10:00:00 +0000", "29/Feb/2100:10:00:00 +0000"] {
            assert_eq!(time(TimestampFormat::Clf, text), Err(ValueError::NoSuchTime), "{text}");
        }
        for text in ["2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-01T24:00:00Z"] {
            assert_eq!(time(TimestampFormat::Iso8601, text), Err(ValueError::NoSuchTime), "{text}");
        }
        for text in ["", "-", "2026-03-01", "2026-03-01T10:00:07", "2026-03-01T10:00:07+1"] {
            assert_eq!(time(TimestampFormat::Iso8601, text), Err(ValueError::NotTime), "{text}");
        }
        for text in ["01/Mrz/2026:10:00:00 +0000", "01/Mar/2026 10:00:00 +0000", "\0"] {
            assert_eq!(time(TimestampFormat::Clf, text), Err(ValueError::NotTime), "{text}");
        }
    }
}
