//! Random numbers, texts and times.

use std::borrow::Cow;
use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroI64, NonZeroU8, NonZeroU128, Wrapping};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use chrono::{
    DateTime, FixedOffset, Month, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday,
};
use event_log::{CountryCode, Locale};
use uuid::Uuid;

use crate::{Arbitrary, Random, choose};

macro_rules! integers {
    ($($integer:ty)+) => {$(
        impl Arbitrary for $integer {
            #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_lossless, reason = "any bits will do")]
            fn arbitrary(random: &mut Random) -> Self {
                match random.below(4) {
                    0 => <$integer>::MIN,
                    1 => <$integer>::MAX,
                    2 => random.below(100) as $integer,
                    _ => (u128::from(random.next()) << 64 | u128::from(random.next())) as $integer,
                }
            }
        }
    )+};
}

integers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }

macro_rules! floats {
    ($($float:ident)+) => {$(
        impl Arbitrary for $float {
            fn arbitrary(random: &mut Random) -> Self {
                let special = [
                    $float::NAN, $float::INFINITY, $float::NEG_INFINITY, $float::MAX, $float::MIN,
                    $float::MIN_POSITIVE, $float::EPSILON, 0.0, -0.0, 1.0,
                ];
                match random.below(2) {
                    0 => random.pick(&special),
                    _ => $float::from_bits(Arbitrary::arbitrary(random)),
                }
            }
        }
    )+};
}

floats! { f32 f64 }

/// By way of a type of which there are random values.
macro_rules! from {
    ($($ty:ty: |$value:ident: $from:ty| $make:expr;)+) => {$(
        impl Arbitrary for $ty {
            fn arbitrary(random: &mut Random) -> Self {
                let $value: $from = Arbitrary::arbitrary(random);
                $make
            }
        }
    )+};
}

from! {
    bool: |n: u8| n.is_multiple_of(2);
    NonZeroU8: |n: u8| NonZeroU8::new(n).unwrap_or(NonZeroU8::MIN);
    NonZeroI64: |n: i64| NonZeroI64::new(n).unwrap_or(NonZeroI64::MIN);
    NonZeroU128: |n: u128| NonZeroU128::new(n).unwrap_or(NonZeroU128::MAX);
    Wrapping<i8>: |n: i8| Self(n);
    Wrapping<u8>: |n: u8| Self(n);
    RefCell<u8>: |n: u8| Self::new(n);
    Mutex<bool>: |b: bool| Self::new(b);
    Box<str>: |text: String| text.into();
    Cow<'static, str>: |text: String| text.into();
    &'static str: |text: String| if text.is_empty() { "" } else { "\u{2028}\"\\\n" };
    PathBuf: |text: String| text.into();
    IpAddr: |n: u128| u32::try_from(n).map_or_else(|_| IpAddr::V6(n.into()), |n| IpAddr::V4(n.into()));
    SocketAddr: |ip: IpAddr| SocketAddr::new(ip, 443);
    Uuid: |n: u128| Self::from_u128(n);
    Locale: |b: bool| Locale::new(if b { "ja" } else { "zh-Hant-TW" }).expect("a locale");
    CountryCode: |b: bool| CountryCode::new(if b { "JP" } else { "DE" }).expect("a country code");
    DateTime<Utc>: |date: NaiveDateTime| date.and_utc();
}

impl Arbitrary for char {
    fn arbitrary(random: &mut Random) -> Self {
        choose(random, &['a', '"', '\\', '\n', '\0', '\u{7f}', 'ü', '漢', '🎉', '\u{10ffff}'])
    }
}

impl Arbitrary for String {
    fn arbitrary(random: &mut Random) -> Self {
        let length = random.below(8);
        (0..length).map(|_| char::arbitrary(random)).collect()
    }
}

impl Arbitrary for Duration {
    fn arbitrary(random: &mut Random) -> Self {
        let nanos = u32::try_from(random.below(1_000_000_000)).expect("below a second");
        Self::new(u64::arbitrary(random), nanos)
    }
}

impl Arbitrary for SystemTime {
    fn arbitrary(random: &mut Random) -> Self {
        Self::UNIX_EPOCH + Duration::from_millis(random.below(1 << 45))
    }
}

/// In the years that RFC 3339 has.
impl Arbitrary for NaiveDate {
    fn arbitrary(random: &mut Random) -> Self {
        let year = choose(random, &[0, 1, 1900, 1970, 2000, 2021, 2024, 9999]);
        let day = u32::try_from(1 + random.below(365)).expect("a day of the year");
        Self::from_yo_opt(year, day).expect("a date")
    }
}

impl Arbitrary for NaiveTime {
    fn arbitrary(random: &mut Random) -> Self {
        let second = u32::try_from(random.below(86_400)).expect("a second of the day");
        let nano = choose(random, &[0, 1, 999_999_999, 500_000_000, 1_000_000]);
        // A leap second is a fraction beyond the last one of a minute.
        let leap = if second % 60 == 59 && random.below(2) == 0 { 1_000_000_000 } else { 0 };
        Self::from_num_seconds_from_midnight_opt(second, nano + leap).expect("a time of day")
    }
}

impl Arbitrary for NaiveDateTime {
    fn arbitrary(random: &mut Random) -> Self {
        NaiveDate::arbitrary(random).and_time(NaiveTime::arbitrary(random))
    }
}

/// Away from the ends, where the offset would lead out of the years of RFC 3339.
impl Arbitrary for DateTime<FixedOffset> {
    fn arbitrary(random: &mut Random) -> Self {
        let minutes = choose(random, &[0, 540, -570, 1439, -1439, 1]);
        let offset = FixedOffset::east_opt(minutes * 60).expect("less than a day");
        let seconds = i64::try_from(random.below(1 << 36)).expect("a time");
        offset.timestamp_opt(seconds, 123_000_000).single().expect("a time")
    }
}

impl Arbitrary for Weekday {
    fn arbitrary(random: &mut Random) -> Self {
        Self::try_from(u8::try_from(random.below(7)).expect("small")).expect("a day of the week")
    }
}

impl Arbitrary for Month {
    fn arbitrary(random: &mut Random) -> Self {
        Self::try_from(u8::try_from(1 + random.below(12)).expect("small")).expect("a month")
    }
}
