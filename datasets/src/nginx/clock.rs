//! The time a request ended; its text is kept while the second lasts.

use crate::digits::write_padded;
use crate::random::Random;

/// 2026-03-02 00:00:00 UTC, in milliseconds since 1970.
const START_MILLISECONDS: u64 = 1_772_409_600_000;

/// Counts forward and tells the time, in UTC.
#[derive(Debug)]
pub(crate) struct Clock {
    milliseconds: u64,
    /// The second that `text` tells.
    second: u64,
    text: [u8; 25],
}

impl Clock {
    pub(super) fn new() -> Self {
        let second = START_MILLISECONDS / 1000;
        Self { milliseconds: START_MILLISECONDS, second, text: iso_text(second) }
    }

    /// Lets 0 to 62 milliseconds go by, about 15 in the mean: 70 requests a second.
    #[inline]
    pub(super) fn advance(&mut self, random: &mut Random) {
        self.milliseconds += random.log_uniform(0..6) - 1;
        let second = self.milliseconds / 1000;
        if second != self.second {
            self.second = second;
            self.text = iso_text(second);
        }
    }

    /// Returns the milliseconds since 1970.
    pub(crate) fn milliseconds(&self) -> u64 {
        self.milliseconds
    }

    /// Tells the second as `$time_iso8601` does.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }
}

/// Tells a second since 1970 as the logs of the first web servers did, for example
/// `02/Mar/2026:00:00:00`.
pub(crate) fn log_text(second: u64) -> [u8; 20] {
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let (year, month, day) = civil_date(second / 86_400);
    let mut text = *b"00/Jan/0000:00:00:00";
    write_padded(&mut text[0..2], day);
    text[3..6].copy_from_slice(&MONTHS[(month as usize - 1) * 3..][..3]);
    write_padded(&mut text[7..11], year);
    write_time_of_day(&mut text[12..], second);
    text
}

/// Tells a second since 1970, for example `2026-03-02T00:00:00+00:00`.
pub(crate) fn iso_text(second: u64) -> [u8; 25] {
    let (year, month, day) = civil_date(second / 86_400);
    let mut text = *b"0000-00-00T00:00:00+00:00";
    write_padded(&mut text[0..4], year);
    write_padded(&mut text[5..7], month);
    write_padded(&mut text[8..10], day);
    write_time_of_day(&mut text[11..19], second);
    text
}

/// Fills in hours, minutes and seconds, two digits each, with a byte between them that stays.
fn write_time_of_day(text: &mut [u8], second: u64) {
    write_padded(&mut text[0..2], second / 3600 % 24);
    write_padded(&mut text[3..5], second / 60 % 60);
    write_padded(&mut text[6..8], second % 60);
}

/// Turns days since 1970 into year, month and day, counting years from March.
///
/// With the leap day at the end of the year, the day of a month is linear in the month's number:
/// months begin after `(153 * month + 2) / 5` days.
fn civil_date(days: u64) -> (u64, u64, u64) {
    const DAYS_TO_1970_FROM_MARCH_OF_YEAR_0: u64 = 719_468;
    const DAYS_IN_400_YEARS: u64 = 146_097;
    let days = days + DAYS_TO_1970_FROM_MARCH_OF_YEAR_0;
    let era = days / DAYS_IN_400_YEARS;
    let day = days % DAYS_IN_400_YEARS;
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    (era * 400 + year, month, day)
}

#[cfg(test)]
mod tests {
    use super::{iso_text, log_text};

    #[test]
    fn tells_dates_around_leap_days_and_years() {
        // Seconds from `date -u +%s -d DATE`.
        for (second, text) in [
            (0, b"1970-01-01T00:00:00+00:00"),
            (1_709_251_199, b"2024-02-29T23:59:59+00:00"),
            (1_772_323_199, b"2026-02-28T23:59:59+00:00"),
            (1_772_323_200, b"2026-03-01T00:00:00+00:00"),
            (1_798_761_599, b"2026-12-31T23:59:59+00:00"),
            (1_798_761_600, b"2027-01-01T00:00:00+00:00"),
            (4_107_542_400, b"2100-03-01T00:00:00+00:00"),
        ] {
            assert_eq!(iso_text(second), *text, "second {second}");
        }
    }

    #[test]
    fn tells_dates_as_logs_do() {
        assert_eq!(log_text(1_709_251_199), *b"29/Feb/2024:23:59:59");
        assert_eq!(log_text(1_798_761_600), *b"01/Jan/2027:00:00:00");
        assert_eq!(log_text(1_796_774_645), *b"09/Dec/2026:00:04:05");
    }
}
