//! The schemas of values that hold no others: numbers, texts, times.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
    NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Month, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Weekday};
use serde_json::{Map, Number, Value};
use uuid::Uuid;

use super::{EventField, Member, Schema};
use crate::country_code::CountryCode;
use crate::locale::Locale;

macro_rules! scalars {
    ($($schema:expr => $($scalar:ty)+;)+) => {$($(
        impl EventField for $scalar {
            const SCHEMA: Schema = $schema;
        }
    )+)+};
}

scalars! {
    Schema::BOOLEAN => bool;
    Schema::integer(8, true) => i8 NonZeroI8;
    Schema::integer(16, true) => i16 NonZeroI16;
    Schema::integer(32, true) => i32 NonZeroI32;
    Schema::integer(64, true) => i64 isize NonZeroI64 NonZeroIsize;
    Schema::integer(128, true) => i128 NonZeroI128;
    Schema::integer(8, false) => u8 NonZeroU8;
    Schema::integer(16, false) => u16 NonZeroU16;
    Schema::integer(32, false) => u32 NonZeroU32;
    Schema::integer(64, false) => u64 usize NonZeroU64 NonZeroUsize;
    Schema::integer(128, false) => u128 NonZeroU128;
    Schema::float(32) => f32;
    Schema::float(64) => f64;
    Schema::STRING => str String char Path PathBuf Locale CountryCode;
    Schema::STRING => IpAddr Ipv4Addr Ipv6Addr SocketAddr SocketAddrV4 SocketAddrV6;
    Schema::UUID => Uuid;
    // A number may be an integer beyond what a float holds, so it is no float.
    Schema::JSON => Value Number Map<String, Value>;
    Schema::DATE => NaiveDate;
    Schema::TIME => NaiveTime;
    Schema::DATE_TIME => NaiveDateTime;
    Schema::one_of(&["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]) => Weekday;
    Schema::one_of(&MONTHS) => Month;
    Schema::record(&DURATION) => Duration;
    Schema::record(&SYSTEM_TIME) => SystemTime;
}

/// Serde writes years beyond 9999 with a sign, which is RFC 3339 no more.
impl<Z: TimeZone> EventField for DateTime<Z> {
    const SCHEMA: Schema = Schema::TIMESTAMP;
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// As serde writes it; `#[event(unit = "…")]` makes it one integer.
const DURATION: [Member; 2] = [
    Member::new("secs", "Whole seconds.", u64::SCHEMA),
    Member::new("nanos", "Nanoseconds beyond the whole seconds.", u32::SCHEMA),
];

const SYSTEM_TIME: [Member; 2] = [
    Member::new("secs_since_epoch", "Whole seconds since 1970, UTC.", u64::SCHEMA),
    Member::new("nanos_since_epoch", "Nanoseconds beyond the whole seconds.", u32::SCHEMA),
];
