//! Points in time as seconds, to see whether they go on.

use delimark_formats::TimestampFormat;

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// Returns the seconds since 1970, or of the day for a time of day; `None` for what is not written
/// so. Times without a zone are taken as they are.
pub(super) fn seconds(written: TimestampFormat, value: &[u8]) -> Option<i64> {
    match written {
        TimestampFormat::Clf | TimestampFormat::ClfMilliseconds => {
            let month = MONTHS.iter().position(|month| Some(&month[..]) == value.get(3..6))?;
            let date = days(number(value, 7..11)?, month as i64 + 1, number(value, 0..2)?);
            let local = date * 86_400 + time_of_day(value.get(12..)?)?;
            // Milliseconds may stand before the zone, and the zone may be missing.
            let zone = value.get(20..).and_then(|rest| rest.strip_prefix(b" ")).and_then(zone);
            Some(local - zone.unwrap_or(0))
        }
        TimestampFormat::Iso8601 => {
            let local = date(value)? * 86_400 + time_of_day(value.get(11..)?)?;
            let rest = value.get(19..)?;
            let is_fraction = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
            let fraction = rest.iter().take_while(|byte| is_fraction(byte)).count();
            Some(local - zone(&rest[fraction..]).unwrap_or(0))
        }
        TimestampFormat::EpochSeconds => whole(value),
        TimestampFormat::EpochMilliseconds => whole(value).map(|count| count / 1_000),
        TimestampFormat::EpochMicroseconds => whole(value).map(|count| count / 1_000_000),
        TimestampFormat::Date => date(value).map(|days| days * 86_400),
        TimestampFormat::TimeOfDay => time_of_day(value),
        TimestampFormat::Custom => None,
    }
}

fn date(value: &[u8]) -> Option<i64> {
    Some(days(number(value, 0..4)?, number(value, 5..7)?, number(value, 8..10)?))
}

fn time_of_day(value: &[u8]) -> Option<i64> {
    Some(number(value, 0..2)? * 3_600 + number(value, 3..5)? * 60 + number(value, 6..8)?)
}

/// Returns the seconds of `+0530`, `-05:30` or `Z`.
fn zone(value: &[u8]) -> Option<i64> {
    let sign = match value.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let minutes = if value.get(3) == Some(&b':') { 4..6 } else { 3..5 };
    Some(sign * (number(value, 1..3)? * 3_600 + number(value, minutes)? * 60))
}

/// Returns the days from 1970 to a date of the Gregorian calendar, whose years are taken to begin
/// in March, so that a leap day is the last one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    // 719,468 days lie between the first of March of the year 0 and 1970.
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
        - 719_468
}

/// Returns the number before a point.
fn whole(value: &[u8]) -> Option<i64> {
    let end = value.iter().position(|&byte| byte == b'.').unwrap_or(value.len());
    number(value, 0..end)
}

fn number(value: &[u8], range: std::ops::Range<usize>) -> Option<i64> {
    let digits = str::from_utf8(value.get(range)?).ok()?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_writing_is_read() {
        // date -u -d '2026-03-01 10:00:05' +%s
        let expected = Some(1_772_359_205);
        for (written, value) in [
            (TimestampFormat::Clf, "01/Mar/2026:10:00:05 +0000"),
            (TimestampFormat::Clf, "01/Mar/2026:15:30:05 +0530"),
            (TimestampFormat::Clf, "28/Feb/2026:22:30:05 -1130"),
            (TimestampFormat::ClfMilliseconds, "01/Mar/2026:10:00:05.655"),
            (TimestampFormat::Iso8601, "2026-03-01T10:00:05Z"),
            (TimestampFormat::Iso8601, "2026-03-01T11:00:05.186641+01:00"),
            (TimestampFormat::Iso8601, "2026-03-01T09:00:05-0100"),
            (TimestampFormat::EpochSeconds, "1772359205.450"),
            (TimestampFormat::EpochMilliseconds, "1772359205450"),
            (TimestampFormat::EpochMicroseconds, "1772359205450000"),
        ] {
            assert_eq!(seconds(written, value.as_bytes()), expected, "{value}");
        }
        assert_eq!(seconds(TimestampFormat::Date, b"2024-02-29"), Some(1_709_164_800));
        assert_eq!(seconds(TimestampFormat::TimeOfDay, b"10:00:05"), Some(36_005));
    }

    #[test]
    fn other_text_is_none() {
        for value in ["", "-", "01/Mar/2026", "01/Mrz/2026:10:00:05 +0000", "xx/Mar/2026:10:00:05"]
        {
            assert_eq!(seconds(TimestampFormat::Clf, value.as_bytes()), None, "{value}");
        }
        assert_eq!(seconds(TimestampFormat::EpochSeconds, b"99999999999999999999"), None);
        assert_eq!(seconds(TimestampFormat::Iso8601, b"2026-03-01T10:00"), None);
        assert_eq!(seconds(TimestampFormat::Custom, b"1"), None);
    }
}
