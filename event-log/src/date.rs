//! The `date` of a line: RFC 3339 in UTC, rendered from a cache that changes once a second.

use crate::clock::Timestamp;

/// How finely the `date` of a line tells the time.
///
/// Every line of one logger has a date of the same width, so dates sort as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DatePrecision {
    /// Whole seconds, `2021-09-16T05:57:27Z`; the default. The order within a second is in the ids.
    #[default]
    Seconds,
    /// Milliseconds, `2021-09-16T05:57:27.123Z`; about 15 ns more per event, for a finer clock.
    Millis,
    /// Microseconds, `2021-09-16T05:57:27.123456Z`; costs the same as milliseconds.
    Micros,
}

impl DatePrecision {
    /// The length of the date in bytes.
    pub(crate) const fn width(self) -> usize {
        match self {
            Self::Seconds => 20,
            Self::Millis => 24,
            Self::Micros => 27,
        }
    }
}

/// Where the fraction begins, or the final `Z` of a date without one.
const FRACTION: usize = 19;
/// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z in seconds since 1970: four digits hold no more.
const FIRST_SECOND: i64 = -62_167_219_200;
const LAST_SECOND: i64 = 253_402_300_799;

/// The text of the last date, of which mostly no digit, or only the fraction, has to change.
#[derive(Debug)]
pub(crate) struct DateText {
    /// The second that the first 19 bytes of `text` show, before clamping.
    second: i64,
    text: [u8; 27],
}

impl DateText {
    pub(crate) const fn new() -> Self {
        Self { second: 0, text: *b"1970-01-01T00:00:00.000000Z" }
    }

    /// The date as text of [`DatePrecision::width`] bytes; a year outside 0 to 9999 becomes the
    /// nearest of these, with its first or last second.
    #[inline]
    pub(crate) fn render(&mut self, time: Timestamp, precision: DatePrecision) -> &[u8] {
        if time.seconds != self.second {
            self.set_second(time.seconds);
        }
        match precision {
            DatePrecision::Seconds => {}
            DatePrecision::Millis => self.set_fraction::<3>(time.nanos / 1_000_000),
            DatePrecision::Micros => self.set_fraction::<6>(time.nanos / 1_000),
        }
        let width = precision.width();
        // Only if need be: who reads 16 bytes at once, right after one of them was stored, waits for it.
        if self.text[width - 1] != b'Z' {
            self.text[width - 1] = b'Z';
        }
        &self.text[..width]
    }

    fn set_second(&mut self, second: i64) {
        self.second = second;
        let second = second.clamp(FIRST_SECOND, LAST_SECOND);
        let (year, month, day) = civil(second.div_euclid(86_400));
        let of_day = second.rem_euclid(86_400);
        self.put(0, year / 100);
        self.put(2, year % 100);
        self.put(5, month);
        self.put(8, day);
        self.put(11, of_day / 3_600);
        self.put(14, of_day / 60 % 60);
        self.put(17, of_day % 60);
    }

    /// Writes two digits; `value` is 0 to 99.
    fn put(&mut self, at: usize, value: i64) {
        self.text[at] = digit(value / 10);
        self.text[at + 1] = digit(value % 10);
    }

    fn set_fraction<const DIGITS: usize>(&mut self, mut value: u32) {
        self.text[FRACTION] = b'.';
        for place in self.text[FRACTION + 1..][..DIGITS].iter_mut().rev() {
            *place = digit(i64::from(value % 10));
            value /= 10;
        }
    }
}

fn digit(value: i64) -> u8 {
    b'0' + u8::try_from(value).unwrap_or(0)
}

/// The year, month and day that lie `days` after 1970-01-01, in the proleptic Gregorian calendar.
///
/// Howard Hinnant's `civil_from_days`: years begin in March, so the leap day is the last of a year.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468; // from 0000-03-01
    let era = days.div_euclid(146_097); // 400 years
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, SecondsFormat};
    use proptest::prelude::*;

    use super::*;

    const ALL: [(DatePrecision, SecondsFormat); 3] = [
        (DatePrecision::Seconds, SecondsFormat::Secs),
        (DatePrecision::Millis, SecondsFormat::Millis),
        (DatePrecision::Micros, SecondsFormat::Micros),
    ];

    fn text(dates: &mut DateText, time: Timestamp, precision: DatePrecision) -> String {
        String::from_utf8(dates.render(time, precision).to_vec()).unwrap()
    }

    proptest! {
        #[test]
        fn dates_read_as_chrono_writes_them(
            times in prop::collection::vec((FIRST_SECOND..=LAST_SECOND, 0..1_000_000_000_u32), 1..8),
            first in 0..3_usize,
        ) {
            let mut dates = DateText::new();
            for (index, (seconds, nanos)) in times.into_iter().enumerate() {
                let (precision, format) = ALL[(first + index) % 3];
                let time = Timestamp { seconds, nanos };
                let expected = DateTime::from_timestamp(seconds, nanos).unwrap();
                for _ in 0..2 {
                    prop_assert_eq!(
                        text(&mut dates, time, precision),
                        expected.to_rfc3339_opts(format, true)
                    );
                }
            }
        }

        #[test]
        fn every_second_has_a_date_of_fixed_width(seconds: i64, nanos in 0..1_000_000_000_u32) {
            let mut dates = DateText::new();
            for (precision, _) in ALL {
                let text = text(&mut dates, Timestamp { seconds, nanos }, precision);
                prop_assert_eq!(text.len(), precision.width());
                prop_assert!(DateTime::parse_from_rfc3339(&text).is_ok(), "{}", text);
            }
        }
    }

    #[test]
    fn years_beyond_four_digits_become_the_nearest() {
        let mut dates = DateText::new();
        let cases = [
            (i64::MIN, "0000-01-01T00:00:00Z"),
            (FIRST_SECOND - 1, "0000-01-01T00:00:00Z"),
            (LAST_SECOND + 1, "9999-12-31T23:59:59Z"),
            (i64::MAX, "9999-12-31T23:59:59Z"),
        ];
        for (seconds, expected) in cases {
            let time = Timestamp { seconds, nanos: 0 };
            assert_eq!(text(&mut dates, time, DatePrecision::Seconds), expected);
        }
    }
}
