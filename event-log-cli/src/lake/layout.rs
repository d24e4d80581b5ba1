//! Where an event lies: `<type>/year=2021/month=09/day=16/hour=05/`.
//!
//! Keys are padded with zeros and engines are told that they are strings, so that paths sort and
//! `month=09` is found by `'09'`. The hour is that of the event's own date, in UTC.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// How finely a type of event is partitioned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A directory per hour.
    #[default]
    Hour,
    /// A directory per day, for rare types: cut by hours they would be a thousand tiny files.
    Day,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hour => "hour",
            Self::Day => "day",
        })
    }
}

/// How finely each type is partitioned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Of types without a rule of their own.
    pub by: By,
    /// Of these types.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_type: BTreeMap<String, By>,
}

impl Layout {
    /// How finely this type is partitioned.
    #[must_use]
    pub fn of(&self, event_type: &str) -> By {
        self.by_type.get(event_type).copied().unwrap_or(self.by)
    }
}

/// An hour of UTC; of a partition by days, the first of its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour {
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
}

impl Hour {
    /// The hour of an RFC 3339 date, in UTC; `None` if it is none.
    #[must_use]
    pub fn of(date: &str) -> Option<Self> {
        Self::of_utc(date.as_bytes()).or_else(|| {
            let date = chrono::DateTime::parse_from_rfc3339(date).ok()?.to_utc();
            let text = date.format("%Y-%m-%dT%H:%M:%SZ").to_string();
            Self::of_utc(text.as_bytes())
        })
    }

    /// The common case, as loggers write it: `2021-09-16T05:57:27Z`, with or without a fraction.
    fn of_utc(date: &[u8]) -> Option<Self> {
        let [
            y1,
            y2,
            y3,
            y4,
            b'-',
            m1,
            m2,
            b'-',
            d1,
            d2,
            b'T',
            h1,
            h2,
            b':',
            n1,
            n2,
            b':',
            s1,
            s2,
            rest @ ..,
        ] = date
        else {
            return None;
        };
        let is_end = match rest {
            [b'Z'] => true,
            [b'.', digits @ .., b'Z'] => {
                !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
            }
            _ => false,
        };
        let two = |tens: &u8, ones: &u8| {
            let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
            is_number.then(|| (tens - b'0') * 10 + (ones - b'0'))
        };
        let (century, year) = (two(y1, y2)?, two(y3, y4)?);
        let (month, day, hour) = (two(m1, m2)?, two(d1, d2)?, two(h1, h2)?);
        let fits = is_end
            && (1..=12).contains(&month)
            && (1..=days_in_month(century, year, month)).contains(&day)
            && hour < 24
            && two(n1, n2)? < 60
            // 60 is a leap second.
            && two(s1, s2)? <= 60;
        fits.then(|| Self { year: u16::from(century) * 100 + u16::from(year), month, day, hour })
    }

    /// The first hour of the partition that it belongs to.
    #[must_use]
    pub fn start_of(self, by: By) -> Self {
        match by {
            By::Hour => self,
            By::Day => Self { hour: 0, ..self },
        }
    }
}

fn days_in_month(century: u8, year: u8, month: u8) -> u8 {
    let is_leap = if year == 0 { century } else { year }.is_multiple_of(4);
    match month {
        2 => 28 + u8::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The directory of the events of one type and hour, or day.
#[derive(Clone, Copy, Debug)]
pub struct Partition<'a> {
    /// The type of event.
    pub event_type: &'a str,
    /// Its first hour.
    pub start: Hour,
    /// Whether it is an hour or a day.
    pub by: By,
}

/// The path below the lake, without a slash at its end.
impl fmt::Display for Partition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { event_type, start: Hour { year, month, day, hour }, by } = self;
        write!(f, "{event_type}/year={year:04}/month={month:02}/day={day:02}")?;
        match by {
            By::Hour => write!(f, "/hour={hour:02}"),
            By::Day => Ok(()),
        }
    }
}

/// Whether a type's name can be a directory, and a table: no separator, nothing hidden.
#[must_use]
pub fn is_table_name(event_type: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (1..=128).contains(&event_type.len())
        && !event_type.starts_with('_')
        && event_type.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_of_a_date_is_that_of_utc() {
        let at = |day, hour| Some(Hour { year: 2021, month: 9, day, hour });
        assert_eq!(Hour::of("2021-09-16T05:57:27Z"), at(16, 5));
        assert_eq!(Hour::of("2021-09-16T05:57:27.123456Z"), at(16, 5));
        assert_eq!(Hour::of("2021-09-16T05:57:27+09:00"), at(15, 20));
        assert_eq!(Hour::of("2021-09-16t05:57:27z"), at(16, 5));
        assert_eq!(Hour::of("2024-02-29T00:00:60Z").map(|hour| hour.day), Some(29));
    }

    #[test]
    fn what_is_no_date_has_no_hour() {
        for date in [
            "",
            "2021-09-16",
            "2021-09-16T05:57:27",
            "2021-13-16T05:57:27Z",
            "2021-09-31T05:57:27Z",
            "2021-02-29T05:57:27Z",
            "2021-09-16T24:57:27Z",
            "2021-09-16T05:60:27Z",
            "2021-09-16T05:57:27.Z",
            "2021-09-16T05:57:27.1xZ",
            "２021-09-16T05:57:27Z",
        ] {
            assert_eq!(Hour::of(date), None, "{date}");
        }
    }

    #[test]
    fn keys_are_padded_with_zeros_and_a_day_has_no_hour() {
        let start = Hour { year: 2021, month: 9, day: 6, hour: 5 };
        let partition = |by| Partition { event_type: "purchase", start: start.start_of(by), by };
        let day = "purchase/year=2021/month=09/day=06";
        assert_eq!(partition(By::Hour).to_string(), format!("{day}/hour=05"));
        assert_eq!(partition(By::Day).to_string(), day);
    }

    #[test]
    fn a_type_whose_name_leads_elsewhere_is_no_table() {
        assert!(is_table_name("purchase") && is_table_name("Purchase-2"));
        for name in ["", "_ledger", "a/b", "..", "a b", "a=b", "é"] {
            assert!(!is_table_name(name), "{name}");
        }
    }
}
